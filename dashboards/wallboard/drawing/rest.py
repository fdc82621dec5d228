"""The queues that a page does not show in full: counted, and every one that is not on target named. Pure."""

from collections.abc import Sequence

from dashboards.wallboard.headline import name
from dashboards.wallboard.page import Row
from dashboards.wallboard.texts import Texts
from streams.charts.html import Html, el, every, joined

LONGEST = 110  # characters of names in a line of the rest
_DARK = {"NO DATA", "STALE", "OLD"}


def rest(others: Sequence[Row], say: Texts) -> Html:
    """`42 others on target`, then the names of those that are not."""
    calm = [row for row in others if row.sign.level == "ok"]
    asking = [row for row in others if row.sign.level in {"act", "watch"}]
    dark = [row for row in others if row.sign.word in _DARK]
    closed = [row for row in others if row.sign.word == "CLOSED"]
    unjudged = len(others) - len(calm) - len(asking) - len(dark) - len(closed)
    parts = [
        el("span", {"class": "asking"}, say("others_not"), " ", _named(asking, say)) if asking else None,
        el("span", {"class": "dark"}, say("others_dark"), " ", _named(dark, say)) if dark else None,
        el("span", {}, say("on_target", n=len(calm))) if calm else None,
        el("span", {}, say("others_closed", n=len(closed))) if closed else None,
        el("span", {}, say("others_unjudged", n=unjudged)) if unjudged else None,
    ]  # fmt: skip
    return el("p", {"class": "rest", "data-live": True}, every(part for part in parts if part))


def _named(rows: Sequence[Row], say: Texts) -> Html:
    names: list[Html] = []
    room = LONGEST
    for row in rows:
        room -= len(row.name) + 2
        if room < 0 and names:
            names.append(say("and_more", n=len(rows) - len(names)))
            break
        names.append(name(row.name))
    # Of names that have commas themselves nobody sees where one ends: "Sizakala, enquiries, Sizakala, housing".
    has_comma = any(mark in row.name for row in rows for mark in ",،")
    return joined(say("semicolon") if has_comma else say("and"), names)
