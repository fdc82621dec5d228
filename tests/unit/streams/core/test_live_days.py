"""Day counts read back from the state: those of a checkpoint, never of half of one."""

from msgspec.structs import replace

from schemas.millis import DAY
from schemas.topics import version_of
from streams.core.calls_pieces import CURSOR, NAMES, OWN_NAMES, QUEUE, read_queue
from streams.core.live_days import PartitionDays
from streams.core.queue_days import Day
from streams.core.state_format import encode_names, encode_piece, tag_of
from tests.support.builders import MONDAY, clock
from tests.support.story import Story

NINE = clock("09:00:00")


def pieces(day: Story) -> list[tuple[bytes, bytes | None]]:
    checkpoint = day.unit.checkpoint()
    assert checkpoint is not None
    return checkpoint.pieces


def test_counts_that_another_release_wrote_are_read_by_the_names_that_it_wrote_with_them() -> None:
    names = ("offered", "of_the_future")
    made = read_queue(dict(pieces(Story().at("09:00:00").queued("ada")))[QUEUE + b"billing"] or b"",
                      OWN_NAMES)  # fmt: skip
    other = replace(made, counters=tag_of(names), added=[5, 9], reversed=[0, 0],
                    days=[Day(MONDAY, MONDAY + DAY, [5, 9])])  # fmt: skip
    cursor = dict(pieces(Story().at("09:00:00").queued("bo")))[CURSOR]
    found = PartitionDays()
    found.load(NAMES + b"%d" % tag_of(names), encode_names(names))
    found.load(QUEUE + b"billing", encode_piece(other))
    found.load(CURSOR, cursor)
    assert offered(found) == [5]
    found.load(NAMES + b"7", None)  # names that nothing refers to any more
    found.load(CURSOR, cursor)
    assert offered(found) == [5]


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
