"""The state of a unit is read piece by piece; what cannot be read is named."""

import pytest

from streams.core.calls_pieces import CURSOR, NAMES, QUEUE, names_pieces
from streams.core.calls_state import LoadedState
from streams.core.queue_monitor import QueueMonitor
from streams.core.unit import UnreadablePieceError
from tests.support.builders import as_key
from tests.support.story import Story


def loaded(day: Story) -> LoadedState:
    day.outputs.take(day.unit)
    state = LoadedState()
    for key, value in day.outputs.pieces.items():
        state.load(key, value)
    return state


def nobody(queue: str) -> QueueMonitor:
    raise AssertionError(f"no piece of {queue} was expected")


def test_the_newest_of_each_piece_of_this_unit_counts() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    state = loaded(day)
    state.load(b"agents|cursor", b"of another unit")
    cursor = state.cursor()
    assert cursor is not None
    assert cursor.next_offset == 1
    for key in day.outputs.pieces:
        state.load(key, None)
    assert state.cursor() is None
    state.restore(nobody)


def test_each_piece_goes_to_the_monitor_of_its_queue() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:01").queued("eve", queue="a|queue with a bar")
    asked: set[str] = set()
    other = Story()

    def monitor_of(queue: str) -> QueueMonitor:
        asked.add(queue)
        return other.unit._monitor(queue)

    loaded(day).restore(monitor_of)
    assert asked == {"billing", "a|queue with a bar"}
    assert set(other.unit.monitors["billing"].legs.store.entry_of) == {as_key("ada")}


@pytest.mark.parametrize("key", [QUEUE + b"billing", NAMES + b"7"])
def test_a_piece_that_cannot_be_read_is_named(key: bytes) -> None:
    state = LoadedState()
    state.load(key, b"\xc1")
    with pytest.raises(UnreadablePieceError, match=r"piece calls\|"):
        state.restore(nobody)


def test_a_cursor_that_cannot_be_read_is_named() -> None:
    state = LoadedState()
    state.load(CURSOR, b"\xc1")
    with pytest.raises(UnreadablePieceError, match=r"piece calls\|cursor"):
        state.cursor()


def test_names_that_stand_in_the_topic_are_not_written_again() -> None:
    state = LoadedState()
    assert state.missing_names() == names_pieces()
    for key, value in names_pieces():
        state.load(key, value)
    assert state.missing_names() == []
