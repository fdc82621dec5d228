"""The document as a page: every address and shape, and no markup that is not ours."""

from html.parser import HTMLParser

from dashboards.wallboard.api_page import page
from dashboards.wallboard.openapi import document


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.to: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids |= {found.get("id") or ""}
        if tag == "a":
            self.to |= {found.get("href") or ""}


def test_every_shape_that_is_named_stands_there() -> None:
    links = Links()
    links.feed(page(document("1")))
    named = {each.removeprefix("#") for each in links.to if each.startswith("#")}
    assert {"Board", "Desk", "Row", "CallerLine", "Story", "Problem"} <= named <= links.ids


def test_texts_are_no_markup() -> None:
    told = document("1")
    told["paths"]["/api/<b>"] = {"get": {"summary": "<script>", "responses": {}}}
    text = page(told)
    assert "<script>" not in text
    assert "/api/<b>" not in text
