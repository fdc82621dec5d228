"""An engine over one toy unit and a consumer without a broker."""

from collections.abc import Callable
from typing import Any

from streams.core.across_queues import OpenAcross
from streams.core.profiles import Profiles
from streams.wiring.consumer import Partition
from streams.wiring.engine import Engine
from streams.wiring.options import StreamOptions
from streams.wiring.units import OwnedUnit, UnitFactories
from tests.support.fake_consumer import FakeConsumer
from tests.support.fake_writer import FakeWriter
from tests.support.toy_unit import ToyUnit

CALLS0 = Partition("x-calls", 0)
OPTIONS = StreamOptions("nowhere:1", "x-")
FACTORIES = UnitFactories(
    lambda number, epoch: ToyUnit("calls", number, epoch),
    lambda number, epoch: ToyUnit("agents", number, epoch),
    lambda number, epoch: ToyUnit("reports", number, epoch),
)


class NoRoster:
    def update(self, entry: object) -> None:
        """No agents here."""


class FakeRecovery:
    """Installs what it is given; `error` is raised instead."""

    def __init__(self, engine: Engine, owned: list[OwnedUnit]) -> None:
        self._engine = engine
        self._owned = owned
        self.error: Exception | None = None
        self.assignments: list[list[Partition]] = []

    async def run(self, assignment: list[Partition], generation: Callable[[], int]) -> None:
        self.assignments.append(assignment)
        if self.error is not None:
            raise self.error
        self._engine.units.install(self._owned)


def owned_unit(partition: Partition = CALLS0, first: int = 0) -> OwnedUnit:
    """A unit of `calls` that is started at `first`."""
    unit = ToyUnit("calls", partition.number, 1)
    owned = OwnedUnit(partition, "calls", unit, unit)
    owned.writer = FakeWriter()
    owned.started(first)
    return owned


def new_engine(now: Callable[[], int] = lambda: 0) -> Engine:
    return Engine(
        OPTIONS, FACTORIES, roster=NoRoster(), profiles=Profiles(), across=OpenAcross(), now=now
    )


def recovering(engine: Engine, owned: list[OwnedUnit]) -> FakeRecovery:
    """From the next assignment on `engine` owns these units."""
    recovery = FakeRecovery(engine, owned)
    replaced: Any = engine
    replaced.recovery = recovery
    return recovery


async def assigned(
    now: Callable[[], int] = lambda: 0, first: int = 0
) -> tuple[Engine, OwnedUnit, FakeConsumer]:
    """An engine that has its one partition, next offset `first`."""
    engine, owned = new_engine(now), owned_unit(first=first)
    consumer = FakeConsumer([owned.partition])
    recovering(engine, [owned])
    await engine.on_assigned(consumer)
    return engine, owned, consumer
