"""What three nodes said in three busy hours, for all faults to strike."""

import pytest

from producers.simulate.engine import Run, Simulation
from producers.simulate.faults.parcel import Fault, Parcel
from producers.simulate.municipality import municipality
from producers.simulate.nodes import Nodes
from producers.simulate.source import Source
from schemas.calls import EndOfInput
from schemas.millis import HOUR
from tests.support.faulty import BUSY, KEY, MORNING

SOURCES = ("node-1", "node-2", "node-3")


@pytest.fixture(scope="session")
def said() -> list[Parcel]:
    simulation = Simulation(municipality(BUSY), Run(MORNING, 4, KEY))
    source = Source(simulation, nodes=Nodes(simulation.centre, "node", 3))
    words = source.upto(MORNING + 3 * HOUR)
    assert not any(isinstance(event, EndOfInput) for _, event in words)
    return [Parcel(event.at, topic, event) for topic, event in words]


def struck(fault: Fault, parcels: list[Parcel]) -> list[Parcel]:
    """What comes out, in the order in which it was said."""
    return [changed for parcel in parcels for changed in fault.apply(parcel)]
