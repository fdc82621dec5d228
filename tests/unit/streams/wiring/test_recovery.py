"""The cursor must lie within the log of its input."""

import pytest
from faust.types import TP

from streams.admin.topics import stream_group
from streams.wiring.options import StreamOptions
from streams.wiring.recovery import StateError, _reconcile
from streams.wiring.units import OwnedUnit
from tests.support.toy_unit import ToyUnit


def owned(cursor: int) -> OwnedUnit:
    unit = ToyUnit("calls", 0, 1)
    each = OwnedUnit(TP("calls", 0), "calls", unit, unit)
    each.started(cursor)
    return each


def test_a_cursor_within_the_log_stays() -> None:
    each = owned(5)
    _reconcile(each, 0, 5)
    assert (each.next_offset, each.durable) == (5, 5)


def test_a_cursor_beyond_the_end_is_another_topic() -> None:
    with pytest.raises(StateError, match="goes to offset 5, but the topic ends at 3"):
        _reconcile(owned(5), 0, 3)


def test_what_retention_deleted_is_told_and_left(caplog: pytest.LogCaptureFixture) -> None:
    each = owned(5)
    _reconcile(each, 9, 20)
    assert (each.next_offset, each.durable) == (9, 9)
    assert "records 5 to 8 were deleted before they were counted" in caplog.text


def test_the_group_is_the_one_that_admin_commands_look_at() -> None:
    assert StreamOptions("nowhere:1", "x-").group == stream_group("x-")
