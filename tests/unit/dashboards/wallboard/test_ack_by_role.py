"""POST /api/acknowledge: by somebody whose role may, for alerts of her departments."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from dashboards.access.rights import Grant
from schemas.ack_link import AckLink, address
from schemas.codec import decode_as, encode
from schemas.commands import Acknowledged
from schemas.millis import HOUR
from schemas.roles import Role
from tests.support.people import LINK_KEY, Browser, Town, bearer

WATER, STAFF = "late/burst-pipes", "late/payroll"


async def acknowledged(
    browser: Browser, alert_id: str, note: str = "", **headers: str
) -> tuple[int, Any]:
    body = json.dumps({"alert_id": alert_id, "note": note})
    status, text, _ = await browser.post("/api/acknowledge", body, **headers)
    return status, json.loads(text)


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
        assert said == (200, {"who": "Thandi", "since": town.now})
        again = await acknowledged(browser, WATER, **bearer(town.token("on-call", who="Bo")))
        assert again == (409, {"who": "Thandi", "since": town.now})
    written = decode_as(Acknowledged, town.written[0])
    assert (written.who, written.note, written.link_of) == ("Thandi", "on my way", None)
    assert len(town.written) == 1


async def test_nothing_is_acknowledged_on_what_may_be_over(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.problem = "Kafka does not answer"
    async with town.browser() as browser:
        said = await acknowledged(browser, WATER, **bearer(town.token("on-call", "water")))
    assert said == (503, {"code": "not_now", "problem": "Kafka does not answer"})
    assert town.written == []


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


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"alert_id": ""}', '{"alert_id": "a", "who": "Bo"}', "\x00" * 100, '{"alert_id": "a", "note": "' + "x" * 201 + '"}']
)  # fmt: skip
async def test_a_body_that_is_none(tmp_path: Path, body: str) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        head = bearer(town.token("on-call"))
        assert (await browser.post("/api/acknowledge", body, **head))[0] == 400


async def test_a_cookie_alone_acknowledges_nothing(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        await browser.log_in(town.token("on-call"))
        assert (await acknowledged(browser, WATER))[0] == 403
        assert (await acknowledged(browser, WATER, **{"X-CSRF-Token": "0"}))[0] == 403
    assert town.written == []


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
