"""Prints one digest of the events and ledgers of every scenario: `python -m tests.support.digest_of_runs`.

A process of its own, since the order of sets and the hashes of texts differ from process to process.
"""

import hashlib

from producers.simulate.engine import Run, Simulation
from producers.simulate.ledger import row_of
from producers.simulate.scenarios import NAMES, centre_of
from producers.simulate.source import Source
from schemas.codec import encode
from schemas.millis import MINUTE, from_iso
from schemas.privacy import key_from_secret

_START = from_iso("2026-11-25T08:00:00+02:00")


def digest(scenario: str, minutes: int) -> str:
    """SHA-256 of what a run of so many minutes says, and of its ledger; seed and start are fixed."""
    until = _START + minutes * MINUTE
    run = Run(_START, seed=3, key=key_from_secret(b"digest"), until=until)
    simulation = Simulation(centre_of(scenario), run)
    simulation.complete = []
    source, sum_ = Source(simulation), hashlib.sha256()
    while not source.ended:
        for topic, event in source.upto(source.at + 10 * MINUTE):
            sum_.update(topic.encode() + encode(event))
    for leg in simulation.complete:
        sum_.update(repr(row_of(leg, simulation.centre.demands)).encode())
    return sum_.hexdigest()


if __name__ == "__main__":
    print([digest(name, 10) for name in NAMES if name != "bench"])
