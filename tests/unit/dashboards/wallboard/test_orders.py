"""What somebody at the board may say: by role, by department, and with the server's time."""

from typing import Any

import pytest
from msgspec.structs import replace

from dashboards.access.rights import Grant, Principal
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.orders import (
    AnyOrder,
    Decided,
    Mute,
    Note,
    OrderRefused,
    Release,
    ShowLine,
    TakeLine,
    Unmute,
    decided,
)
from schemas.codec import encode
from schemas.commands import (
    Acknowledged,
    AlertCommand,
    LineShown,
    LineTaken,
    Muted,
    Noted,
    Released,
    Unmuted,
    command_key,
)
from schemas.millis import HOUR, MINUTE
from schemas.roles import Role
from tests.support.desks import town
from tests.support.walls import NOW, alert

FIRES = alert(alert_id="late/burst-pipes", department="water")
HAD = Acknowledged(who="Bo", at=NOW + 5, alert_id=FIRES.alert_id)
MUTED = Muted(who="Bo", at=NOW, mute_id="m1", until=NOW + HOUR, queue="payroll")
OF_ALL = Muted(who="Bo", at=NOW, mute_id="m2", until=NOW + HOUR, rule="surge")
LINE = LineShown(who="Bo", at=NOW, line_id="l1", until=NOW + HOUR, note="x", department="staff")
FOR_ALL = LineShown(who="Bo", at=NOW, line_id="l2", until=NOW + HOUR, note="x")


def known(*commands: AlertCommand) -> Latest:
    latest = town()
    latest.apply("alerts", b"a", encode(FIRES))
    for command in (MUTED, OF_ALL, LINE, FOR_ALL, *commands):
        latest.apply("commands", command_key(command), encode(command))
    return latest


def ann(role: Role, *departments: str) -> Principal:
    return Principal("Ann", (Grant(role, frozenset(departments) or None),), "session")


def said(order: AnyOrder, who: Principal, latest: Latest | None = None) -> Decided | OrderRefused:
    return decided(order, who, latest or known(), NOW, "new")


OF_WATER = ann("supervisor", "water")
EVERYWHERE = ann("supervisor")


@pytest.mark.parametrize(
    ("order", "command", "action", "object_"),
    [
        (Note(alert_id=FIRES.alert_id, note=" a pump "), Noted(who="Ann", at=NOW + 6, note="a pump", alert_id=FIRES.alert_id), "alert_note", FIRES.alert_id),
        (Release(alert_id=FIRES.alert_id), Released(who="Ann", at=NOW + 6, alert_id=FIRES.alert_id), "alert_unack", FIRES.alert_id),
        (Mute(for_ms=HOUR, note="works", queue="burst-pipes"), Muted(who="Ann", at=NOW, note="works", mute_id="new", until=NOW + HOUR, queue="burst-pipes"), "alert_mute", "new: burst-pipes"),
        (Mute(for_ms=HOUR, note="works", rule="surge"), Muted(who="Ann", at=NOW, note="works", mute_id="new", until=NOW + HOUR, rule="surge"), "alert_mute", "new: surge"),
        (Mute(for_ms=HOUR, note="works"), Muted(who="Ann", at=NOW, note="works", mute_id="new", until=NOW + HOUR), "alert_mute", "new: everything"),
        (Unmute(mute_id="m1"), Unmuted(who="Ann", at=NOW + 1, mute_id="m1"), "alert_unmute", "m1"),
        (ShowLine(for_ms=MINUTE, text="out", department="water"), LineShown(who="Ann", at=NOW, note="out", line_id="new", until=NOW + MINUTE, department="water"), "line_show", "new: water"),
        (ShowLine(for_ms=MINUTE, text="out"), LineShown(who="Ann", at=NOW, note="out", line_id="new", until=NOW + MINUTE), "line_show", "new: all boards"),
        (TakeLine(line_id="l2"), LineTaken(who="Ann", at=NOW + 1, line_id="l2"), "line_take", "l2"),
    ],
)  # fmt: skip
def test_what_is_written_and_kept_in_the_audit(
    order: AnyOrder, command: AlertCommand, action: str, object_: str
) -> None:
    found = said(order, EVERYWHERE, known(HAD))
    assert isinstance(found, Decided)
    assert (found.command, found.action, found.object) == (command, action, object_)


ORDERS: dict[str, AnyOrder] = {
    "note": Note(alert_id=FIRES.alert_id, note="a"),
    "release": Release(alert_id=FIRES.alert_id),
    "mute a queue": Mute(for_ms=HOUR, note="a", queue="burst-pipes"),
    "mute all": Mute(for_ms=HOUR, note="a"),
    "unmute all": Unmute(mute_id="m2"),
    "line": ShowLine(for_ms=HOUR, text="a", department="water"),
    "line for all": ShowLine(for_ms=HOUR, text="a"),
    "take for all": TakeLine(line_id="l2"),
}


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (EVERYWHERE, set(ORDERS)),
        (ann("administrator"), set(ORDERS)),
        (OF_WATER, {"note", "release", "mute a queue", "line"}),
        (ann("on-call", "water"), {"release"}),
        (ann("viewer"), set()),
        (ann("executive"), set()),
    ],
)
def test_who_may_do_what(who: Principal, may: set[str]) -> None:
    for name, order in ORDERS.items():
        found = said(order, who, known(HAD))
        if name in may:
            assert isinstance(found, Decided), name
        else:
            assert isinstance(found, OrderRefused), name
            assert (found.status, found.code, found.is_trespass) == (403, "not_allowed", True), name


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (Note(alert_id="none", note="a"), "no_such_alert"),
        (Release(alert_id="none"), "no_such_alert"),
        (Mute(for_ms=HOUR, note="a", queue="payroll"), "no_such_queue"),
        (Mute(for_ms=HOUR, note="a", queue="nowhere"), "no_such_queue"),
        (Unmute(mute_id="m1"), "no_such_mute"),
        (Unmute(mute_id="nowhere"), "no_such_mute"),
        (ShowLine(for_ms=HOUR, text="a", department="staff"), "no_such_department"),
        (ShowLine(for_ms=HOUR, text="a", department="nowhere"), "no_such_department"),
        (TakeLine(line_id="l1"), "no_such_line"),
        (TakeLine(line_id="nowhere"), "no_such_line"),
    ],
)
def test_what_is_of_others_is_not_told_from_what_there_is_not(order: AnyOrder, code: str) -> None:
    found = said(order, OF_WATER)
    assert isinstance(found, OrderRefused)
    assert (found.status, found.code, found.is_trespass) == (404, code, False)


def test_an_alert_of_another_department_is_none() -> None:
    latest = town()
    latest.apply("alerts", b"a", encode(replace(FIRES, department="staff")))
    found = said(Note(alert_id=FIRES.alert_id, note="a"), OF_WATER, latest)
    assert isinstance(found, OrderRefused)
    assert found.code == "no_such_alert"


def test_what_nobody_has_is_not_given_back() -> None:
    found = said(Release(alert_id=FIRES.alert_id), OF_WATER)
    assert isinstance(found, OrderRefused)
    assert (found.status, found.code) == (409, "nobody_has_it")


@pytest.mark.parametrize(
    "order",
    [
        Note(alert_id=FIRES.alert_id, note="two\nlines"),
        Mute(for_ms=HOUR, note="\x1b[31m", queue="burst-pipes"),
        ShowLine(for_ms=HOUR, text="\N{RIGHT-TO-LEFT OVERRIDE}a", department="water"),
        ShowLine(for_ms=HOUR, text="   ", department="water"),
    ],
)
def test_a_text_that_would_break_a_line_is_refused(order: Any) -> None:
    found = said(order, OF_WATER)
    assert isinstance(found, OrderRefused)
    assert (found.status, found.code) == (400, "bad_text")


LEAK = alert(
    alert_id="leak", rule="incident", queue="", topic="leak", area="ward-1", department="water", queues=("burst-pipes", "payroll"),
)  # fmt: skip
OF_LEAK = Muted(who="Bo", at=NOW, mute_id="m3", until=NOW + HOUR, queue="leak/ward-1")


def test_an_alert_across_queues_is_muted_at_its_place_by_who_looks_after_one_of_them() -> None:
    latest = known(OF_LEAK)
    latest.apply("alerts", b"leak", encode(LEAK))
    mute = Mute(for_ms=HOUR, note="known", rule="incident", queue="leak/ward-1")
    orders: tuple[AnyOrder, ...] = (mute, Unmute(mute_id="m3"))
    for order in orders:
        assert isinstance(said(order, ann("supervisor", "staff"), latest), Decided)
        for who, status in ((ann("supervisor", "roads"), 404), (ann("viewer", "water"), 403)):
            found = said(order, who, latest)
            assert isinstance(found, OrderRefused)
            assert found.status == status
    made = said(mute, ann("supervisor", "staff"), latest)
    assert isinstance(made, Decided)
    assert isinstance(made.command, Muted)
    fresh = known(made.command)
    assert fresh.commands.why_quiet(LEAK, NOW) == "muted by Ann for another 1h"
    elsewhere = replace(mute, queue="leak/ward-2")
    assert isinstance(said(elsewhere, ann("supervisor", "staff"), latest), OrderRefused)
