"""What moves to more partitions besides the state, and when; the rest is tried on a real Kafka."""

from typing import Any

import pytest

from schemas.alerts import PROBE
from schemas.codec import encode
from schemas.millis import MINUTE
from schemas.targets import TopicsEpoch
from schemas.topics import EPOCHS_BEGIN
from streams.admin import growing
from streams.admin.broker import AdminError
from streams.core.calls_pieces import CURSOR
from streams.plumbing.partitions import partition_of
from tests.support.alerts import alert
from tests.support.builders import agent, call, mark
from tests.support.story import Story

NOW = EPOCHS_BEGIN + 500_000 * MINUTE


def test_open_alerts_go_with_their_queues_and_are_deleted_where_they_were() -> None:
    queues = [f"queue{number}" for number in range(8)]
    held = [
        (partition_of(q.encode(), 2), b"id-" + q.encode(), b"value", alert(queue=q)) for q in queues
    ]
    moving = growing._moving(held, 5)
    for number, key, _, one in held:
        home = partition_of(one.queue.encode(), 5)
        wanted = [] if home == number else [(home, key, b"value"), (number, key, None)]
        assert [each for each in moving if each[1] == key] == wanted
    assert moving


def test_what_is_decided_for_all_partitions_at_once_stays() -> None:
    assert growing._alert(encode(alert())) == alert()
    for stays in (encode(alert(rule=PROBE)), encode(alert(rule="incident")), b"nonsense", None):
        assert growing._alert(stays) is None


@pytest.mark.parametrize(
    ("topic", "value", "is_mark"),
    [
        ("calls", encode(mark("tick", NOW)), True),
        ("calls", encode(call("queued", "ada", NOW)), False),
        ("agents", encode(mark("tick", NOW)), True),
        ("agents", encode(agent("available", "ann", NOW)), False),
        ("calls", b"nonsense", False),
        ("calls", None, False),
    ],
)
def test_marks_are_of_their_partition_whatever_their_key(
    topic: str, value: bytes | None, is_mark: bool
) -> None:
    assert growing._is_mark(topic, value) is is_mark


def counted_to(last: int) -> dict[bytes, bytes]:
    day = Story()
    day.say(mark("tick", last), appended_at=last)
    day.outputs.take(day.unit)
    assert CURSOR in day.outputs.pieces
    return day.outputs.pieces


def test_the_epoch_is_a_minute_that_begins_after_the_last_record() -> None:
    former = TopicsEpoch(400_000, 0)
    for last, epoch in ((NOW - MINUTE, 500_000), (NOW, 500_001), (NOW + 30_000, 500_001)):
        assert growing._epoch_after([counted_to(last), {}], former, lambda: NOW) == epoch
    assert growing._epoch_after([{}], TopicsEpoch(600_000, 0), lambda: NOW) == 600_001


def test_it_waits_for_that_minute_but_not_for_a_wrong_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    said: list[str] = []
    time: Any = type("Time", (), {"sleep": staticmethod(slept.append)})
    monkeypatch.setattr(growing, "time", time)
    growing._wait_for(500_000, lambda: NOW, said.append)
    assert (slept, said) == ([], [])
    growing._wait_for(500_001, lambda: NOW, said.append)
    assert (slept, said) == ([60.0], ["waiting 60 s for the next minute to begin"])
    with pytest.raises(AdminError, match="the clock of this machine is 600 s behind"):
        growing._wait_for(500_010, lambda: NOW, said.append)
