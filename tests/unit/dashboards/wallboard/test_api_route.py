"""`/api`: each answer is what the document says, each refusal is a Problem, and filters choose before sums."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from jsonschema import Draft202012Validator

from dashboards.wallboard.openapi import ENDPOINTS
from schemas.codec import encode
from schemas.millis import HOUR
from schemas.roles import ROLES
from tests.support.callers import came, line
from tests.support.people import Browser, Town, bearer


async def asked(browser: Browser, path: str, **headers: str) -> tuple[int, Any]:
    status, text, _ = await browser.get(path, **headers)
    return status, json.loads(text)


def full(folder: Path) -> Town:
    """Everybody sees everything, somebody waits, somebody hung up."""
    town = Town(folder, named_to=ROLES, listed_to=ROLES)
    waits = came("a")
    shown = line(waits, agents={"available": 1})
    town.now = shown.as_of
    town.latest.apply("snapshots", b"burst-pipes", encode(shown))
    stays = town.wallboard.stays
    for row in (waits, came("b", "abandoned", before=HOUR, caller="0a1b2c3d." + "b" * 32)):
        stays.take(encode(row))
    stays.whole(town.now - 26 * HOUR)
    return town


def shape(document: Any, path: str, method: str, status: int) -> Draft202012Validator:
    content = document["paths"][path][method]["responses"][str(status)]["content"]
    schema = {**content["application/json"]["schema"], "components": document["components"]}
    return Draft202012Validator(schema)


async def test_each_answer_is_what_the_document_says(tmp_path: Path) -> None:
    town = full(tmp_path)
    head = bearer(town.token("supervisor"))
    async with town.browser() as browser:
        document = (await asked(browser, "/api/openapi.json", **head))[1]
        for path, there in (
            ("/api/board", "/api/board"),
            ("/api/board", "/api/board?department=water"),
            ("/api/desk", "/api/desk"),
            ("/api/desk", "/api/desk?queue=burst-pipes"),
            ("/api/queue/{queue}", "/api/queue/burst-pipes"),
            ("/api/me", "/api/me"),
            ("/api/page", "/api/page?page=/desk"),
            ("/api/page", "/api/page?page=/queue/burst-pipes"),
        ):
            status, told = await asked(browser, there, **head)
            assert status == 200, there
            shape(document, path, "get", 200).validate(told)
        take = json.dumps({"do": "acknowledge", "alert_id": "late/burst-pipes"})
        for body, path, status in (
            (take, "/api/orders", 200),
            (take, "/api/orders", 409),
            (take.replace("burst-pipes", "nothing"), "/api/orders", 404),
            ("{", "/api/orders", 400),
        ):
            answer = await browser.post(path, body, **head)
            assert answer[0] == status, (path, body)
            shape(document, path, "post", status).validate(json.loads(answer[1]))


async def test_the_document_has_every_address_and_no_other(tmp_path: Path) -> None:
    town = Town(tmp_path)
    served = {
        (resource.canonical, route.method.lower())
        for resource in town.app().router.resources()
        for route in resource
        if isinstance(route, web.ResourceRoute) and route.method != "HEAD"
        if resource.canonical.startswith("/api/") or resource.canonical == "/events"
    }
    assert served == {(each.path, each.method) for each in ENDPOINTS} | {
        ("/api/openapi.json", "get")
    }


async def test_the_document_is_one_that_validates_what_is_wrong(tmp_path: Path) -> None:
    """A schema that takes everything would make the test above say nothing."""
    town = full(tmp_path)
    head = bearer(town.token("supervisor"))
    async with town.browser() as browser:
        document = (await asked(browser, "/api/openapi.json", **head))[1]
        told = (await asked(browser, "/api/desk", **head))[1]
    told["callers"]["burst-pipes"]["line"][0]["wait_ms"] = "long"
    assert [each.message for each in shape(document, "/api/desk", "get", 200).iter_errors(told)]


async def test_filters_choose_before_anything_is_summed(tmp_path: Path) -> None:
    town = Town(tmp_path)
    head = bearer(town.token("viewer"))
    async with town.browser() as browser:
        told = (await asked(browser, "/api/board?department=water", **head))[1]
        assert [row["queue"] for row in told["rows"]] == ["burst-pipes"]
        assert (told["all"]["queues"], told["all"]["waiting"]) == (1, 3)
        word = told["rows"][0]["sign"]["word"]
        same = (await asked(browser, f"/api/board?sign={word}", **head))[1]
        assert {row["sign"]["word"] for row in same["rows"]} == {word}
        none = (await asked(browser, "/api/board?sign=CLOSED", **head))[1]
        assert (none.get("rows", []), none["all"]["queues"]) == ([], 0)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/board?colour=red", 400, "unknown_filter"),
        ("/api/board?queue=nowhere", 404, "not_found"),
        ("/api/board?queue=payroll", 404, "not_found"),  # of another department
        ("/api/desk?department=staff", 404, "not_found"),
        ("/api/queue/payroll", 404, "no_such_queue"),
        ("/api/queue/%3Cb%3E", 404, "no_such_queue"),
        ("/api/nothing", 404, "not_found"),
        ("/api/orders", 405, "wrong_method"),
    ],
)
async def test_a_refusal_is_a_problem(tmp_path: Path, path: str, status: int, code: str) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        found, told = await asked(browser, path, **bearer(town.token("viewer", "water")))
    assert (found, told["code"], set(told)) == (status, code, {"code", "problem"})


async def test_nobody_in_particular_is_told_to_log_in(tmp_path: Path) -> None:
    async with Town(tmp_path).browser() as browser:
        for path in ("/api/board", "/api/desk", "/api/queue/burst-pipes", "/api/openapi.json"):
            status, text, head = await browser.get(path)
            assert (status, json.loads(text)["code"]) == (401, "not_logged_in"), path
            assert head["WWW-Authenticate"].startswith("Bearer")
        assert (await browser.get("/api"))[0] == 401


async def test_single_callers_only_for_whom_they_are_listed(tmp_path: Path) -> None:
    town = Town(tmp_path, listed_to=("supervisor",))
    waits = came("secret-leg")
    town.latest.apply("snapshots", b"burst-pipes", encode(line(waits)))
    town.now = line(waits).as_of
    async with town.browser() as browser:
        for role in ROLES:
            for path in ("/api/board", "/api/desk", "/api/queue/burst-pipes"):
                _, text, _ = await browser.get(path, **bearer(town.token(role)))
                is_listed = role == "supervisor" and path != "/api/board"
                assert ("secret-leg" in text) is is_listed, (role, path)


async def test_the_page_explains_all_of_it_without_anything_from_elsewhere(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        status, text, head = await browser.get("/api", **bearer(town.token("viewer")))
    assert (status, head["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert all(each.path in text for each in ENDPOINTS)
    assert "://" not in text
