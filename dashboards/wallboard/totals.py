"""Sums over queues: the whole board, each department, each centre.

Counts are added, ratios are made from the sums, and an agent who serves several queues counts once.
"""

from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from dashboards.wallboard import words
from dashboards.wallboard.freshness import SHOWN
from dashboards.wallboard.page import AgentCounts, Row, Share, Totals
from dashboards.wallboard.rows import agent_counts, share_of
from dashboards.wallboard.sign import worst
from schemas.agents import RosterEntry, state_in_any
from schemas.targets import Targets

People = Mapping[
    str, Collection[RosterEntry]
]  # by queue: with a thousand queues nobody reads all of them for each sum


def people_of(roster: Iterable[RosterEntry]) -> People:
    found: dict[str, list[RosterEntry]] = {}
    for person in roster:
        for queue in person.queues:
            found.setdefault(queue, []).append(person)
    return found


def totals(id_: str, name: str, rows: Collection[Row], people: People) -> Totals:
    """Sums over the rows whose figures are not too old; `counted` is the number of these rows."""
    shown = [row for row in rows if row.condition in SHOWN]
    waits = [row.oldest_wait_ms for row in shown if row.oldest_wait_ms is not None]
    oldest = max(waits, default=None)
    levels = [row.sign.level for row in rows]
    return Totals(
        id=id_,
        name=name,
        queues=len(rows),
        counted=len(shown),
        sign=worst(row.sign for row in rows),
        waiting=sum(row.waiting or 0 for row in shown) if shown else None,
        oldest_wait_ms=oldest,
        ticking=any(row.ticking and row.oldest_wait_ms == oldest for row in shown),
        service_level=_level((row.service_level, row.goal) for row in shown),
        service_level_today=_level((row.service_level_today, row.goal) for row in shown),
        abandonment=_sum(row.abandonment for row in shown),
        agents=_agents({row.queue for row in shown if row.agents is not None}, people),
        alerts=sum(len(row.alerts) for row in shown),
        act=levels.count("act"),
        watch=levels.count("watch"),
    )


def by_centre(
    rows: Collection[Row], targets: Mapping[str, Targets], people: People
) -> tuple[Totals, ...]:
    return _grouped(
        rows, people, {q: (t.centre, t.centre_name) for q, t in targets.items() if t.centre}
    )


def by_department(
    rows: Collection[Row], targets: Mapping[str, Targets], people: People
) -> tuple[Totals, ...]:
    return _grouped(
        rows,
        people,
        {q: (t.department, t.department_name) for q, t in targets.items() if t.department},
    )


def _grouped(
    rows: Collection[Row],
    people: People,
    group_of: Mapping[str, tuple[str, str]],
) -> tuple[Totals, ...]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.queue in group_of:
            groups.setdefault(group_of[row.queue], []).append(row)
    return tuple(
        totals(id_, name, members, people) for (id_, name), members in sorted(groups.items())
    )


def _sum(shares: Iterable[Share | None]) -> Share | None:
    known = [share for share in shares if share is not None]
    if not known:
        return None
    return share_of(sum(share.numerator for share in known), sum(share.n for share in known))


def _level(parts: Iterable[tuple[Share | None, float | None]]) -> Share | None:
    """With the goals of its calls in the same sum: below them it is rounded down, as the share of one queue is."""
    known = [(share, goal) for share, goal in parts if share is not None]
    whole = _sum(share for share, _ in known)
    if whole is None or whole.value is None or any(goal is None for _, goal in known):
        return whole
    goal = sum(share.n * (each or 0.0) for share, each in known) / whole.n
    return replace(whole, text=words.percent(whole.value, goal))


def _agents(queues: Collection[str], people: People) -> AgentCounts | None:
    states: dict[str, int] = {}
    each_once = {person.agent: person for queue in queues for person in people.get(queue, ())}
    for person in each_once.values():
        if state := state_in_any(person, queues):
            states[state] = states.get(state, 0) + 1
    return agent_counts(states)
