"""What the board answers to anybody is what the documents say: derived from its routes, so that neither lags."""

import re
from fnmatch import fnmatch
from pathlib import Path

from aiohttp import web

from tests.support.people import BOARD, GROUPS, Town

ROOT = Path(__file__).parents[2]
OIDC = """
[oidc]
issuer = "https://id.example.org"
client_id = "queuewatch"
"""


def routes(app: web.Application) -> set[tuple[str, str]]:
    """Method and path of each, a HEAD that comes with a GET left out."""
    return {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }


def told() -> set[str]:
    """The paths of the list in operator.md; `*` stands for any name."""
    text = (ROOT / "docs" / "operator.md").read_text()
    (list_,) = re.findall(
        r"^- Without a log-in: (.*?)(?=^- |^#|\n\n)", text, re.MULTILINE | re.DOTALL
    )
    return set(re.findall(r"`(/[^`]*)`", list_))


async def test_what_is_open_stands_in_the_documents_and_all_else_is_closed(tmp_path: Path) -> None:
    town = Town(tmp_path, BOARD + OIDC + GROUPS)
    app = town.app()
    patterns, opened = told(), set()
    async with town.browser() as browser:
        for method, path in routes(app):
            asked = path.replace("{link}", "x").replace("{name}", "OldestWait")
            # A provider is not there: asked for, it says so, and nobody who is not let in comes so far elsewhere.
            answer = await browser.client.request(
                method, asked, headers={"Origin": browser.origin}, allow_redirects=False
            )
            is_closed = answer.status == 401 or "/access/log-in?" in answer.headers.get(
                "Location", ""
            )
            if not is_closed:
                opened.add(path)
    assert {path for path in opened if not any(fnmatch(path, each) for each in patterns)} == set()
    assert {each for each in patterns if not any(fnmatch(path, each) for path in opened)} == set()
    assert "/api/board" not in opened
