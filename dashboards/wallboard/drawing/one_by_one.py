"""Callers or agents one by one, as a table. A long one is folded behind its first lines: a telephone shows each as a card."""

from collections.abc import Sequence

from dashboards.wallboard.texts import Texts
from streams.charts.html import Html, el, every

FIRST = 25  # lines that are open; of callers those who wait longest


def one_by_one(heads: Sequence[str], lines: Sequence[Html], say: Texts) -> Html:
    """`heads` are keys of the texts."""
    rest = lines[FIRST:]
    if not rest:
        return _table(heads, lines, say)
    folded = el(
        "details", {"class": "folded", "data-keep": True},
        el("summary", {}, say("and_more", n=len(rest))), _table(heads, rest, say),
    )  # fmt: skip
    return every((_table(heads, lines[:FIRST], say), folded))


def _table(heads: Sequence[str], lines: Sequence[Html], say: Texts) -> Html:
    return el(
        "table", {"class": "one-by-one"},
        el("thead", {}, el("tr", {}, every(el("th", {"scope": "col"}, say(key)) for key in heads))),
        el("tbody", {}, every(lines)),
    )  # fmt: skip
