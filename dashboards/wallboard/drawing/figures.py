"""Figures as HTML: shares, waits, agents, signs. One way for each, on every page.

No value is a dash. A share of few calls is those calls: `2/3`, never a percentage that says more than it knows.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from dashboards.wallboard.headline import wait
from dashboards.wallboard.page import AgentCounts, Row, Share, Sign
from dashboards.wallboard.texts import NO_VALUE, Texts
from schemas.goal import ENOUGH_CALLS
from streams.charts.html import Child, Html, el

SIGN_KEYS = {
    "ACT": "act", "WATCH": "watch", "OK": "ok", "CLOSED": "closed", "NO GOAL": "no_goal", "NO DATA": "no_data",
    "STALE": "stale", "OLD": "old", "QUIET": "quiet", "NONE": "none",
}  # fmt: skip

_AGENT_KEYS: Mapping[str, str] = {
    "available": "agent_available", "ringing": "agent_ringing", "talking": "agent_talking", "hold": "agent_hold",
    "wrap": "agent_wrap", "not_ready": "agent_not_ready", "unreachable": "agent_unreachable",
    "logged_out": "agent_logged_out",
}  # fmt: skip


def link(kind: str, id_: str, say: Texts, part: str = "") -> str:
    """The address of a department, centre or queue, in the language of the page."""
    language = "" if say.code == "en" else f"?lang={say.code}"
    return f"/{kind}/{quote(id_, safe='')}{language}{f'#{part}' if part else ''}"


def trends_of(kind: str, id_: str, say: Texts) -> str:
    """The address of the days past of a department, centre or queue; of all where `kind` is empty."""
    given = ([(kind, id_)] if kind else []) + ([] if say.code == "en" else [("lang", say.code)])
    return f"/trends?{urlencode(given)}" if given else "/trends"


def sign(shown: Sign, say: Texts) -> Html:
    return el(
        "span", {"class": "sign", "data-level": shown.level},
        el("span", {"class": "glyph", "aria-hidden": "true"}, shown.glyph),
        " ", el("span", {"class": "word"}, say(SIGN_KEYS[shown.word])),
    )  # fmt: skip


def figure(*inside: Child, mark: str = "") -> Html:
    """A number that is to be read from afar; `mark` says in which way it is bad."""
    return el("span", {"class": f"figure {mark}".strip()}, *inside)


def small(text: Child) -> Html:
    return el("small", {}, text or "")


def waiting(n: int | None) -> Html:
    return figure(NO_VALUE if n is None else str(n))


def oldest(duration: int | None, *, ticking: bool, late: bool = False) -> Html:
    return figure(wait(duration, ticking=ticking), mark="late" if late else "")


def share(value: Share | None, say: Texts, *, bad: str = "below") -> Html:
    """The share, and of how many calls; `bad` is the mark of one that misses its goal or passes its limit."""
    if value is None or value.value is None:
        return el("span", {"class": "share"}, figure(NO_VALUE), small(""))
    if value.n < ENOUGH_CALLS:
        shown = figure(f"{value.numerator}/{value.n}", mark="few")
        return el("span", {"class": "share"}, shown, small(say("few")))
    mark = bad if value.against_goal == "missed" else ""
    percent = figure(value.text, el("span", {"class": "percent"}, "%"), mark=mark)
    return el("span", {"class": "share"}, percent, small(say("of_calls", n=value.n)))


def bar(value: Share | None, goal: float | None) -> Html | None:
    """The share as a bar with its goal; SVG, since the content policy allows no style of an element."""
    if value is None or value.value is None or value.n < ENOUGH_CALLS:
        return None
    at = f"{100 * (goal or 0):.1f}%"
    return el(
        "svg", {"class": "bar", "aria-hidden": "true", "focusable": "false"},
        el("rect", {"class": "ground", "width": "100%", "height": "100%"}),
        el("rect", {"class": "value", "width": f"{100 * value.value:.1f}%", "height": "100%"}),
        el("rect", {"class": "goal", "x": at, "width": "3", "height": "100%"}) if goal else None,
    )  # fmt: skip


def agents(counts: AgentCounts | None, say: Texts, note: Html | None = None) -> Html:
    """Those who are free; below, what the others do, or `note` in its place."""
    if counts is None:
        return el("span", {"class": "agents-of"}, figure(NO_VALUE), small(""))
    others = say("busy_wrap_away", busy=counts.busy, wrap=counts.wrap, away=counts.away)
    return el(
        "span", {"class": "agents-of"}, figure(str(counts.free)), small(others),
        el("small", {"class": "shared"}, note) if note else None,
    )  # fmt: skip


def agent_state(state: str, say: Texts) -> Html:
    """What one agent does, a ShownState, in the language of the page."""
    return say(_AGENT_KEYS[state])


def shared(row: Row, say: Texts) -> Html | None:
    return say("shared", n=len(row.shared_with)) if row.shared_with else None
