"""Who is told, by owner, severity and hours."""

from schemas.millis import HOUR
from streams.sinks.deliver.receivers import GroupKey, group_of, told_now
from tests.support.delivery import NOON, labels, owners

WORKS = (("department", "works"), ("owner", "water"))
DAY = 'hours="Mon-Sun 07:00-13:00";out_of_hours='


def test_an_owner_has_one_message_a_department_and_severity() -> None:
    known = owners("water")
    assert group_of(labels("a"), known) == GroupKey("water", "page", WORKS)
    assert group_of(labels("b"), known) == GroupKey("water", "page", WORKS)
    assert group_of(labels("a", severity="warn"), known) == GroupKey("water", "warn", WORKS)
    alone = group_of({"alertname": "LagGrowing", "severity": "warn"}, known)
    assert alone == GroupKey("", "warn", (("alertname", "LagGrowing"),))


def test_replays_notes_and_what_only_mutes_others_are_told_to_nobody() -> None:
    known = owners("water")
    assert group_of(labels("a", replay="true"), known) is None
    assert group_of(labels("a", severity="note"), known) is None
    assert group_of(labels("a", severity="none"), known) is None


def test_in_hours_the_owner_is_told_and_else_who_is_named() -> None:
    known = owners(f'water:{DAY}"night"', "night", f'asleep:{DAY}"nobody"', "queuewatch")
    assert told_now("water", known, NOON) == "water"
    assert told_now("water", known, NOON + HOUR) == "night"
    assert told_now("asleep", known, NOON + HOUR) == ""
    assert told_now("night", known, NOON + HOUR) == "night"
    assert told_now("", known, NOON) == "queuewatch"
    assert told_now("", owners("water"), NOON) == ""
