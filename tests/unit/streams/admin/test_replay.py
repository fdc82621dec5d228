"""What can be told of a replay from its bytes alone."""

from types import SimpleNamespace

import pytest
from kafka import TopicPartition

from schemas.codec import encode
from schemas.quarantine import Quarantined
from schemas.targets import TopicsEpoch
from streams.admin.quarantine import entries
from streams.admin.replay import _present_partition, still_bad
from streams.plumbing.partitions import partition_of
from tests.support.builders import MONDAY, agent, call

EVENT = encode(call("queued", "ada", MONDAY))


def told(origin: str, value: bytes, now: int = MONDAY) -> str | None:
    (entry,) = entries([Quarantined(origin, 1, "not_json", "", MONDAY, "")])
    return still_bad(entry, value, now)


def test_a_good_event_may_be_sent() -> None:
    assert told("calls-0", EVENT) is None
    assert told("agents-0", encode(agent("available", "ann", MONDAY))) is None


def test_a_bad_one_is_not_sent_again() -> None:
    assert str(told("calls-0", b"{")).startswith("still not_json: ")
    assert str(told("agents-0", EVENT)).startswith("still unknown_type: ")


@pytest.mark.parametrize(("now", "sent"), [(MONDAY - 5_000, True), (MONDAY - 5_001, False)])
def test_one_from_the_future_waits_for_its_time(now: int, sent: bool) -> None:
    why = told("calls-0", EVENT, now)
    assert why == (
        None if sent else "still in the future: can be replayed from 2026-03-02T00:00:00Z on"
    )


def test_of_an_output_only_its_reader_knows() -> None:
    assert told("legs-0", b"{") is None


def test_an_original_of_before_a_move_goes_where_its_queue_is_now() -> None:
    client = SimpleNamespace(partitions_for=lambda _: set(range(16)))
    topics = TopicsEpoch(2, MONDAY, 16, {"calls": [40]})

    def place(position: int, key: bytes | None, moved: TopicsEpoch | None) -> int:
        (entry,) = entries([Quarantined("calls-0", position, "not_json", "", MONDAY, "")])
        return _present_partition(client, TopicPartition("x.calls", 0), entry, key, moved)

    home = partition_of(b"billing", 16)
    assert home != 0
    assert place(39, b"billing", topics) == home
    assert place(40, b"billing", topics) == 0
    assert place(39, None, topics) == place(39, b"billing", None) == 0
