"""The rows of `history restated`: a figure with its two values, a call with all that changed and how late."""

from streams.history.causes import Cause
from streams.history.reports.restated import CALLS, FIGURES, call_rows, figure_rows
from streams.history.restating import ChangedFigure, ChangedLeg, Restated
from streams.history.versions import COMPARED
from tests.support.published import REPORT, publication

THEN = dict.fromkeys(COMPARED) | {
    "queue": "old-water", "leg_id": "7", "contact_id": "c7", "outcome": "answered", "arrived_at_ms": 1_790_900_000_000,
    "feed": "live", "delivery": "", "wait_ms": 5_000, "version": 1,
}  # fmt: skip
NOW = THEN | {"wait_ms": 65_000, "delivery": "d1", "version": 2}
LEG = ChangedLeg(
    1_794_000_000_000, THEN, NOW, Cause("answered", 4, "calls-0", "e1", 1_793_999_000_000, "pbx")
)
FOUND = Restated(
    publication(REPORT),
    [ChangedFigure("centres", "water", "share", 0.8, 0.79)],
    [LEG],
    targets_now=4,
)


def test_a_figure_is_told_with_what_was_published_and_how_many_calls_changed() -> None:
    (row,) = figure_rows(FOUND)
    assert set(row) == set(FIGURES.names())
    assert (row["published"], row["is_now"], row["calls_changed"]) == (0.8, 0.79, 1)
    assert (row["targets_were"], row["targets_are"]) == (1, 4)


def test_a_call_is_told_under_its_queue_of_now_with_its_source_and_how_late() -> None:
    (row,) = call_rows(FOUND, {"old-water": "water"})
    assert set(row) == set(CALLS.names())
    assert (row["queue"], row["column"], row["was"], row["now"]) == (
        "water",
        "wait_ms",
        5_000,
        65_000,
    )
    assert (row["source"], row["late_s"], row["cause"]) == ("pbx", 1000.0, "answered")


def test_of_a_call_that_came_afterwards_nothing_was_known() -> None:
    late = Restated(publication(REPORT), [], [ChangedLeg(1, None, NOW, Cause("not archived"))])
    rows = call_rows(late, {})
    assert [(row["column"], row["was"]) for row in rows] == [
        ("outcome", None),
        ("arrived_at", None),
    ]
    assert {row["late_s"] for row in rows} == {None}
