"""Maintenance, holidays, other hours and notes, in the period and in the one after it."""

from schemas.maintenance import MaintenanceWindow
from schemas.millis import DAY
from schemas.notes import Note, WrittenNote
from schemas.opening import DatedSpan, Opening
from streams.history.catalogue import Catalogue
from streams.history.papers.asked import asked
from streams.history.papers.planned import planned_rows, section
from streams.history.period import period_of
from tests.support.builders import MONDAY, targets

OPENING = Opening(
    holidays=("2026-03-21", "2026-04-03", "2026-06-16"),
    exceptions=(DatedSpan("2026-03-20", 480, 720), DatedSpan("2026-04-03", 0, 0)),
)
KNOWN = Catalogue(
    "UTC",
    {
        name: targets(name, opening=OPENING, maintenance=(MaintenanceWindow("2026-03-05", 0, 60, "PBX"),))
        for name in ("a", "b", "c", "d")
    },
)  # fmt: skip
ABOUT = asked(period_of("month", "2026-03", "UTC"), KNOWN, None, MONDAY + 60 * DAY, None)


def test_each_event_stands_once_with_its_queues() -> None:
    bins = Note(
        note_id="n",
        who="w",
        at=1,
        kind="planned",
        start=MONDAY,
        end=MONDAY + 1,
        text="bins",
        queues=("a",),
    )
    rows = planned_rows([WrittenNote(bins)], ABOUT)
    assert [(row["date"], row["planned"], row["reason"], row["queues"], row["ahead"]) for row in rows] == [
        ("2026-03-02", "event", "bins", 1, "no"),
        ("2026-03-05", "maintenance", "PBX", 4, "no"),
        ("2026-03-20", "other hours", None, 4, "no"),
        ("2026-03-21", "holiday", None, 4, "no"),
        ("2026-04-03", "closed", None, 4, "yes"),
    ]  # fmt: skip
    assert str(rows[1]["names"]).endswith(" …")
    assert (
        section([], ABOUT).sentences[0].text
        == "Planned: 3 events in this period, 1 in the one after it."
    )


def test_nothing_planned_is_said() -> None:
    none = asked(ABOUT.period, Catalogue("UTC", {"a": targets("a")}), None, MONDAY, None)
    assert section([], none).sentences[0].name == "nothing_planned"
