"""What the script reads is what the server draws."""

import re
from pathlib import Path

from dashboards.wallboard.board_page import Asked
from dashboards.wallboard.page_catalogue import PAGES
from dashboards.wallboard.painting import Look, document, paint
from dashboards.wallboard.view import board
from tests.support.floors import snapshot
from tests.support.walls import NOW, latest_of

STATIC = Path(__file__).parents[4] / "dashboards" / "wallboard" / "static"


def test_the_script_reads_only_what_the_server_draws() -> None:
    painted = paint(board(latest_of(snapshot(NOW)), NOW), Asked("all", "", "en"), None)
    page = document(painted, Asked("all", "", "en"), Look(), "b", "/").decode()
    ids = set(re.findall(r'id="([\w-]+)"', page))
    data = {name.replace("-", "") for name in re.findall(r"data-([\w-]+)", page)}
    script = (STATIC / "board.js").read_text()
    assert set(re.findall(r'byId\("([\w-]+)"\)[.)]', script)) <= ids
    read = {
        name.lower() for name in re.findall(r"dataset\.(\w+)|page\.(\w+)", script) for name in name
    }
    known = {"", "dataset", "queryselectorall", "key", "script", *data, "ticking", "wait"}
    assert read - known == set()


def test_every_page_has_a_template_of_its_own_name() -> None:
    assert {"all", "department", "centre", "queue", "wall"} <= PAGES.keys()
    assert all(name == page.name for name, page in PAGES.items())
