"""Alerts of which people were told, the dearest first, and what they wrote."""

from msgspec.structs import replace

from streams.history.catalogue import Catalogue
from streams.history.papers.alerts_told import ALERTS, Alerted, Told, section, told_of
from streams.history.papers.asked import asked
from streams.history.period import period_of
from tests.support.builders import MONDAY, targets

HOUR = 3_600_000
ABOUT = asked(
    period_of("month", "2026-03", "UTC"),
    Catalogue("UTC", {"billing": targets("billing", name="Bills")}),
    None,
    MONDAY + 60 * 24 * HOUR,
    None,
)
FIRST = Alerted("a1", "oldest_wait", "billing", (), "", "warn", MONDAY, MONDAY + HOUR, 3)
DEAREST = replace(FIRST, alert_id="a2", hurt=40, resolved_at=None, fired_at=MONDAY + HOUR)
COMMANDS = [
    {"at_ms": MONDAY, "type": "acknowledged", "alert_id": "a1", "queue": "", "note": "on it", "owner": ""},
    {"at_ms": MONDAY + 1, "type": "noted", "alert_id": "a1", "queue": "", "note": "pipe burst", "owner": ""},
    {"at_ms": MONDAY + 2, "type": "line_shown", "alert_id": "", "queue": "", "note": "Storm", "owner": ""},
    {"at_ms": MONDAY + 3, "type": "marked_false", "alert_id": "a2", "queue": "", "note": "", "owner": ""},
]  # fmt: skip


def test_the_dearest_comes_first_with_what_people_wrote() -> None:
    told = told_of([FIRST, DEAREST], COMMANDS, known=True)
    found = section(told, (), ABOUT)
    table = next(each for each in found.tables if each.part is ALERTS)
    assert [row["callers_hurt"] for row in table.rows] == [40, 3]
    first, second = table.rows
    assert (first["lasted_s"], first["note"], first["acknowledged"]) == (None, None, "no")
    assert (second["name"], second["lasted_s"], second["note"]) == (
        "Bills",
        3600,
        "on it; pipe burst",
    )
    assert found.sentences[1].text.startswith(
        "People were told of 2 alerts, 0 of them urgent. 1 were taken"
    )
    assert [row["note"] for row in found.tables[1].rows] == ["Storm"]


def test_no_alert_and_no_knowledge_of_alerts_are_two_things() -> None:
    assert [each.name for each in section(Told(), (), ABOUT).sentences] == [
        "no_incident",
        "no_alert",
    ]
    unknown = section(Told(known=False), (), ABOUT)
    assert unknown.sentences[1].name == "no_alerts_known"


def test_an_alert_touches_the_time_in_which_it_fired() -> None:
    assert FIRST.touches("billing", MONDAY + HOUR - 1, MONDAY + 2 * HOUR)
    assert not FIRST.touches("billing", MONDAY + HOUR, MONDAY + 2 * HOUR)
    assert not FIRST.touches("cards", MONDAY, MONDAY + HOUR)
    assert DEAREST.touches("billing", MONDAY + 90 * HOUR, MONDAY + 91 * HOUR)
    assert replace(FIRST, queue="", queues=("cards",)).touches("cards", MONDAY, MONDAY + 1)
