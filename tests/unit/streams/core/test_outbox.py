"""What is unwritten is handed over once; what was just read back is not unwritten."""

import pytest

from schemas.millis import MINUTE
from streams.core.leg_store import LegStore
from streams.core.outbox import Outbox
from streams.core.windows import Windows
from tests.support.builders import MONDAY, as_key, call, clock, targets
from tests.support.story import Story
from tests.unit.streams.core.test_line import entry


def test_what_is_unwritten_is_handed_over_once() -> None:
    outbox = Outbox()
    windows, store = Windows(outbox.bucket_minutes.add), LegStore(outbox.leg_minutes)
    ada = entry(call("queued", "ada", MONDAY))
    store.add(ada, lambda _: ada)
    store.touch(ada.leg)
    windows.jump(MONDAY)
    windows.slots(MONDAY + 1)[0][0] += 1
    outbox.legs[as_key("ada")] = ada
    pieces = outbox.take_pieces("billing", lambda: b"state", windows, store)
    assert [key.split(b"|")[:3] for key, _ in pieces] == [
        [b"calls", b"queue", b"billing"], [b"calls", b"buckets", b"billing"],
        [b"calls", b"legs", b"billing"],
    ]  # fmt: skip
    assert pieces[0][1] == b"state"
    minute = MONDAY // MINUTE  # both stand by the number of their minute
    assert [key.split(b"|")[3:] for key, _ in pieces[1:]] == [[b"%d" % minute]] * 2
    assert [row.topic for row in outbox.take_rows("calls-0", "billing", lambda _: None)] == ["legs"]
    assert not outbox.has_something
    assert outbox.take_rows("calls-0", "billing", lambda _: None) == []


def test_a_minute_that_is_gone_deletes_its_pieces() -> None:
    outbox = Outbox()
    windows, store = Windows(outbox.bucket_minutes.add), LegStore(outbox.leg_minutes)
    outbox.bucket_minutes.add(MONDAY)
    outbox.leg_minutes.add(7)
    assert [value for _, value in outbox.take_pieces("q", lambda: b"s", windows, store)[1:]] == [
        None, None,
    ]  # fmt: skip


def test_what_was_read_back_is_not_unwritten() -> None:
    outbox = Outbox()
    assert outbox.has_something  # a new queue has its piece to write
    outbox.bucket_minutes.add(MONDAY)
    outbox.clear_pieces()
    assert not outbox.has_something


@pytest.mark.parametrize("dies", [False, True])
def test_the_row_of_a_leg_that_left_the_state_stays_as_it_was(dies: bool) -> None:
    """Neither a leg that begins under its key nor new targets change what a checkpoint in between would have written."""
    day = Story(configured=False)
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").abandoned("ada")
    day.tick("16:00:10")  # a gap, by which the leg leaves the state
    if dies:
        day.restart()
    day.publish(targets())
    day.at("16:00:11").answered("ada")  # of another call, whose arrival is not told
    row = day.legs()["ada"]
    assert (row.outcome, row.arrived_at, row.left_at) == (
        "abandoned",
        clock("09:00:00"),
        clock("09:00:10"),
    )
    assert (row.targets_version, row.answer_within_ms) == (0, None)
