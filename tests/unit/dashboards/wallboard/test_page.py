"""What is sent is what the page reads."""

import re
from pathlib import Path

from dashboards.wallboard.page import Board, Row, Share, Sign, Totals


def test_the_page_reads_only_fields_that_are_sent() -> None:
    static = Path(__file__).parents[4] / "dashboards" / "wallboard" / "static"
    script = (static / "wallboard.js").read_text()
    for name, kind in (
        ("board", Board),
        ("row", Row),
        ("all", Totals),
        ("share", Share),
        ("sign", Sign),
    ):
        read = set(re.findall(rf"(?<![\w.\"]){name}\??\.(\w+)", script))
        assert read <= set(kind.__struct_fields__), f"{name}: {read}"
    page = (static / "index.html").read_text()
    ids = set(re.findall(r'id="([\w-]+)"', page))
    assert set(re.findall(r'byId\("([\w-]+)"\)', script)) <= ids
