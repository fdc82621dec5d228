"""The supervisor's desk: the board with its callers and its agents one by one, and what is muted. Pure."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from dashboards.access.rights import Scope
from dashboards.callers.stays import Stays
from dashboards.wallboard.callers import Callers, callers
from dashboards.wallboard.filters import EVERYTHING, Chosen
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page import Board, Row
from dashboards.wallboard.queue_detail import lists_callers
from dashboards.wallboard.view import narrowed
from schemas.agents import RosterEntry, ShownState, state_in_any

_ORDER: tuple[ShownState, ...] = (
    "available", "ringing", "talking", "hold", "wrap", "not_ready", "unreachable",
)  # fmt: skip


class AgentCard(Struct, frozen=True, omit_defaults=True):
    """One agent, once, whatever number of the `queues` shown: in `state` since `since` (ms), with the reason of a pause.

    `age_ms` is as of the board's `now`; it is absent of a replay, whose agents changed on another day.
    """

    agent: str
    state: ShownState
    since: int
    queues: tuple[str, ...]
    reason: str = ""
    age_ms: int | None = None


class MuteLine(Struct, frozen=True, omit_defaults=True):
    """A mute that holds; an empty rule or queue means any. Of an alert across queues `queue` is its place."""

    mute_id: str
    who: str
    until: int
    rule: str = ""
    queue: str = ""
    note: str = ""


class Desk(Struct, frozen=True, omit_defaults=True):
    """`callers` are by queue: of those whose callers queues.toml lists to the reader, and whose figures may be shown.

    `agents` are those of queues that name them to the reader; how many there are of each kind stands in `board`.
    """

    board: Board
    callers: dict[str, Callers] = {}
    agents: tuple[AgentCard, ...] = ()
    mutes: tuple[MuteLine, ...] = ()


def desk(
    whole: Board,
    latest: Latest,
    stays: Stays,
    *,
    scope: Scope,
    chosen: Chosen = EVERYTHING,
    problem: str = "",
) -> Desk:
    """`whole` is the board of the scope; the desk is as of its moment."""
    now = whole.now
    shown = whole if chosen == EVERYTHING else narrowed(whole, latest, scope, chosen, problem)
    targets = latest.book.all_at(now)

    def may_tell(queue: str) -> bool:
        return lists_callers(scope, targets.get(queue))

    listed = {
        row.queue: made
        for row in shown.rows
        if may_tell(row.queue)
        and (
            made := callers(
                latest.snapshots.get(row.queue),
                latest.advanced_at.get(row.queue, 0),
                stays,
                now,
                may_tell,
            )
        )
    }
    places = {row.queue for row in shown.rows}
    places |= {line.place for row in shown.rows for line in row.alerts}
    return Desk(
        board=shown,
        callers=listed,
        agents=_agents(shown.rows, latest.roster.values(), now),
        mutes=tuple(
            MuteLine(each.mute_id, each.who, each.until, each.rule, each.queue, each.note)
            for each in latest.commands.mutes(now)
            if not each.queue or each.queue in places
        ),
    )


def _agents(rows: Sequence[Row], roster: Iterable[RosterEntry], now: int) -> tuple[AgentCard, ...]:
    """Those whom some row names, by state and then who has been in it for longest."""
    named: dict[str, list[str]] = {}
    for row in rows:
        for person in row.people:
            named.setdefault(person.agent, []).append(row.queue)
    cards = [
        AgentCard(
            agent=person.agent,
            state=state,
            since=person.since,
            queues=tuple(sorted(queues)),
            reason=person.reason,
            age_ms=None if person.replay else max(0, now - person.since),
        )
        for person in roster
        if (queues := named.get(person.agent)) and (state := state_in_any(person, queues))
    ]
    return tuple(
        sorted(
            (card for card in cards if card.state in _ORDER),
            key=lambda card: (_ORDER.index(card.state), card.since, card.agent),
        )
    )
