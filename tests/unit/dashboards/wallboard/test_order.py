"""The order of rows, and that it is held."""

from msgspec.structs import replace

from dashboards.wallboard.order import HELD_MS, Held, held
from dashboards.wallboard.page import Row, Sign
from dashboards.wallboard.view import board
from schemas.counters import Counts
from schemas.snapshots import QueueSnapshot
from schemas.targets import Targets
from tests.support.floors import snapshot, targets
from tests.support.ruled import abandonment, ruled
from tests.support.walls import ACT, NOW, WATCH, alert, latest_of


def test_the_worst_queue_stands_first_and_calm_ones_keep_their_place() -> None:
    def queue(name: str, **changes: object) -> tuple[Targets, QueueSnapshot]:
        hang_up = ruled(abandonment(raise_above=0.2, clear_below=0.1, minimum=20))
        return targets(queue=name, name=name, alerts=hang_up), snapshot(NOW, queue=name, **changes)

    made = [
        queue("calm-b"),
        queue("calm-a", waiting=1, oldest_arrived_at=NOW),
        queue("wrong-menu", windows={30: Counts(offered=40, abandoned=30, short_abandoned=30)}),
        queue("late", waiting=2, waiting_past_target=1, attention=WATCH),
        queue("later", waiting=2, waiting_past_target=2, attention=WATCH),
        queue("paged", attention=ACT),
        queue("paged-and-late", waiting=1, waiting_past_target=1, attention=ACT),
        queue("stale", source_stale=True),
    ]
    pages = tuple(
        alert(alert_id=name, queue=name, severity="page") for name in ("paged", "paged-and-late")
    )
    promises = (*(promise for promise, _ in made), targets(queue="quiet"))
    wall = board(latest_of(*(seen for _, seen in made), promises=promises, alerts=pages), NOW)
    assert [row.queue for row in wall.rows] == [
        "paged-and-late", "paged", "later", "late", "stale", "wrong-menu", "calm-a", "calm-b", "quiet",
    ]  # fmt: skip


def a_row(queue: str, word: str = "WATCH", *, late: int = 0) -> Row:
    level = {"WATCH": "watch", "ACT": "act", "OK": "ok"}[word]
    return Row(
        queue=queue, name=queue, centre="", department="", sign=Sign(level, word, ""), condition="live",  # type: ignore[arg-type]
        waiting=late, waiting_late=late,
    )  # fmt: skip


def order(rows: tuple[Row, ...]) -> list[str]:
    return [row.queue for row in rows]


def test_figures_that_grow_old_leave_the_worst_at_the_top() -> None:
    rows = (a_row("a"), a_row("b", late=5), a_row("c", late=7))
    old = [replace(row, sign=Sign("none", "STALE", "○"), condition="stale") for row in rows]
    unknown = replace(rows[0], queue="none", sign=Sign("none", "NO DATA", "○"), waiting=None)
    shown, _ = held([unknown, *old], None, NOW)
    assert order(shown) == ["c", "b", "a", "none"]


def test_an_order_stands_for_ten_seconds() -> None:
    shown, kept = held([a_row("a", late=2), a_row("b", late=1)], None, NOW)
    assert order(shown) == ["a", "b"]
    turned = [a_row("a", late=1), a_row("b", late=2)]
    shown, kept = held(turned, kept, NOW + HELD_MS - 1)
    assert order(shown) == ["a", "b"]
    shown, kept = held(turned, kept, NOW + HELD_MS)
    assert (order(shown), kept) == (["b", "a"], Held(NOW + HELD_MS, ("b", "a")))


def test_an_old_order_changes_at_once_and_the_new_one_then_stands() -> None:
    _, kept = held([a_row("a", late=2), a_row("b", late=1)], None, NOW)
    _, kept = held([a_row("a", late=2), a_row("b", late=1)], kept, NOW + 60_000)
    turned = [a_row("a", late=1), a_row("b", late=2)]
    shown, kept = held(turned, kept, NOW + 61_000)
    assert order(shown) == ["b", "a"]
    shown, kept = held([a_row("a", late=2), a_row("b", late=1)], kept, NOW + 62_000)
    assert order(shown) == ["b", "a"]


def test_what_is_to_be_acted_on_or_is_new_does_not_wait() -> None:
    _, kept = held([a_row("a", late=2), a_row("b", late=1)], None, NOW)
    shown, kept = held([a_row("a", late=2), a_row("b", "ACT", late=1)], kept, NOW + 1_000)
    assert order(shown) == ["b", "a"]
    shown, _ = held([a_row("a"), a_row("b"), a_row("c", late=9)], kept, NOW + 2_000)
    assert order(shown)[0] == "c"
