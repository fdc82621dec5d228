"""Agents one by one, each once whatever number of queues; and of queues that name nobody how many there are."""

from collections.abc import Mapping, Sequence

from dashboards.wallboard.desk import AgentCard
from dashboards.wallboard.drawing import figures
from dashboards.wallboard.drawing.one_by_one import one_by_one
from dashboards.wallboard.headline import name, spaced, wait
from dashboards.wallboard.page import Board
from dashboards.wallboard.texts import NO_VALUE, Texts
from streams.charts.html import Html, el, every

MOST = 300
_HEADS = ("person", "person_state", "person_since", "person_reason", "desk_queues")


def agents(
    cards: Sequence[AgentCard],
    board: Board,
    names: Mapping[str, str],
    say: Texts,
    empty: Html | None = None,
) -> Html:
    """`empty` is said in place of `no_people`."""
    counts = board.all.agents
    sums = Html(NO_VALUE)
    if counts is not None:
        others = say("busy_wrap_away", busy=counts.busy, wrap=counts.wrap, away=counts.away)
        sums = every((f"{counts.free} ", say("desk_free"), " · ", others))
    nobody = el("p", {}, empty or say("no_people")) if empty or counts is not None else None
    return el(
        "section", {"id": "agents"}, el("h2", {}, say("agents")), el("p", {"class": "sums"}, sums),
        one_by_one(_HEADS, [_card(each, names, say) for each in cards[:MOST]], say) if cards else nobody,
        el("p", {"class": "more"}, say("and_more", n=len(cards) - MOST)) if len(cards) > MOST else None,
    )  # fmt: skip


def _card(card: AgentCard, names: Mapping[str, str], say: Texts) -> Html:
    return el(
        "tr", {"data-key": card.agent, "data-state": card.state},
        el("th", {"scope": "row", "data-label": say("person")}, name(card.agent)),
        el("td", {"data-label": say("person_state")}, figures.agent_state(card.state, say)),
        el("td", {"data-label": say("person_since")}, wait(card.age_ms, ticking=card.age_ms is not None)),
        el("td", {"data-label": say("person_reason")}, name(card.reason) if card.reason else None),
        el("td", {"data-label": say("desk_queues"), "class": "story"},
           spaced(names.get(queue, queue) for queue in card.queues)),
    )  # fmt: skip
