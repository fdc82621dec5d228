"""The simulator alone: events a second of CPU, nothing sent and nothing kept."""

import time

from producers.simulate.engine import Run, Simulation
from producers.simulate.scenarios import centre_of
from producers.simulate.source import Source
from schemas.calls import Mark
from schemas.millis import HOUR, MINUTE, from_iso
from schemas.privacy import key_from_secret
from tests.bench.part import Bench, Part

_START = from_iso("2026-11-23T00:00:00+02:00")  # a Monday
_AT_ONCE_MS = 5 * MINUTE
_HOURS = 48


def events_a_second(scenario: str, hours: int) -> tuple[float, int]:
    """And how many events there were; ticks are made, too, but not counted."""
    run = Run(_START, 1, key_from_secret(b"benchmark"), until=_START + hours * HOUR)
    source = Source(Simulation(centre_of(scenario), run))
    events, took_s = 0, 0.0
    while not source.ended:
        began = time.process_time()
        said = source.upto(source.at + _AT_ONCE_MS)
        took_s += time.process_time() - began
        events += sum(not isinstance(event, Mark) for _, event in said)
    return events / took_s, events


def _in(bench: Bench) -> None:
    """The best of three: whatever else runs here only slows it."""
    rate, events = max(events_a_second("ordinary", _HOURS) for _ in range(3))
    bench.note(
        "simulator_events_per_s",
        rate,
        f"events/s of CPU, the municipality alone ({events:,} events)",
    )


PART = Part("simulator", _in)
