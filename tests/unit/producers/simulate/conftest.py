"""One simulated morning for all tests of this folder: two bounded hours of a weekday, ledger kept."""

import io
from dataclasses import dataclass

import pytest

from producers.simulate.engine import Run, Simulation
from producers.simulate.ledger import Ledger
from producers.simulate.reporter import Said
from producers.simulate.scenarios import centre_of
from producers.simulate.source import Source
from schemas.millis import HOUR, MINUTE, from_iso
from schemas.privacy import key_from_secret

KEY = key_from_secret(b"a secret of tests")
START = from_iso("2026-11-25T08:00:00+02:00")


@dataclass(frozen=True)
class Morning:
    said: list[Said]
    simulation: Simulation
    ledger: str


def played(run: Run, step: int = 10 * MINUTE, scenario: str = "ordinary") -> Morning:
    """A bounded run to its end, moved on in steps of so many milliseconds."""
    simulation = Simulation(centre_of(scenario), run)
    simulation.complete = []
    source = Source(simulation)
    said: list[Said] = []
    while not source.ended:
        assert source.at < run.start + 48 * HOUR, "the run does not end"
        said += source.upto(source.at + step)
    text = io.StringIO()
    ledger = Ledger(text, simulation.centre.demands)
    ledger.add(simulation.complete)
    ledger.add(simulation.open.values())
    return Morning(said, simulation, text.getvalue())


@pytest.fixture(scope="session")
def morning() -> Morning:
    return played(Run(START, seed=3, key=KEY, until=START + 2 * HOUR))
