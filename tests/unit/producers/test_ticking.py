import pytest

from producers.ticking import BELIEVED_MS, LATEST_BELIEVED_MS, Ticking
from schemas.millis import HOUR, MINUTE, SECOND

AT = 1_772_445_600_000  # a whole minute


def before(ticking: Ticking, at: int, *, is_idle: bool = False) -> list[int]:
    """Ticks relative to AT, before an event that was read long after it happened."""
    ticks = [tick - AT for tick in ticking.before(at, AT + 10 * HOUR, is_idle=is_idle)]
    ticking.heard = at
    return ticks


@pytest.mark.parametrize(
    ("now_ms", "told_by_ms"),
    [(10_000, 8_999), (10_300, 8_999), (10_999, 8_999), (11_000, 9_999)],
)
def test_a_tick_leaves_out_the_second_that_runs_and_the_one_before(
    now_ms: int, told_by_ms: int
) -> None:
    assert Ticking().told_by(AT + now_ms) - AT == told_by_ms


def test_a_quiet_file_ticks_once_a_second() -> None:
    ticking = Ticking()
    ticks = [ticking.at_end(AT + ms) for ms in range(2_000, 4_000, 250)]
    assert [tick and tick - AT for tick in ticks] == [
        999,
        None,
        None,
        None,
        1_999,
        None,
        None,
        None,
    ]


def test_the_clock_ticks_between_old_lines_on_the_grid_of_alerts() -> None:
    ticking = Ticking()
    assert before(ticking, AT) == [-5_000]  # every partition knows the source from its beginning
    assert before(ticking, AT + 12_000) == [0, 5_000, 10_000]
    assert before(ticking, AT + 15_500) == []  # a line of second 14 may stand behind it
    assert before(ticking, AT + 16_500) == [15_000]
    assert before(ticking, AT + 3_000) == []


def test_a_line_that_is_new_ticks_no_further_than_now() -> None:
    ticking = Ticking(ticked=AT - 5_000, heard=AT - 5_000)
    assert list(ticking.before(AT + HOUR, AT + 2_500, is_idle=True)) == [AT]


def test_once_the_windows_are_empty_one_tick_leads_over_the_night() -> None:
    ticking = Ticking(ticked=AT, heard=AT)
    ticks = before(ticking, AT + 8 * HOUR, is_idle=True)
    assert ticks[:2] + ticks[-2:] == [5_000, 10_000, 65 * MINUTE, 8 * HOUR - 5_000]
    assert len(ticks) == 65 * 12 + 1


def test_while_somebody_waits_no_tick_is_left_out_for_two_hours() -> None:
    ticking = Ticking(ticked=AT, heard=AT)
    assert len(before(ticking, AT + 2 * HOUR + 1_001)) == 2 * HOUR // (5 * SECOND)


def test_lines_that_come_late_hold_the_ticks_back_for_a_while() -> None:
    ticking = Ticking()
    ticking.came(AT, empty_at=AT + 1_900)  # in time
    assert ticking.told_by(AT + 10_000) == AT + 8_999
    ticking.came(AT, empty_at=AT + 4_500)  # 2.5 s after a tick had said that it was all
    assert ticking.told_by(AT + 10_000) == AT + 5_999
    ticking.came(AT, empty_at=AT + 2_100)
    assert ticking.told_by(AT + 10_000) == AT + 5_999
    assert ticking.told_by(AT + 4_500 + BELIEVED_MS) == AT + 4_500 + BELIEVED_MS - 1_501


def test_a_line_that_is_much_too_late_says_nothing_about_the_next() -> None:
    ticking = Ticking()
    ticking.came(AT, empty_at=AT + LATEST_BELIEVED_MS + 2_001)
    ticking.came(AT, empty_at=0)  # nothing was promised yet
    assert ticking.told_by(AT + 10_000) == AT + 8_999
