"""A browser goes to the provider and comes back."""

from pathlib import Path

import pytest

from dashboards.access.oidc import UNDERWAY_MS
from tests.support.oidc_provider import OidcProvider
from tests.support.people import BOARD, GROUPS, NOW, Town


def town_of(folder: Path, provider: OidcProvider) -> Town:
    oidc = f"""
[oidc]
issuer = "{provider.issuer}"
client_id = "queuewatch"
client_secret_file = "client.secret"
plain_http = true
"""
    return Town(folder, BOARD + oidc + GROUPS)


async def test_the_way_there_and_back(tmp_path: Path) -> None:
    async with OidcProvider(NOW) as provider:
        town = town_of(tmp_path, provider)
        async with town.browser() as browser:
            assert "/access/oidc?then=" in (await browser.get("/access/log-in"))[1]
            url = (await browser.get("/access/oidc?then=/?view=desk"))[2]["Location"]
            back = provider.consent(url)
            way = f"/access/oidc/back?code={back['code']}&state={back['state']}"
            status, _, head = await browser.get(way)
            assert (status, head["Location"]) == (303, "/?view=desk")
            assert [row["queue"] for row in (await browser.board())["rows"]] == ["burst-pipes"]
            assert (await browser.get(way))[0] == 400  # the answer is good once
        assert [(r.action, r.who, r.role) for r in town.kept if r.outcome == "done"] == [
            ("log_in", "ann", "supervisor")
        ]


@pytest.mark.parametrize("case", ["another browser", "too late", "no role", "another state"])
async def test_who_does_not_come_back_as_she_went(tmp_path: Path, case: str) -> None:
    async with OidcProvider(NOW) as provider:
        town = town_of(tmp_path, provider)
        async with town.browser() as browser:
            back = provider.consent((await browser.get("/access/oidc"))[2]["Location"])
            if case == "another browser":
                browser.forget()
            if case == "too late":
                town.now += UNDERWAY_MS
            if case == "no role":
                provider.claims["groups"] = ["gardeners", "<script>"]
            if case == "another state":
                back["state"] = "x"
            status, text, _ = await browser.get(
                f"/access/oidc/back?code={back['code']}&state={back['state']}"
            )
            assert status in {400, 403}
            assert "<script>" not in text
            assert (await browser.get("/api/board"))[0] == 401
        assert [r.outcome for r in town.kept if r.action == "log_in"] == ["refused"]


async def test_a_provider_that_is_away_is_said(tmp_path: Path) -> None:
    async with OidcProvider(NOW) as provider:
        town = town_of(tmp_path, provider)
    async with town.browser() as browser:
        status, text, _ = await browser.get("/access/oidc")
        assert (status, "no answer from the provider" in text) == (503, True)
