"""The faults by name, and the chain that they form: what the platform does before what the way does."""

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

SOURCES = 4  # nodes, unless somebody says how many: a fault of one of them must leave others well


class FaultyRun(Struct, frozen=True):
    """What a fault may know of the run: its name, its nodes and its beginning."""

    name: str
    sources: tuple[str, ...]
    begin: int


# In the order in which a parcel passes them.
_MAKERS: dict[str, Callable[[Random, FaultyRun], Fault]] = {
    "snapshots": lambda lot, run: Snapshots(lot, run.sources, run.begin, run.name),
    "restarts": lambda lot, run: Restarts(lot, run.sources, run.begin),
    "missing-ends": lambda lot, _run: MissingEnds(lot),
    "clock": lambda lot, run: WrongClock(lot, run.sources[1 % len(run.sources)], run.begin),
    "shuffled": lambda lot, _run: Shuffled(lot),
    "late": lambda lot, _run: Late(lot),
    "duplicated": lambda lot, _run: Duplicated(lot),
    "malformed": lambda lot, _run: Malformed(lot),
    "silence": lambda lot, run: Silence(lot, run.sources[2 % len(run.sources)], run.begin),
}
NAMES = tuple(_MAKERS)


def parse_faults(text: str) -> tuple[str, ...]:
    """`all` or names with commas, in the order of the chain; ValueError says what is wrong."""
    wanted = {name.strip() for name in text.split(",")}
    if wanted == {"all"}:
        return NAMES
    if unknown := sorted(wanted - set(NAMES)):
        raise ValueError(f'no fault "{unknown[0]}": expected all or some of {", ".join(NAMES)}')
    return tuple(name for name in NAMES if name in wanted)


def chain(names: tuple[str, ...], seed: int, run: FaultyRun) -> dict[str, Fault]:
    """Each fault has lots of its own: what one does never depends on which others are on."""
    return {name: _MAKERS[name](Random(f"{run.name}/{seed}/{name}"), run) for name in names}
