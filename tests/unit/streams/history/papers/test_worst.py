"""The worst half hours and days, with what people wrote of them."""

from msgspec.structs import replace

from schemas.notes import Note, WrittenNote
from streams.history.catalogue import Catalogue
from streams.history.consistency import HalfHour, consistency
from streams.history.counted_groups import Counted
from streams.history.league import Placed
from streams.history.month import GroupsMonth
from streams.history.papers.alerts_told import Alerted, Told
from streams.history.papers.asked import asked
from streams.history.papers.worst import section
from streams.history.period import period_of
from streams.history.promises_kept import Kept
from tests.support.builders import MONDAY, targets

HALF = 30 * 60_000
ABOUT = asked(
    period_of("month", "2026-03", "UTC"), Catalogue("UTC", {"a": targets("a"), "b": targets("b")}), None, MONDAY, None
)  # fmt: skip


def month(queue: str, *halves: tuple[int, int]) -> GroupsMonth:
    """Half hours from Monday on: served of promised, goal 80 %."""
    found = [
        HalfHour(MONDAY + n * HALF, MONDAY + (n + 1) * HALF, Kept(good, due, due * 800_000))
        for n, (good, due) in enumerate(halves)
    ]
    return GroupsMonth(
        queue, "UTC", Counted(queue, MONDAY, MONDAY, "UTC", {}, []), consistency(found), True, None, None, None,
        Placed(queue, 1), tuple(found), queue.upper(),
    )  # fmt: skip


def test_worst_is_by_calls_that_should_have_been_served() -> None:
    queues = [month("a", (0, 5), (50, 100), (99, 100)), month("b", (10, 20), (0, 4))]
    alert = Alerted("x", "oldest_wait", "a", (), "", "page", MONDAY, None, 4)
    told = Told((alert,), {"x": ("pipe burst",)})
    storm = Note(
        note_id="n",
        who="w",
        at=1,
        kind="incident",
        start=MONDAY,
        end=MONDAY + HALF,
        text="storm",
        queues=("b",),
    )
    halves, days = section(queues, told, [WrittenNote(storm)], ABOUT).tables
    assert [(row["name"], row["promised_calls"], row["calls_missing"], row["note"]) for row in halves.rows] == [
        ("A", 100, 30.0, "pipe burst"),
        ("B", 20, 6.0, "storm"),
        ("A", 5, 4.0, "pipe burst"),
    ]  # fmt: skip
    assert [(row["name"], row["alerts"]) for row in days.rows] == [
        ("A", "oldest_wait"),
        ("B", None),
    ]


def test_none_is_bad() -> None:
    assert (
        section([month("a", (10, 10))], Told(), (), ABOUT).sentences[0].name == "no_bad_half_hour"
    )
    unjudged = replace(month("a", (0, 10)), judged=False)
    assert not section([unjudged], Told(), (), ABOUT).tables
