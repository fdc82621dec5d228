"""Alerts and mutes for people."""

from msgspec.structs import replace

from schemas.alerts import FreeAgents
from schemas.commands import Acknowledged, Muted, Noted, Notified
from schemas.commands_book import CommandsBook
from schemas.millis import MINUTE
from streams.admin.alerts_text import (
    COLUMNS,
    MUTE_COLUMNS,
    SHOWN,
    alert_line,
    mute_line,
    said,
    whole,
)
from tests.support.alerts import NOON, alert


def test_a_line_says_for_how_long_and_who_has_it() -> None:
    book = CommandsBook()
    line = alert_line(alert(), book, NOON + 65_000)
    assert set(line) == set(COLUMNS)
    assert set(SHOWN) <= set(COLUMNS)
    assert (line["for"], line["quiet"], line["since"]) == ("1m10s", None, "2026-11-22T11:59:55Z")
    book.apply(Acknowledged(who="ann", at=NOON, alert_id=alert().alert_id))
    assert alert_line(alert(), book, NOON + MINUTE)["quiet"] == "ann has it for 1m"
    for severity, quiet in (("note", "a note: lists only"), ("rehearse", "a rehearsal")):
        told = alert_line(alert(severity=severity), CommandsBook(), NOON)
        assert (told["severity"], told["quiet"]) == (severity, quiet)
    over = alert_line(alert("resolved"), book, NOON + MINUTE)
    assert (over["for"], over["quiet"], over["resolved_at"]) == ("4s", None, "2026-11-22T11:59:59Z")


def test_a_mute_says_what_is_left() -> None:
    mute = Muted(who="ann", at=NOON, mute_id="3fa9", until=NOON + MINUTE, rule="oldest_wait")
    line = mute_line(mute, NOON + 500)
    assert set(line) == set(MUTE_COLUMNS)
    assert (line["queue"], line["rule"], line["left"], line["note"]) == (
        "any",
        "oldest_wait",
        "59s",
        None,
    )


def test_one_alert_whole_with_what_people_said() -> None:
    book = CommandsBook()
    book.apply(Noted(who="bo", at=NOON, alert_id=alert().alert_id, note="no power"))
    lines = list(whole(alert(), book, NOON))
    assert lines[-1] == "2026-11-22T12:00:00Z  bo noted: no power"
    assert "runbook     docs/runbooks/OldestWait.md" in lines
    assert not any("None" in line for line in lines)
    assert not any(line.startswith(("expected", "tuned_to")) for line in lines)
    known = list(whole(alert(expected=20.0, tuned_to="1 false alert a day"), book, NOON))
    assert "expected    20.0 (seconds)" in known
    assert f"value       {alert().value} (seconds)" in known
    surge = list(whole(alert(rule="surge", expected=20.0), book, NOON))
    assert "expected    20.0" in surge  # of calls: a number
    assert "tuned_to    1 false alert a day" in known


def test_one_alert_says_who_could_help_and_what_it_cost() -> None:
    free = (FreeAgents("tankers", "Water\ntankers", 2),)
    lines = list(whole(alert(free_agents=free), CommandsBook(), NOON))
    assert "next step   Free agents: 2 of Water\\ntankers" in lines
    over = list(whole(alert("resolved", late_calls=12, abandoned=0), CommandsBook(), NOON))
    assert "late_calls  12" in over
    assert "abandoned   0" in over


def test_an_acknowledgement_by_a_link_says_so() -> None:
    had = Acknowledged(who="ann", at=NOON, alert_id="a", note="on my way", link_of="water-duty")
    assert said(had) == "ann acknowledged by the link in a message to water-duty: on my way"
    assert said(replace(had, link_of="", note="")) == "ann acknowledged by the link in a message"
    assert said(replace(had, link_of=None)) == "ann acknowledged: on my way"


def test_to_whom_it_escalated_and_when_who_is_told_next() -> None:
    book = CommandsBook()
    first = Notified(
        who="notify", at=NOON, alert_id=alert().alert_id, owner=alert().owner, step=0,
        to=("billing-duty",), next_to=("lead",), next_after_ms=5 * MINUTE,
    )  # fmt: skip
    assert alert_line(alert(), book, NOON)["escalation"] is None
    book.apply(first)
    assert alert_line(alert(), book, NOON + MINUTE)["escalation"] == "lead in 4m"
    second = replace(first, step=1, at=NOON + 5 * MINUTE, to=("lead",), next_to=("a", "b", "c"))
    book.apply(second)
    told = alert_line(alert(), book, NOON + 5 * MINUTE)["escalation"]
    assert told == "told lead; a and 2 more in 5m"
    lines = list(whole(alert(), book, NOON))
    assert lines[-1] == "2026-11-22T12:05:00Z  nobody had it: notify told lead"
    book.apply(Acknowledged(who="ann", at=NOON, alert_id=alert().alert_id))
    assert alert_line(alert(), book, NOON)["escalation"] == "told lead"
    assert alert_line(alert("resolved"), book, NOON)["escalation"] == "told lead"


def test_who_could_not_be_told_is_not_said_to_be_told() -> None:
    book = CommandsBook()
    step = Notified(
        who="notify", at=NOON, alert_id=alert().alert_id, owner=alert().owner, step=1,
        to=("lead", "desk"), untold=("desk",), next_to=("night",), next_after_ms=MINUTE,
    )  # fmt: skip
    book.apply(step)
    line = alert_line(alert(), book, NOON)["escalation"]
    assert line == "told lead; not reached: desk; night in 1m"
    assert alert_line(alert(calm=True), book, NOON)["escalation"] == "told lead; not reached: desk"
    assert said(step) == "nobody had it: notify told lead; not reached: desk"
    nobody = replace(step, untold=("lead", "desk"))
    assert said(nobody) == "nobody had it; not reached: lead, desk"
