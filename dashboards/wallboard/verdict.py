"""OK, WATCH or ACT: one word a queue, with its cause. Worst first.

ACT: a paging alert fires, somebody waits while nobody is logged in, or the oldest wait passed the
limit of its alert. WATCH: another alert fires, the oldest wait passed T, the service level of the
last 30 minutes is below its goal with enough callers behind it, or somebody waits in a closed queue.
Without fresh figures there is no verdict: never leave green on a wall that knows nothing.
"""

from collections.abc import Sequence

from msgspec import Struct

from dashboards.wallboard import words
from dashboards.wallboard.freshness import MOVING, Condition
from dashboards.wallboard.page import AgentCounts, AlertLine, Row, Share, Verdict
from schemas.targets import Targets

ENOUGH = 5  # callers behind a service level before it is held against its goal

OK, WATCH, ACT = "✓", "▲", "◆"


class Facts(Struct, frozen=True):
    """What the verdict on one queue is made from; `opens` is text, None when open."""

    condition: Condition
    configured: bool
    targets: Targets | None
    waiting: int
    oldest_wait_ms: int | None
    answer_within_ms: int | None
    service_level: Share | None
    below_goal: bool
    agents: AgentCounts | None
    alerts: Sequence[AlertLine]
    opens: str | None
    as_of_text: str


def verdict(facts: Facts) -> Verdict:
    if facts.condition == "unseen":
        return _unseen(facts)
    if facts.condition == "dead":
        return Verdict("none", "NO DATA", "○", f"since {facts.as_of_text}")
    if facts.condition == "behind":
        return Verdict("none", "OLD", "○", f"as of {facts.as_of_text}")
    if facts.condition not in MOVING:
        return Verdict("none", "STALE", "○", f"as of {facts.as_of_text}")
    if cause := _act(facts):
        return Verdict("act", "ACT", ACT, cause)
    if cause := _watch(facts):
        return Verdict("watch", "WATCH", WATCH, cause)
    if facts.opens is not None:
        return Verdict("none", "CLOSED", words.NO_VALUE, facts.opens)
    if not facts.configured:
        return Verdict("none", "NO GOAL", words.NO_VALUE, "not configured")
    return Verdict("ok", "OK", OK)


def rank(row: Row) -> tuple[int, int, int, int, str, str]:
    """Sort key. Calm rows keep their place (centre, name), so that eyes find them again."""
    order = {"ACT": 0, "WATCH": 1, "NO DATA": 2, "STALE": 2, "OLD": 2, "OK": 3, "QUIET": 4}
    place = order.get(row.verdict.word, 5)
    if place > 1:
        return (place, 0, 0, 0, row.centre, row.name)
    paging = sum(alert.severity == "page" for alert in row.alerts)
    within = row.answer_within_ms or 60_000
    overdue = (
        row.oldest_wait_ms or 0
    ) // within  # whole multiples of T: rows must not jump each second
    return (place, -paging, -min(overdue, 20), -(row.waiting or 0), row.centre, row.name)


def _unseen(facts: Facts) -> Verdict:
    if facts.opens is not None:
        return Verdict("none", "CLOSED", words.NO_VALUE, facts.opens)
    return Verdict("none", "QUIET", words.NO_VALUE, "no traffic yet")


def _act(facts: Facts) -> str:
    paging = [alert.reason for alert in facts.alerts if alert.severity == "page"]
    if paging:
        return paging[0]
    people = facts.agents
    if facts.waiting and people is not None and not sum(_staffed(people)):
        return "callers wait and nobody is logged in"
    rule = facts.targets.alerts.get("oldest_wait") if facts.targets else None
    limit_ms = int(rule["raise_above_ms"]) if rule else None
    if limit_ms is not None and (facts.oldest_wait_ms or 0) > limit_ms:
        return f"oldest wait above {words.minutes(limit_ms)}"
    return ""


def _watch(facts: Facts) -> str:
    if facts.alerts:
        return facts.alerts[0].reason
    if facts.opens is not None:
        return "callers wait and the queue is closed" if facts.waiting else ""
    level = facts.service_level
    goal = facts.targets.goal if facts.targets else None
    if facts.below_goal and level is not None and goal is not None and level.n >= ENOUGH:
        return f"below its goal of {words.percent(goal)} %"
    wait, within = facts.oldest_wait_ms, facts.answer_within_ms
    if wait is not None and within is not None and wait > within:
        return f"a caller waits longer than {within / 1000:g} s"
    return ""


def _staffed(people: AgentCounts) -> tuple[int, ...]:
    return people.free, people.busy, people.wrap, people.away
