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


def test_the_script_of_old_browsers_is_written_as_they_read_it() -> None:
    """One word that they do not know, and a television shows for ever what it showed first."""
    script = re.sub(r"//.*|\"[^\"]*\"", "", (STATIC / "simple.js").read_text())
    newer = r"=>|\b(?:let|const|class|async|await|import|export|of)\b|`|\?\.|\?\?|\.\.\.|\bfetch\b|dataset|\.remove\(\)"
    assert re.findall(newer, script) == []


# What chromium of 2019 does not know (seen in one of version 74): of a rule that names it, it reads nothing.
_NEWER = re.compile(
    r"(?:inset|padding|margin)-(?:inline|block):|inset-inline|inset:|:not\([^()]*,|:is\(|:where\("
    r"|content: [^;]*/|justify-content: (?:start|end)|calc\([^;]*\b(?:min|max|clamp)\("
)
# A property of ours takes anything, and what it makes invalid is found too late for the declaration before it to hold.
_WITH_OURS = re.compile(r"--[\w-]+: [^;]*\b(?:min|max|clamp)\(|[;{ ](?:min|max|clamp)\([^;]*var\(")


def test_styles_of_the_boards_stand_where_old_browsers_read_them() -> None:
    for name in ("theme", "board", "wall", "desk", "trends"):
        style = (STATIC / f"{name}.css").read_text()
        read = re.sub(
            r"/\*.*?\*/|@supports not [^{]*|@supports \(width: 1cqh\) \{\n(?:  .*\n)*\}",
            "",
            style,
            flags=re.DOTALL,
        )
        read = read.replace('content: "▼"; content: "▼" / ""', "").replace(
            'content: "▲"; content: "▲" / ""', ""
        )
        assert _NEWER.findall(read) + _WITH_OURS.findall(read) == [], name


def test_every_page_has_a_template_of_its_own_name() -> None:
    assert {"all", "department", "centre", "queue", "wall"} <= PAGES.keys()
    assert all(name == page.name for name, page in PAGES.items())
