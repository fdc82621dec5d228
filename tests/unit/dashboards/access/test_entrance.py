"""The doors of the board, attacked: each test is something that somebody may try."""

import asyncio
import fcntl
import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from yarl import URL

from dashboards.access import register_file
from dashboards.access.attempts import CHANGES_A_MINUTE, LOCKED_MS, WRONG_ONES
from dashboards.access.gate import PROXY_DECIDES_AGAIN_MS
from dashboards.access.register import without
from dashboards.access.rights import Grant, Principal
from dashboards.access.sessions import sealed, unsealed_session
from schemas.millis import DAY, HOUR, MINUTE
from tests.support.people import (
    BOARD,
    GROUPS,
    OF_PROXY,
    PROXY,
    Town,
    bearer,
)

WATER = frozenset({"water"})
CLOSED = ("/events", "/api/board", "/api/me", "/access/me", "/")


async def test_nobody_sees_anything_without_logging_in(tmp_path: Path) -> None:
    async with Town(tmp_path).browser() as browser:
        for path in CLOSED:
            status, text, head = await browser.get(path)
            assert status in {303, 401}, path
            assert "burst" not in text.lower()
            assert "default-src 'none'" in head["Content-Security-Policy"]
        for path in ("/", "/access/me"):
            assert (await browser.get(path))[2]["Location"].startswith("/access/log-in?then=")
        assert (await browser.get("/no/such/path"))[0] == 401  # which paths there are is not told


async def test_what_is_the_same_everywhere_is_open(tmp_path: Path) -> None:
    async with Town(tmp_path).browser() as browser:
        for path in ("/board.js", "/access.css", "/runbooks/OldestWait", "/access/log-in"):
            assert (await browser.get(path))[0] == 200, path
        status, text, _ = await browser.get("/healthz")
        assert (status, text) == (503, '{"ready":false}')  # reasons name machines


@pytest.mark.parametrize(
    "path",
    [
        "/runbooks/..%2Fapi%2Fboard", "/runbooks/../api/board", "//api/board", "/%61pi/board", "/api/board/",
        "/api/./board", "/board.js/../api/board", "/access/wall/..%2F..%2Fapi%2Fboard", "/API/board",
        "/api/board%00", "/api/board;.js", "/api%2Fboard", "/events?x=/board.js", "/healthz/../events",
    ],
)  # fmt: skip
async def test_no_spelling_of_a_path_is_a_way_in(tmp_path: Path, path: str) -> None:
    async with Town(tmp_path).browser() as browser:
        url = URL(f"{browser.origin}{path}", encoded=True)
        async with browser.client.session.get(url, allow_redirects=False) as answer:
            assert answer.status in {303, 400, 401, 403, 404}
            assert "payroll" not in (await answer.text()).lower()


async def test_a_token_logs_in_and_is_forgotten_by_the_browser(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        status, _, head = await browser.post(
            "/access/log-in", {"token": town.token("viewer"), "then": "/?view=desk"}
        )
        assert (status, head["Location"]) == (303, "/?view=desk")
        cookie = head["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "qw_viewer" not in cookie
        assert (await browser.get("/"))[0] == 200
    assert [(r.action, r.who, r.role, r.from_address, r.outcome) for r in town.kept] == [
        ("log_in", "Ann", "viewer", "127.0.0.1", "done")
    ]


@pytest.mark.parametrize(
    "then", ["https://evil.example.com", "//evil.example.com", "/\\evil.example.com", "x"]
)
async def test_a_log_in_never_leads_elsewhere(tmp_path: Path, then: str) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        sent = {"token": town.token("viewer"), "then": then}
        assert (await browser.post("/access/log-in", sent))[2]["Location"] == "/"


async def test_a_program_sends_its_token_with_each_request(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        assert len((await browser.board(**bearer(town.token("viewer"))))["rows"]) == 2
        assert (await browser.get("/api/board", **bearer("qw_wrong")))[0] == 401
        expired = town.token("viewer", who="old", valid_ms=0)
        assert (await browser.get("/api/board", **bearer(expired)))[0] == 401


async def test_who_has_one_department_sees_its_rows_and_sums_only(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        await browser.log_in(town.token("supervisor", "water"))
        text = (await browser.get("/api/board"))[1]
        board = await browser.board()
        assert [row["queue"] for row in board["rows"]] == ["burst-pipes"]
        assert (board["all"]["queues"], board["all"]["waiting"]) == (1, 3)
        assert [each["id"] for each in board["departments"]] == ["water"]
        assert [each["id"] for each in board["centres"]] == ["water"]
        assert "payroll" not in text.lower()
        assert "staff" not in text.lower()
        async with browser.client.get("/events") as events:
            await events.content.readline()
            sent = await events.content.readuntil(b"}\n\n")
        assert b"burst-pipes" in sent
        assert b"payroll" not in sent
        assert (await browser.me())["may"]["acknowledge"] == ["water"]


def test_viewers_of_one_scope_share_one_board(tmp_path: Path) -> None:
    town = Town(tmp_path)
    one, other, all_ = (
        town.wallboard.hub.latest(town.wallboard.scope_of(Principal("Ann", (grant,), "token")))
        for grant in (Grant("viewer", WATER), Grant("on-call", WATER), Grant("viewer"))
    )
    assert one is other
    assert one is not all_
    assert one.number == all_.number


async def test_names_of_agents_are_shown_to_nobody_unless_queues_toml_says_so(
    tmp_path: Path,
) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        board = (await browser.get("/api/board", **bearer(town.token("administrator"))))[1]
        assert "thandi" not in board
        assert "bheki" not in board


async def test_names_of_agents_are_shown_to_the_role_named_and_in_its_department(
    tmp_path: Path,
) -> None:
    town = Town(tmp_path, named_to=("supervisor",))
    async with town.browser() as browser:
        for token, named in (
            (town.token("supervisor", "water"), {"thandi"}),
            (town.token("supervisor"), {"thandi", "bheki"}),
            (town.token("administrator"), set()),
            (town.token("viewer", "water"), set()),
        ):
            rows = (await browser.board(**bearer(token)))["rows"]
            assert {p["agent"] for row in rows for p in row.get("people", ())} == named, token


async def test_a_forged_cookie_is_nobody(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        await browser.log_in(town.token("viewer", "water"))
        session = unsealed_session(browser.cookie(), town.access.keys, town.now)
        browser.forget()
        richer = replace(session, who="Ann", grants=())  # type: ignore[type-var]  # it is a session
        for value in (
            sealed(richer, [b"a key that somebody else has, 32 b."]),  # type: ignore[arg-type]  # as above
            "", "x", "a.b.c", "e30.e30.", "\\u0000", "\udcff",
        ):  # fmt: skip
            status, text, _ = await browser.get("/api/board", Cookie=f"queuewatch={value}")
            assert (status, "burst" in text) == (401, False), value


async def test_a_cookie_that_was_copied_is_of_no_use_after_the_log_out(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        await browser.log_in(town.token("viewer"))
        copied = browser.cookie()
        mark = (await browser.me())["csrf"]
        assert (await browser.post("/access/log-out", {"csrf": mark}))[0] == 200
        assert (await browser.get("/api/board", Cookie=f"queuewatch={copied}"))[0] == 401
    async with Town(tmp_path).browser() as after_a_restart:
        assert (await after_a_restart.get("/api/board", Cookie=f"queuewatch={copied}"))[0] == 401


async def test_log_out_everywhere_ends_every_session_of_that_person_on_every_board(
    tmp_path: Path,
) -> None:
    town = Town(tmp_path)
    async with town.browser() as one, town.browser() as two, town.browser() as third:
        token = town.token("viewer")
        assert [await one.log_in(token), await two.log_in(token)] == [303, 303]
        await third.log_in(town.token("viewer", who="Bo"))
        sent = {"csrf": (await one.me())["csrf"]}
        assert (await one.post("/access/log-out-everywhere", sent))[0] == 200
        assert (await two.get("/api/board"))[0] == 401
        assert (await third.get("/api/board"))[0] == 200
        town.now += 1
        assert await one.log_in(token) == 303
    assert [r.action for r in town.kept].count("log_out_everywhere") == 1


async def test_only_an_administrator_ends_the_sessions_of_everybody(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as one, town.browser() as boss:
        await one.log_in(town.token("supervisor"))
        await boss.log_in(town.token("administrator", who="Bo"))
        for browser, status in ((one, 403), (boss, 200)):
            sent = {"csrf": (await browser.me())["csrf"]}
            assert (await browser.post("/access/end-all-sessions", sent))[0] == status
        assert [(await each.get("/api/board"))[0] for each in (one, boss)] == [401, 401]


async def test_a_session_ends_with_its_time_and_with_its_token(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        token = town.token("viewer")
        await browser.log_in(token)
        town.register.change(lambda r: (None, without(r, token)))
        assert (await browser.get("/api/board"))[0] == 401
        again = town.token("viewer", who="Bo")
        browser.forget()
        await browser.log_in(again)
        town.now += 12 * HOUR
        assert (await browser.get("/api/board"))[0] == 401
        assert "Your session has ended" in (await browser.get("/access/log-in"))[1]


async def test_an_open_page_stops_when_its_token_is_revoked(tmp_path: Path) -> None:
    town = Town(tmp_path)
    token = town.token("viewer")
    async with town.browser() as browser:
        async with browser.client.get("/events", headers=bearer(token)) as events:
            await events.content.readuntil(b"event: board")
            town.register.change(lambda r: (None, without(r, token)))
            town.next_board()
            assert b"event: board" not in await events.content.read()
        assert (await browser.get("/events", **bearer(token)))[0] == 401


async def test_an_open_page_of_a_proxys_user_asks_the_proxy_again(tmp_path: Path) -> None:
    town = Town(tmp_path, BOARD + PROXY + GROUPS)
    who = {**OF_PROXY, "X-Forwarded-User": "ann", "X-Forwarded-Groups": "water-supervisors"}
    async with town.browser() as browser:
        async with browser.client.get("/events", headers=who) as events:
            await events.content.readuntil(b"event: board")
            town.now += PROXY_DECIDES_AGAIN_MS - 1
            town.next_board()
            await events.content.readuntil(b"event: board")
            town.now += 1
            town.next_board()
            assert b"event: board" not in await events.content.read()
        assert (await browser.get("/api/board", **who))[
            0
        ] == 200  # asked again, it may say the same


async def test_a_post_from_another_site_changes_nothing(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        await browser.log_in(town.token("administrator"))
        mark = (await browser.me())["csrf"]
        for path in (
            "/access/log-out",
            "/access/end-all-sessions",
            "/access/log-in",
            "/api/orders",
        ):
            for origin in (
                "https://evil.example.com",
                "null",
                f"{browser.origin}.evil.example.com",
                "http://[::",
            ):
                assert (await browser.post(path, {"csrf": mark}, Origin=origin))[0] == 403, (
                    path,
                    origin,
                )
        assert (
            await browser.post(
                "/access/log-out", {"csrf": mark}, Origin="", **{"Sec-Fetch-Site": "cross-site"}
            )
        )[0] == 403
        assert (await browser.get("/api/board"))[0] == 200
    assert {r.detail.partition(";")[0] for r in town.kept if r.outcome == "refused"} == {
        "a post from another site"
    }


@pytest.mark.parametrize("mark", ["", "0" * 64, "of another session"])
async def test_a_form_without_its_mark_changes_nothing(tmp_path: Path, mark: str) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser, town.browser() as other:
        await browser.log_in(town.token("administrator"))
        await other.log_in(town.token("viewer"))
        sent = {"csrf": (await other.me())["csrf"] if "another" in mark else mark}
        for path in ("/access/log-out", "/access/log-out-everywhere", "/access/end-all-sessions"):
            assert (await browser.post(path, sent))[0] == 403
        assert (await browser.get("/api/board"))[0] == 200


async def test_wrong_tokens_lock_the_address_out_and_who_is_in_stays_in(tmp_path: Path) -> None:
    town = Town(tmp_path)
    right = town.token("viewer")
    async with town.browser() as inside, town.browser() as browser:
        await inside.log_in(right)
        statuses = [await browser.log_in("qw_guess") for _ in range(WRONG_ONES)]
        assert set(statuses) == {401}
        assert await browser.log_in(right) == 429
        assert (await browser.get("/api/board", **bearer(right)))[0] == 429
        assert (await inside.get("/api/board"))[0] == 200
        town.now += LOCKED_MS
        assert await browser.log_in(right) == 303
        town.entrance.flush()
    refused = [r for r in town.kept if r.outcome == "refused"]
    assert [r.detail for r in refused if "wrong token" in r.detail] == [
        "a wrong token", f"a wrong token; {WRONG_ONES - 1} times",
    ]  # fmt: skip
    assert all("qw_" not in str(record) for record in town.kept)


async def test_log_ins_have_a_rate(tmp_path: Path) -> None:
    async with Town(tmp_path).browser() as browser:
        statuses = [(await browser.get("/access/log-in"))[0] for _ in range(CHANGES_A_MINUTE + 1)]
    assert statuses == [200] * CHANGES_A_MINUTE + [429]


async def test_a_token_over_plain_http_from_elsewhere_is_refused(tmp_path: Path) -> None:
    town = Town(tmp_path, BOARD + PROXY + GROUPS)
    plain = {**OF_PROXY, "X-Forwarded-Proto": "http", "X-Forwarded-For": "203.0.113.7"}
    async with town.browser() as browser:
        status, text, _ = await browser.post(
            "/access/log-in", {"token": town.token("viewer")}, **plain
        )
        assert (status, "anybody on the way could read it" in text) == (403, True)
        program = {**plain, **bearer(town.token("viewer"))}
        assert (await browser.get("/api/board", **program))[0] == 403
        assert (await browser.get(f"/access/wall/{town.wall()}", **plain))[0] == 403


async def test_with_tls_cookies_are_of_this_host_alone(tmp_path: Path) -> None:
    town = Town(tmp_path, BOARD + PROXY + GROUPS)
    async with town.browser() as browser:
        _, _, head = await browser.post(
            "/access/log-in",
            {"token": town.token("viewer")},
            **{**OF_PROXY, "Origin": "https://wall.example.org", "X-Forwarded-For": "203.0.113.7"},
        )
        assert head["Set-Cookie"].startswith("__Host-queuewatch=")
        assert "Secure" in head["Set-Cookie"]
        assert "Domain" not in head["Set-Cookie"]
        assert head["Strict-Transport-Security"].startswith("max-age=")
    assert town.kept[-1].from_address == "203.0.113.7"


async def test_the_proxy_says_who_it_is_and_its_groups_say_what_he_may(tmp_path: Path) -> None:
    town = Town(tmp_path, BOARD + PROXY + GROUPS)
    async with town.browser() as browser:
        who = {**OF_PROXY, "X-Forwarded-User": "ann", "X-Forwarded-Groups": "x, water-supervisors"}
        assert [r["queue"] for r in (await browser.board(**who))["rows"]] == ["burst-pipes"]
        nobody = {**who, "X-Forwarded-Groups": "gardeners"}
        assert (await browser.get("/api/board", **nobody))[0] == 403
        assert (await browser.get("/", **OF_PROXY))[0] == 303  # the proxy, of nobody


async def test_headers_smuggled_past_the_proxy_are_refused(tmp_path: Path) -> None:
    town = Town(tmp_path, BOARD + PROXY + GROUPS)
    claim = {"X-Forwarded-User": "ann", "X-Forwarded-Groups": "it"}
    async with town.browser() as browser:
        for head in (claim, {**claim, "X-Queuewatch-Proxy": "wrong"}, {"X-Forwarded-Groups": "it"}):
            for path in ("/api/board", "/", "/access/log-in"):
                assert (await browser.get(path, **head))[0] == 403, (head, path)
        session = browser.client.session
        for name, value in (
            ("X-Forwarded-User", "root"),
            ("X-Forwarded-Groups", "it"),
            ("X-Queuewatch-Proxy", "x"),
        ):
            twice = [
                *{**OF_PROXY, **claim, "X-Forwarded-Groups": "water-desk"}.items(),
                (name, value),
            ]
            async with session.get(f"{browser.origin}/api/board", headers=twice) as answer:
                assert answer.status == 403, name
    assert {r.outcome for r in town.kept} == {"refused"}


async def test_without_a_proxy_in_the_file_its_headers_say_nothing(tmp_path: Path) -> None:
    async with Town(tmp_path).browser() as browser:
        assert (await browser.get("/api/board", **OF_PROXY, **{"X-Forwarded-User": "ann"}))[
            0
        ] == 401


async def test_a_link_makes_one_screen_a_wall(tmp_path: Path) -> None:
    town = Town(tmp_path)
    link = f"/access/wall/{town.wall('water')}"
    async with town.browser() as screen, town.browser() as thief:
        assert (await screen.client.head(link)).status == 401  # a preview does not spend it
        status, _, head = await screen.get(link)
        assert (status, head["Location"]) == (303, "/")
        assert "Max-Age=34560000" in head["Set-Cookie"]
        assert [r["queue"] for r in (await screen.board())["rows"]] == ["burst-pipes"]
        assert (await thief.get(link))[0] == 403
        assert (await thief.get("/api/board"))[0] == 401
        town.now += 300 * DAY
        assert (await screen.get(link))[0] == 303  # its start page
        assert (await screen.get("/api/board"))[0] == 200
        sent = {"csrf": (await screen.me())["csrf"]}
        for path in ("/access/log-out", "/access/end-all-sessions", "/api/orders"):
            assert (await screen.post(path, sent))[0] == 403
        town.register.change(lambda r: (None, without(r, "link-0")))
        assert (await screen.get("/api/board"))[0] == 401
    assert [r.action for r in town.kept if r.outcome == "done"] == ["wall_enrol"]


async def test_a_session_that_ends_on_a_walls_screen_leaves_the_wall(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as screen:
        assert (await screen.get(f"/access/wall/{town.wall('water')}"))[0] == 303
        for end in ("log out", "expired", "forged", "revoked"):
            token = town.token("administrator", who=end)
            assert await screen.log_in(token) == 303
            assert len((await screen.board())["rows"]) == 2  # as the person
            if end == "log out":
                said = await screen.post("/access/log-out", {"csrf": (await screen.me())["csrf"]})
                assert "as the wall hall" in said[1]
            elif end == "expired":
                town.now += 12 * HOUR
            elif end == "forged":
                jar = screen.client.session.cookie_jar
                jar.update_cookies({"queuewatch": "x"}, URL(screen.origin))
            else:
                town.revoke(token)
            told = len([r for r in town.kept if r.outcome == "refused"])
            assert [r["queue"] for r in (await screen.board())["rows"]] == ["burst-pipes"]
            assert (await screen.me())["way"] == "wall"
            assert not screen.has_cookie()  # the dead one is gone, and told once
            refused = [r for r in town.kept if r.outcome == "refused"]
            assert len(refused) - told == (0 if end == "log out" else 1)


async def test_a_refused_session_or_token_takes_no_wall_away(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as screen:
        assert (await screen.get(f"/access/wall/{town.wall('water')}"))[0] == 303
        head = (await screen.get("/access/log-in", **bearer("wrong")))[2]
        assert "Set-Cookie" not in head
        assert (await screen.get("/api/board"))[0] == 200
        town.register.change(lambda r: (None, without(r, "link-0")))
        assert "queuewatch-wall=" in (await screen.get("/access/log-in"))[2]["Set-Cookie"]


async def test_a_lock_that_another_holds_stops_no_board(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_file, "LOCKED_WITHIN_S", 0.5)
    town = Town(tmp_path)
    link = f"/access/wall/{town.wall()}"
    with (tmp_path / "register.json.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        async with town.browser() as screen:
            opening = asyncio.create_task(screen.get(link))
            await asyncio.sleep(0)
            assert (await screen.get("/access/log-in"))[0] == 200
            assert not opening.done()
            status, text, _ = await opening
            assert status == 503
            assert "register.json.lock is held by another process" in text
            fcntl.flock(held, fcntl.LOCK_UN)
            assert (await screen.get(link))[0] == 303


async def test_a_link_of_a_wall_ends_and_cannot_be_guessed(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        link = town.wall()
        town.now += HOUR
        assert (await browser.get(f"/access/wall/{link}"))[0] == 403
        statuses = [(await browser.get(f"/access/wall/{n}"))[0] for n in range(WRONG_ONES + 1)]
        assert statuses == [403] * WRONG_ONES + [429]


async def test_a_register_that_cannot_be_read_lets_nobody_in(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        await browser.log_in(town.token("viewer"))
        town.access.register.write_text("{ broken")
        status, text, _ = await browser.get("/api/board")
        assert status == 503
        assert "\n" not in json.loads(text)["problem"]
        assert (await browser.get("/access/log-in"))[0] == 503


async def test_a_flood_of_refusals_is_a_few_records(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        for number in range(120):
            await browser.get("/api/board", Cookie=f"queuewatch={number}")
        town.now += MINUTE
        town.entrance.flush()
    assert [r.detail for r in town.kept] == ["a forged cookie", "a forged cookie; 119 times"]


async def test_markup_in_names_is_text(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        await browser.log_in(town.token("viewer", "<b>x</b>", who="<script>alert(1)</script>"))
        status, text, _ = await browser.get("/access/me")
        assert status == 200
        assert "<script>" not in text
        assert "<b>" not in text
        page = (await browser.get("/access/log-in?then=/%22%3E%3Cscript%3E"))[1]
        assert "<script>" not in page


async def test_a_body_of_any_size_is_bounded(tmp_path: Path) -> None:
    town = Town(tmp_path)
    async with town.browser() as browser:
        huge = b"token=" + b"x" * 1_000_000
        head = {"Content-Type": "application/x-www-form-urlencoded"}
        assert (await browser.post("/access/log-in", huge, **head))[0] == 413


async def test_what_runs_here_is_not_told(tmp_path: Path) -> None:
    async with Town(tmp_path).browser() as browser:
        for path in ("/access/log-in", "/api/board", "/no/such/path"):
            assert (await browser.get(path))[2]["Server"] == "queuewatch"


async def test_more_departments_than_a_cookie_holds_are_said_and_loop_nobody(
    tmp_path: Path,
) -> None:
    town = Town(tmp_path)
    many = [f"department-{number}" for number in range(500)]
    async with town.browser() as browser:
        status, text, _ = await browser.post(
            "/access/log-in", {"token": town.token("viewer", *many)}
        )
        assert (status, "more departments than a browser keeps" in text) == (403, True)
