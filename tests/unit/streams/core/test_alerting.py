"""inactive -> pending -> firing -> resolved, with two thresholds and two holding times."""

from streams.core.alerting import Change, Progress, advance


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
    assert progress == Progress("firing", onset_at=5, fired_at=5)
