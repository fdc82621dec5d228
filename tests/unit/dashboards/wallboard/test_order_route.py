"""POST /api/orders: JSON or a form, with its mark, written once and kept in the audit."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace

from dashboards.access.rights import Grant
from schemas.ack_link import AckLink, address
from schemas.codec import decode_as, encode
from schemas.commands import Acknowledged, LineShown, Muted
from schemas.millis import HOUR, MINUTE
from schemas.notes import Note
from schemas.roles import Role
from tests.support.people import LINK_KEY, Browser, Town, bearer

WATER, STAFF = "late/burst-pipes", "late/payroll"
LINE = {"do": "show_line", "text": "crews are out", "for_ms": HOUR, "department": "water"}


async def ordered(browser: Browser, body: Any, **headers: str) -> tuple[int, Any]:
    sent = body if isinstance(body, str) else json.dumps(body)
    status, text, _ = await browser.post("/api/orders", sent, **headers)
    return status, json.loads(text)


async def acknowledged(
    browser: Browser, alert_id: str, note: str = "", **headers: str
) -> tuple[int, Any]:
    return await ordered(
        browser, {"do": "acknowledge", "alert_id": alert_id, "note": note}, **headers
    )


async def test_a_line_is_written_shown_at_once_and_kept_in_the_audit(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        head = bearer(town.token("supervisor", "water"))
        status, said = await ordered(browser, LINE, **head)
        assert (status, said["done"], said["who"], said["at"]) == (
            200,
            "line_show",
            "Ann",
            town.now,
        )
        town.wallboard.hub.number += 1
        town.wallboard.hub._boards, town.wallboard.hub._frames = {}, {}
        board = await browser.board(**head)
    written = decode_as(LineShown, town.written[0])
    assert (written.note, written.until, written.department) == (
        "crews are out",
        town.now + HOUR,
        "water",
    )
    assert board["lines"][0]["text"] == "crews are out"
    assert [(r.action, r.object, r.who) for r in town.kept] == [
        ("line_show", said["object"], "Ann")
    ]


async def test_an_alert_is_taken_and_given_back(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        head = bearer(town.token("on-call", "water"))
        take = {"do": "acknowledge", "alert_id": WATER}
        assert (await ordered(browser, take, **head))[0] == 200
        assert await ordered(browser, take, **head) == (
            409, {"code": "taken", "problem": "Ann has this alert already"},
        )  # fmt: skip
        assert (await ordered(browser, {"do": "release", "alert_id": WATER}, **head))[0] == 200
        assert (await ordered(browser, take, **head))[0] == 200
    assert [r.action for r in town.kept] == ["alert_ack", "alert_unack", "alert_ack"]


async def test_a_trespass_is_kept_and_writes_nothing(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        status, said = await ordered(browser, LINE, **bearer(town.token("viewer")))
        take = {"do": "acknowledge", "alert_id": WATER}
        taken = await ordered(browser, take, **bearer(town.token("executive")))
    assert (status, said["code"], taken[0], town.written) == (403, "not_allowed", 403, [])
    assert [(r.action, r.outcome, r.detail) for r in town.kept] == [
        ("open_page", "refused", "a role that may not")
    ] * 2


async def test_a_cookie_alone_orders_nothing(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        await browser.log_in(town.token("supervisor"))
        assert (await ordered(browser, LINE))[1]["code"] == "no_mark"
        assert (await browser.post("/api/orders", {**LINE, "csrf": "0"}))[0] == 403
        mark = (await browser.me())["csrf"]
        foreign = await browser.post(
            "/api/orders", {**LINE, "csrf": mark}, Origin="https://evil.example"
        )
        assert foreign[0] == 403
        assert town.written == []
        assert (await ordered(browser, LINE, **{"X-CSRF-Token": mark}))[0] == 200


async def test_a_form_needs_no_script_and_leads_back(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        await browser.log_in(town.token("supervisor"))
        mark = (await browser.me())["csrf"]
        form = {
            "do": "mute",
            "queue": "burst-pipes",
            "note": "works",
            "for_ms": str(MINUTE),
            "csrf": mark,
        }
        status, _, head = await browser.post("/api/orders", {**form, "then": "/desk?sign=ACT"})
        assert (status, head["Location"]) == (303, "/desk?sign=ACT")
        away = await browser.post("/api/orders", {**form, "then": "//evil.example"})
        assert away[2]["Location"] == "/"
        status, text, _ = await browser.post("/api/orders", {**form, "queue": "<b>"})
        assert (status, "<b>" in text, "no queue" in text) == (404, False, True)
    assert decode_as(Muted, town.written[0]).until == town.now + MINUTE


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "{}", '{"do": "fly"}', '{"do": "acknowledge"}', '{"do": "acknowledge", "alert_id": ""}',
        '{"do": "acknowledge", "alert_id": "a", "note": "' + "x" * 201 + '"}', {**LINE, "for_ms": 0}, {**LINE, "for_ms": 8 * 24 * HOUR},
        {**LINE, "text": ""}, {**LINE, "text": "x" * 201}, {**LINE, "who": "Bo"}, {**LINE, "for_ms": "1"},
        {"do": "mute", "for_ms": HOUR, "note": "", "queue": "burst-pipes"}, {"do": "mute", "for_ms": HOUR, "note": "a", "rule": "No Rule"},
    ],
)  # fmt: skip
async def test_a_body_that_is_none(tmp_path: Path, body: Any) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        status, said = await ordered(browser, body, **bearer(town.token("supervisor")))
    assert (status, said["code"], town.written) == (400, "bad_request", [])


async def test_nothing_is_ordered_on_what_may_be_over(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.problem = "Kafka does not answer"
    async with town.browser() as browser:
        for order in (LINE, {"do": "acknowledge", "alert_id": WATER}):
            said = await ordered(browser, order, **bearer(town.token("supervisor")))
            assert said == (503, {"code": "not_now", "problem": "Kafka does not answer"})
    assert town.written == []


@pytest.mark.parametrize("rule", ["understaffed", "a_rule_of_the_next_release"])
async def test_a_rule_is_muted(tmp_path: Path, rule: str) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        mute = {"do": "mute", "for_ms": HOUR, "note": "works", "rule": rule, "queue": "burst-pipes"}
        status, said = await ordered(browser, mute, **bearer(town.token("supervisor", "water")))
    assert (status, said["done"]) == (200, "alert_mute")
    assert decode_as(Muted, town.written[0]).rule == rule


async def test_a_form_that_is_refused_is_answered_with_a_page(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        form = {"do": "mute", "for_ms": str(HOUR), "note": "works", "rule": "No Rule"}
        status, text, head = await browser.post(
            "/api/orders",
            urlencode(form),
            **bearer(town.token("supervisor", "water")),
            **{"Content-Type": "application/x-www-form-urlencoded"},
        )
    assert (status, head["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert text.startswith("<!doctype html>")
    assert town.written == []


async def test_a_note_goes_into_its_own_topic_and_the_audit(tmp_path: Path) -> None:
    town = Town(tmp_path)
    notes: list[tuple[bytes, bytes]] = []

    async def write(key: bytes, value: bytes) -> str:
        notes.append((key, value))
        return ""

    town.wallboard.write_note = write
    note = {
        "do": "add_note", "kind": "incident", "text": "a main burst", "since": "2026-10-05T08:00",
        "until": "2026-10-05T11:00", "department": "water",
    }  # fmt: skip
    async with town.browser() as browser:
        status, said = await ordered(browser, note, **bearer(town.token("supervisor", "water")))
        refused, why = await ordered(
            browser, {**note, "text": "call 0313111111"}, **bearer(town.token("supervisor"))
        )
    assert (status, said["done"]) == (200, "note_add")
    assert (refused, why["code"]) == (400, "bad_text")
    ((key, value),) = notes
    written = decode_as(Note, value)
    assert (key.decode(), written.who, written.departments) == (said["object"], "Ann", ("water",))
    assert town.written == []
    assert [r.action for r in town.kept] == ["note_add"]


async def test_a_board_without_the_topic_says_that_it_writes_no_notes(tmp_path: Path) -> None:
    town = Town(tmp_path)
    note = {
        "do": "add_note", "kind": "holiday", "text": "closed", "since": "2026-10-05", "until": "2026-10-06",
    }  # fmt: skip
    async with town.browser() as browser:
        status, said = await ordered(browser, note, **bearer(town.token("supervisor")))
    assert (status, said["code"]) == (503, "not_now")


@pytest.mark.parametrize(
    ("role", "status"),
    [("viewer", 403), ("executive", 403), ("on-call", 200), ("supervisor", 200), ("administrator", 200)],
)  # fmt: skip
async def test_only_some_roles_may(tmp_path: Path, role: Role, status: int) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        await browser.log_in(town.token(role, "water"))
        mark = (await browser.me())["csrf"]
        assert (await acknowledged(browser, WATER, **{"X-CSRF-Token": mark}))[0] == status
    assert len(town.written) == (status == 200)
    acts = [(r.action, r.object, r.outcome) for r in town.kept if r.action != "log_in"]
    assert acts == (
        [("alert_ack", WATER, "done")] if status == 200 else [("open_page", "", "refused")]
    )


async def test_what_is_written_names_who_is_logged_in(tmp_path: Path) -> None:
    town = Town(tmp_path)
    token = town.token("on-call", "water", who="Thandi")
    async with town.browser() as browser:
        said = await acknowledged(browser, WATER, " on my way ", **bearer(token), Origin="")
        assert said == (
            200, {"done": "alert_ack", "who": "Thandi", "at": town.now, "object": WATER},
        )  # fmt: skip
        again = await acknowledged(browser, WATER, **bearer(town.token("on-call", who="Bo")))
        assert again == (
            409, {"code": "taken", "problem": "Thandi has this alert already"},
        )  # fmt: skip
    written = decode_as(Acknowledged, town.written[0])
    assert (written.who, written.note, written.link_of) == ("Thandi", "on my way", None)
    assert len(town.written) == 1


async def test_an_alert_of_another_department_is_not_told_from_none(tmp_path: Path) -> None:
    town = Town(tmp_path)
    head = bearer(town.token("on-call", "water"))
    async with town.browser() as browser:
        other = await acknowledged(browser, STAFF, **head)
        none = await acknowledged(browser, "late/nothing", **head)
    told = {"code": "no_such_alert", "problem": "no such alert fires"}
    assert other == none == (404, told)
    assert town.written == []


@pytest.mark.parametrize(
    ("grants", "status"),
    [
        ([Grant("on-call", frozenset({"water"}))], 200),
        ([Grant("on-call", frozenset({"staff"}))], 200),
        ([Grant("on-call")], 200),
        ([Grant("viewer", frozenset({"water"}))], 403),
        ([Grant("viewer", frozenset({"water"})), Grant("on-call", frozenset({"roads"}))], 403),
        ([Grant("on-call", frozenset({"roads"}))], 404),
    ],
)
async def test_an_incident_of_two_departments_takes_one_of_them(
    tmp_path: Path, grants: list[Grant], status: int
) -> None:
    town = Town(tmp_path)
    incident = replace(
        town.latest.alerts[STAFF], alert_id="incident/outage", rule="incident", queue="",
        topic="outage", area="north", queues=("payroll", "burst-pipes"),
    )  # fmt: skip
    town.latest.apply("alerts", b"incident/outage", encode(incident))
    token = town.token("viewer", "roads")
    theirs = replace(town.register.read().tokens[token], grants=tuple(grants))
    town.register.change(lambda r: (None, replace(r, tokens={token: theirs})))
    async with town.browser() as browser:
        code, said = await acknowledged(browser, "incident/outage", **bearer(token))
    assert code == status
    assert len(town.written) == (status == 200)
    if status == 403:
        assert said["problem"].startswith("your role may not acknowledge this alert: it takes")
        assert "staff" not in said["problem"]  # which others it concerns is not told


async def test_who_sees_all_and_is_on_call_for_one(tmp_path: Path) -> None:
    town = Town(tmp_path)
    token = town.token("on-call", "water")
    both = replace(
        town.register.read().tokens[token],
        grants=(Grant("viewer"), Grant("on-call", frozenset({"water"}))),
    )
    town.register.change(lambda r: (None, replace(r, tokens={token: both})))
    async with town.browser() as browser:
        assert (await acknowledged(browser, STAFF, **bearer(token)))[0] == 403
        assert (await acknowledged(browser, WATER, **bearer(token)))[0] == 200


async def test_the_link_in_a_message_needs_no_log_in(tmp_path: Path) -> None:
    town = Town(tmp_path)
    link = address("", LINK_KEY, AckLink(WATER, "water-duty", town.now + HOUR))
    async with town.browser() as browser:
        assert (await browser.get(link))[0] == 200
        foreign = await browser.post(link, {"who": "Bo"}, Origin="https://evil.example.com")
        assert foreign[0] == 403
        assert (await browser.post(link, {"who": "Bo"}, Origin="null"))[0] == 200  # no referrer
        assert (await browser.get("/ack?alert=x"))[0] == 403  # a forged one
    assert decode_as(Acknowledged, town.written[0]).link_of == "water-duty"
