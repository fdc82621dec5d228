"""OK, WATCH or ACT: what a queue asks of people right now, and why. The one place that decides it.

act: a rule that pages fires or is raised, or somebody waits while no agent is signed in.
watch: another rule fires (a rehearsal changes no judgement), somebody waits in a closed queue or longer than T, an open queue has nobody
logged in, or the closed service level of the last 30 minutes or of today is below its goal with enough
calls behind it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.alerts import RuleName, Severity
from schemas.attention import Attention
from schemas.counters import Counts
from schemas.formulas import good_and_all
from schemas.goal import GOAL_WINDOW_MINUTES, against_goal, percent
from schemas.opening import closed_until
from schemas.snapshots import QueueSnapshot
from schemas.targets import Targets

_NO_COUNTS = Counts()
_NOT_SIGNED_IN = "logged_out"


class RaisedRule(NamedTuple):
    """An alert rule whose alert is open, or would be opened as of now."""

    rule: RuleName
    severity: Severity
    fires: bool  # its holding time is over
    sentence: str


def attention(
    snapshot: QueueSnapshot, targets: Targets | None, rules: Sequence[RaisedRule], at: int
) -> Attention:
    """`targets` are those by which the figures of `snapshot` were counted; waits are as of `at`."""
    rules = [rule for rule in rules if rule.severity != "rehearse"]
    if act := _act(snapshot, rules):
        return act
    firing = next((rule for rule in rules if rule.fires), None)
    if firing is not None:
        return Attention("watch", firing.sentence, firing.rule)
    closed = closed_until(targets.opening, targets.time_zone, at) if targets else None
    if cause := _watch(snapshot, targets, closed, at):
        return Attention("watch", cause)
    if closed is not None:
        return Attention("closed", closed)
    if targets is None:
        return Attention("no_goal", "not configured")
    return Attention("ok")


def _act(snapshot: QueueSnapshot, rules: Sequence[RaisedRule]) -> Attention | None:
    paging = [rule for rule in rules if rule.severity == "page"]
    if paging:
        loudest = max(paging, key=lambda rule: rule.fires)
        return Attention("act", loudest.sentence, loudest.rule)
    if snapshot.waiting and snapshot.agents and not _signed_in(snapshot.agents):
        return Attention("act", "callers wait and nobody is logged in")
    return None


def _watch(
    snapshot: QueueSnapshot,
    targets: Targets | None,
    closed: str | None,
    at: int,
) -> str:
    if closed is not None:
        return "callers wait and the queue is closed" if snapshot.waiting else ""
    goal = percent(snapshot.goal or 0)
    if _missed(snapshot, snapshot.windows.get(GOAL_WINDOW_MINUTES, _NO_COUNTS)):
        return f"below its goal of {goal}"
    within, oldest = snapshot.answer_within_ms, snapshot.oldest_arrived_at
    if within is not None and oldest is not None and at - oldest > within:
        return f"a caller waits longer than {within / 1000:g} s"
    if targets is not None and snapshot.agents and not _signed_in(snapshot.agents):
        return "open, and nobody is logged in"
    if share := _missed(snapshot, snapshot.today or _NO_COUNTS):
        return f"{share} today, below its goal of {goal}"
    return ""


def _missed(snapshot: QueueSnapshot, counts: Counts) -> str:
    """The share that misses the goal, rounded down, with the calls behind it; empty if none does."""
    if snapshot.formula is None or snapshot.goal is None:
        return ""
    good, n = good_and_all(snapshot.formula)(counts)
    if against_goal(good, n, snapshot.goal) != "missed":
        return ""
    return f"{good * 100 // n} % of {n}"


def _signed_in(agents: dict[str, int]) -> int:
    return sum(people for state, people in agents.items() if state != _NOT_SIGNED_IN)
