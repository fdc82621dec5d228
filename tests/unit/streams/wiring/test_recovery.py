"""An assignment is recovered whole or not at all, and the cursor must lie within its input."""

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition

from schemas.targets import TopicsEpoch
from streams.wiring import recovery
from streams.wiring.consumer import Partition
from streams.wiring.options import StreamOptions
from streams.wiring.recovery import Recovery, StateError, _check_cursor
from streams.wiring.telemetry import Telemetry
from streams.wiring.units import OwnedUnit, Units
from tests.support.engines import CALLS0, FACTORIES, OPTIONS, owned_unit
from tests.support.fake_writer import FakeWriter

FIFTH = TopicsEpoch(5, 0)


class Feed:
    """A topic that is read whole as soon as it is asked for; `meanwhile` happens before that."""

    def __init__(self, topics: TopicsEpoch = FIFTH) -> None:
        self.topics, self.epoch = topics, topics.epoch
        self.tail: Any = SimpleNamespace(caught_up=self._caught_up)
        self.meanwhile: Any = None

    async def _caught_up(self) -> None:
        if self.meanwhile is not None:
            await self.meanwhile()


def recovery_of(units: Units, feed: Feed) -> Recovery:
    small_topics: Any = feed
    return Recovery(OPTIONS, units, FACTORIES, small_topics, read_whole=[small_topics.tail])


def no_units() -> Units:
    return Units(StreamOptions("nowhere:1"), Telemetry(lambda: 0), list[BaseException]().append)


async def test_an_assignment_of_nothing_is_ready_once_the_small_topics_are_read() -> None:
    units = no_units()
    await recovery_of(units, Feed()).run([], lambda: 1)
    assert (units.ready, units.owned) == (True, {})


async def test_an_assignment_that_is_revoked_meanwhile_opens_no_producer_and_installs_nothing() -> (
    None
):
    units, feed = no_units(), Feed()
    feed.meanwhile = units.drop
    await recovery_of(units, feed).run([CALLS0], lambda: 1)
    assert (units.ready, units.owned) == (False, {})


async def test_a_state_that_is_made_for_fewer_partitions_is_neither_read_nor_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def eight(_: str, topic: str) -> list[int]:
        assert topic == "x-calls"
        return list(range(8))

    monkeypatch.setattr(recovery, "topic_partitions", eight)
    half_grown = recovery_of(no_units(), Feed(TopicsEpoch(5, 0, partitions=3)))
    with pytest.raises(
        StateError, match=r"8 partitions, but the state is made for 3.* topics grow"
    ):
        await half_grown.run([CALLS0], lambda: 1)


def test_what_was_counted_in_another_partition_is_not_read_in_this_one() -> None:
    topics = TopicsEpoch(5, 0, 2, {"calls": [40]})
    place = TopicPartition("x-calls", 0)
    mine = recovery_of(no_units(), Feed(topics))
    assert mine._first(owned_unit(), {place: 7}) == 40
    assert mine._first(owned_unit(), {place: 50}) == 50
    assert topics.counted_from_at("calls", 1) == topics.counted_from_at("agents", 0) == 0


def test_reports_go_with_the_first_partition_of_calls() -> None:
    of_mine = recovery_of(no_units(), Feed())
    other, agents = Partition("x-calls", 1), Partition("x-agents", 0)
    assert of_mine._with_reports([other, agents]) == [other, agents]
    mine = of_mine._with_reports([CALLS0, other])
    assert mine == [CALLS0, other, Partition("x-reports", 0)]
    units = [of_mine._empty(partition) for partition in mine]
    assert [each.name for each in units] == ["calls", "calls", "reports"]
    assert [each.source is None for each in units] == [False, False, True]


async def test_another_generation_of_the_group_supersedes_an_assignment_too() -> None:
    units, generations = no_units(), iter([1, 2, 2])
    await recovery_of(units, Feed()).run([CALLS0], lambda: next(generations))
    assert (units.ready, units.owned) == (False, {})


async def test_units_that_are_read_when_the_assignment_is_already_revoked_are_closed() -> None:
    units, owned = no_units(), owned_unit()

    class Late(Recovery):
        async def _recover(self, *_: object) -> list[OwnedUnit]:
            await units.drop()
            return [owned]

    feed: Any = Feed()
    await Late(OPTIONS, units, FACTORIES, feed, feed).run([CALLS0], lambda: 1)
    assert (units.ready, units.owned) == (False, {})
    assert isinstance(owned.writer, FakeWriter)
    assert owned.writer.closed


def test_a_cursor_within_the_log_stays() -> None:
    each = owned_unit(first=5)
    _check_cursor(each, 0, 5)
    assert (each.next_offset, each.durable) == (5, 5)


def test_a_cursor_beyond_the_end_is_another_topic() -> None:
    with pytest.raises(StateError, match="x-calls-0 goes to offset 5, but the topic ends at 3"):
        _check_cursor(owned_unit(first=5), 0, 3)


def test_what_retention_deleted_is_told_and_left(caplog: pytest.LogCaptureFixture) -> None:
    each = owned_unit(first=5)
    _check_cursor(each, 9, 20)
    assert (each.next_offset, each.durable) == (9, 9)
    assert "records 5 to 8 were deleted before they were counted" in caplog.text
