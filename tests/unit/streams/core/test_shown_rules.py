"""What screens were told: a record, made and read by streams.core.queue_decisions (test_queue_decisions)."""

from streams.core.leg_report import NOTHING_REPORTED
from streams.core.shown_rules import Shown
from tests.support.builders import targets


def test_it_holds_as_of_one_minute_and_by_one_set_of_targets() -> None:
    ruled = targets()
    shown = Shown((7, False, NOTHING_REPORTED), (ruled, None), {}, {})
    assert shown.of == (7, False, NOTHING_REPORTED)
    assert shown.by[0] is ruled
