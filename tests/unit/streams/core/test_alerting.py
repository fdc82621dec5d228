"""inactive -> pending -> firing -> resolved, with two thresholds and two holding times."""

import pytest

from schemas.millis import HOUR, MINUTE, SECOND
from streams.core.alerting import Change, Progress, advance, damped_ms, lately


def life(
    levels: list[tuple[bool, bool]], *, hold: int = 0, clear_hold: int = 0
) -> list[Change | None]:
    """`(raised, calm)` at boundaries of 5 s -> the changes told."""
    progress, told = Progress(), list[Change | None]()
    for place, (raised, calm) in enumerate(levels):
        progress, change = advance(
            progress, place * 5, raised=raised, calm=calm, hold_ms=hold, clear_hold_ms=clear_hold
        )
        told.append(change)
    return told


HIGH, BETWEEN, LOW = (True, False), (False, False), (False, True)


def test_without_a_holding_time_it_fires_at_once_and_resolves_at_once() -> None:
    assert life([LOW, HIGH, HIGH, LOW, LOW]) == [None, "firing", None, "resolved", None]


def test_it_fires_only_after_its_holding_time() -> None:
    assert life([HIGH, HIGH, HIGH], hold=10) == ["pending", None, "firing"]


def test_what_passes_in_time_is_taken_back() -> None:
    assert life([HIGH, BETWEEN, HIGH], hold=10) == ["pending", "inactive", "pending"]


def test_between_the_thresholds_nothing_changes() -> None:
    assert life([HIGH, BETWEEN, BETWEEN, HIGH], clear_hold=5) == ["firing", None, None, None]


def test_it_is_resolved_only_after_a_calm_of_its_own_holding_time() -> None:
    levels = [HIGH, LOW, BETWEEN, LOW, LOW, LOW]
    assert life(levels, clear_hold=10) == ["firing", None, None, None, None, "resolved"]


def test_a_short_calm_leaves_it_firing_since_it_first_fired() -> None:
    progress = Progress()
    for at, (raised, calm) in ((5, HIGH), (10, LOW), (15, BETWEEN)):
        progress, _ = advance(progress, at, raised=raised, calm=calm, hold_ms=0, clear_hold_ms=60)
        assert progress.stage == "firing"
    assert progress == Progress("firing", onset_at=5, fired_at=5, times_fired=1)


def test_where_nothing_changes_the_progress_itself_is_returned() -> None:
    """So a boundary at which an alert just goes on is found without a step."""
    for before, (raised, calm), changes in (
        (Progress("pending", 5), HIGH, False),
        (Progress("firing", 5, 5), BETWEEN, False),
        (Progress("firing", 5, 5, calm_since=10), LOW, False),
        (Progress("firing", 5, 5), LOW, True),
        (Progress("firing", 5, 5, calm_since=10), BETWEEN, True),
    ):
        after, change = advance(before, 15, raised=raised, calm=calm, hold_ms=60, clear_hold_ms=60)
        assert (after is not before, change) == (changes, None)


@pytest.mark.parametrize(
    ("clear_hold_ms", "expected_s"),
    [
        (MINUTE, [60, 60, 240, 480, 960, 1800, 1800]),
        (0, [0, 0, 240, 480, 960, 1800, 1800]),
        (20 * MINUTE, [1200, 1200, 1800, 1800]),
        (2 * HOUR, [7200, 7200, 7200, 7200]),
    ],
)
def test_from_the_third_time_on_it_must_be_calm_for_longer_up_to_a_limit(
    clear_hold_ms: int, expected_s: list[int]
) -> None:
    found = [damped_ms(clear_hold_ms, times) for times in range(1, len(expected_s) + 1)]
    assert found == [each * SECOND for each in expected_s]
    assert damped_ms(clear_hold_ms, 0) == clear_hold_ms  # of a former release: not known


def test_an_hour_counts_and_no_more() -> None:
    assert lately([1, 2, 3], HOUR + 2) == [3]
    assert lately([], HOUR) == []


@pytest.mark.parametrize("hold_ms", [0, 5])
def test_how_often_it_fired_is_counted_once_it_fires_and_kept_to_its_end(hold_ms: int) -> None:
    progress = Progress()
    ends, start = [5, HOUR, HOUR + 1], HOUR + 10
    for at, (raised, calm) in ((0, HIGH), (5, HIGH), (10, LOW), (15, BETWEEN), (20, LOW)):
        progress, change = advance(
            progress,
            start + at,
            raised=raised,
            calm=calm,
            hold_ms=hold_ms,
            clear_hold_ms=5,
            ends=ends,
        )
        if progress.stage == "firing":
            assert (progress.times_fired, change) == (3, "firing" if at == hold_ms else None)
    assert progress.stage == "firing"  # calm for 5 ms twice: three times within the hour is damped
    after, change = advance(
        progress, start + 20 + 4 * MINUTE, raised=False, calm=True, hold_ms=0, clear_hold_ms=5
    )
    assert (after, change) == (Progress(), "resolved")


def test_what_has_not_fired_yet_is_not_counted() -> None:
    pending, _ = advance(Progress(), 5, raised=True, calm=False, hold_ms=5, clear_hold_ms=0)
    assert (pending.stage, pending.times_fired) == ("pending", 0)
