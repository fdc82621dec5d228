"""The faults by name, and their order: faults of the platform before faults of the transport."""

from collections.abc import Callable
from random import Random

from msgspec import Struct

from producers.simulate.faults.clock import WrongClock
from producers.simulate.faults.duplicated import Duplicated
from producers.simulate.faults.late import Late
from producers.simulate.faults.malformed import Malformed
from producers.simulate.faults.missing_ends import MissingEnds
from producers.simulate.faults.parcel import Fault
from producers.simulate.faults.restarts import Restarts
from producers.simulate.faults.shuffled import Shuffled
from producers.simulate.faults.silence import Silence
from producers.simulate.faults.snapshots import Snapshots

SOURCES = 4  # default number of nodes: a fault of one node must not affect the others


class FaultyRun(Struct, frozen=True):
    """What a fault needs of the run: its name, its nodes and its beginning."""

    name: str
    sources: tuple[str, ...]
    begin: int


# In the order in which they are applied to a parcel.
_MAKERS: dict[str, Callable[[Random, FaultyRun], Fault]] = {
    "snapshots": lambda draw, run: Snapshots(draw, run.sources, run.begin, run.name),
    "restarts": lambda draw, run: Restarts(draw, run.sources, run.begin),
    "missing-ends": lambda draw, _run: MissingEnds(draw),
    "clock": lambda draw, run: WrongClock(draw, run.sources[1 % len(run.sources)], run.begin),
    "shuffled": lambda draw, _run: Shuffled(draw),
    "late": lambda draw, _run: Late(draw),
    "duplicated": lambda draw, _run: Duplicated(draw),
    "malformed": lambda draw, _run: Malformed(draw),
    "silence": lambda draw, run: Silence(draw, run.sources[2 % len(run.sources)], run.begin),
}
NAMES = tuple(_MAKERS)


def parse_faults(text: str) -> tuple[str, ...]:
    """Parse `all` or names with commas; sorted in the order of the chain. ValueError: an unknown name."""
    wanted = {name.strip() for name in text.split(",")}
    if wanted == {"all"}:
        return NAMES
    if unknown := sorted(wanted - set(NAMES)):
        raise ValueError(f'no fault "{unknown[0]}": expected all or some of {", ".join(NAMES)}')
    return tuple(name for name in NAMES if name in wanted)


def chain(names: tuple[str, ...], seed: int, run: FaultyRun) -> dict[str, Fault]:
    """Each fault has its own random stream: what it does does not depend on the other faults."""
    return {name: _MAKERS[name](Random(f"{run.name}/{seed}/{name}"), run) for name in names}
