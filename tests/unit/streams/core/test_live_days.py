"""Day counts read back from the state: those of a checkpoint, never of half of one."""

from schemas.topics import version_of
from streams.core.live_days import PartitionDays
from tests.support.builders import MONDAY, clock
from tests.support.story import Story

NINE = clock("09:00:00")


def pieces(day: Story) -> list[tuple[bytes, bytes | None]]:
    checkpoint = day.unit.checkpoint()
    assert checkpoint is not None
    return checkpoint.pieces


def offered(found: PartitionDays) -> list[int]:
    return [day.counts[0] for queue in found.queues.values() for day in queue.days]


def test_counts_are_those_of_the_newest_checkpoint_and_bound_the_versions_they_know() -> None:
    day = Story()
    found = PartitionDays()
    assert (found.queues, found.below_version) == ({}, None)
    day.at("09:00:00").queued("ada")
    for key, value in pieces(day):
        found.load(key, value)
    assert offered(found) == [1]
    assert found.below_version == version_of(1, 1)
    assert found.queues["billing"].days[0].start == MONDAY
    day.at("09:00:10").queued("bo")
    day.tick("09:01:00")
    for key, value in pieces(day):
        found.load(key, value)
    assert offered(found) == [2]
    assert found.below_version == version_of(1, 3)
    boundary = found.queues["billing"].boundary  # quiet queues lag behind by up to a minute
    assert boundary is not None
    assert NINE <= boundary <= NINE + 55_000


def test_a_checkpoint_without_its_end_does_not_count() -> None:
    day = Story()
    found = PartitionDays()
    day.at("09:00:00").queued("ada")
    for key, value in pieces(day):
        found.load(key, value)
    day.at("09:00:10").queued("bo")
    *torn, (last, _) = pieces(day)
    assert last == b"calls|cursor"  # what the reading rests on
    for key, value in torn:
        found.load(key, value)
    assert offered(found) == [1]
    assert found.below_version == version_of(1, 1)


def test_other_units_are_passed_by_and_a_queue_may_be_gone() -> None:
    day = Story()
    found = PartitionDays()
    day.at("09:00:00").queued("ada")
    found.load(b"agents|cursor", b"not ours")
    found.load(None, b"nobody's")
    for key, value in pieces(day):
        found.load(key, value)
    found.load(b"calls|queue|billing", None)
    day.tick("09:01:00")
    for key, value in pieces(day)[-1:]:
        found.load(key, value)
    assert found.queues == {}
