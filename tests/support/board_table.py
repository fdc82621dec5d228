"""The table of Grafana boards and panels in docs/grafana.md, made from the boards.

`python -m tests.support.board_table` writes it anew; tests/contract/test_boards_and_rules.py says when to.
"""

import re

from dashboards.grafana import render
from tests.support.sources import ROOT

DOCUMENT = ROOT / "docs" / "grafana.md"
_TABLE = re.compile(r"(<!-- boards -->\n).*?(<!-- end -->)", re.DOTALL)
_SEE = re.compile(r" Definition: docs/(\S+)$")


def rendered(text: str) -> str:
    """The document with its tables made anew."""
    return _TABLE.sub(
        lambda found: found[1] + "\n".join(map(_board, render.BOARDS)) + found[2], text
    )


def _board(name: str) -> str:
    board = render.board(name)
    lines = [f"### {board['title'].removeprefix('queuewatch: ')}\n", board["description"], ""]
    lines += ["| panel | shows | defined in |", "|---|---|---|"]
    for panel in board["panels"]:
        meaning = _SEE.sub("", panel["description"]).replace("|", "\\|")
        page = _SEE.findall(panel["description"])[0]
        lines.append(f"| {panel['title']} | {meaning} | [{page.split('#')[1]}]({page}) |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(rendered(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
