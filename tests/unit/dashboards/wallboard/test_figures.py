"""No figure without its formula, T, short limit, window and n."""

from dashboards.wallboard.figures import Figure, figures
from dashboards.wallboard.rows import KnownQueue, row
from schemas.counters import Counts
from schemas.formulas import FORMULAS
from schemas.millis import MINUTE
from schemas.timing import STEP_MS
from tests.support.callers import DAY_BEGAN
from tests.support.floors import snapshot
from tests.support.walls import GOOD, NOW, POOR


def of(name: str, window: str, kind: str = "closed", **changes: object) -> Figure:
    shown = {
        "windows": {30: POOR, 5: Counts()},
        "today": GOOD,
        "today_started_at": DAY_BEGAN,
        **changes,
    }
    made = figures(snapshot(NOW, **shown))
    found = [each for each in made if (each.name, each.window, each.kind) == (name, window, kind)]
    assert len(found) == 1
    return found[0]


def test_a_figure_says_all_that_it_is_made_of() -> None:
    found = of("sl_short_abandons_ignored", "30 min")
    until = NOW // STEP_MS * STEP_MS + STEP_MS
    assert (found.since, found.until) == (until - 30 * MINUTE, until)
    assert (found.numerator, found.n, found.value) == (6, 9, 6 / 9)
    assert (found.answer_within_ms, found.short_abandon_ms) == (20_000, 5_000)
    assert (found.is_promised, found.goal, found.against_goal) == (True, 0.8, "missed")
    assert found.title.startswith("answered within target / all that left")
    other = of("sl_offered", "30 min")
    assert (other.n, other.is_promised, other.goal) == (10, False, None)
    assert (of("sl_offered", "today").since, of("sl_offered", "today").n) == (DAY_BEGAN, 10)


def test_no_calls_are_no_value() -> None:
    found = of("abandonment_ab1", "5 min")
    assert (found.n, found.value, found.text) == (0, None, "–")


def test_the_live_level_counts_who_waits_past_the_target_as_a_miss() -> None:
    found = of("sl_short_abandons_ignored", "30 min", "live", waiting_past_target=3)
    assert (found.n, found.value, found.goal) == (12, 0.5, None)


def test_every_formula_in_every_window_that_is_known() -> None:
    made = figures(snapshot(NOW, windows={30: POOR}))
    assert {each.name for each in made} == {each.name for each in FORMULAS}
    assert {each.window for each in made} == {"30 min"}
    assert figures(snapshot(NOW, windows={30: POOR}, answer_within_ms=None)) == ()


def test_the_row_shows_the_same() -> None:
    shown = snapshot(NOW, windows={30: POOR}, today=GOOD, today_started_at=DAY_BEGAN)
    made = row(KnownQueue("burst-pipes", shown, None, (), NOW, "UTC"), NOW)
    closed = {(e.name, str(e.window)): e for e in figures(shown) if e.kind == "closed"}
    for share, name, window in (
        (made.service_level, "sl_short_abandons_ignored", "30 min"),
        (made.service_level_today, "sl_short_abandons_ignored", "today"),
        (made.abandonment, "abandonment_ab1", "30 min"),
        (made.abandonment_long, "abandonment_ab2", "30 min"),
    ):
        assert share is not None
        found = closed[name, window]
        assert (share.numerator, share.n, share.value, share.text) == (
            found.numerator, found.n, found.value, found.text,
        )  # fmt: skip
