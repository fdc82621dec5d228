"""What a rehearsal tells: each rule on each queue, evaluated or why not, and each alert that would have fired. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from msgspec import Struct

from schemas.alerts import Alert
from schemas.millis import DAY, SECOND, iso
from schemas.targets import Targets, TargetsVersion
from schemas.targets_book import TargetsBook
from streams.core.active_rules import ActiveRules
from streams.core.rule import Rule
from streams.core.rule_catalogue import RULES
from streams.history.archived_events import Reach
from streams.history.rehearsal import Rehearsed, concerns, stretch_of, stretches
from streams.history.report import Column, Found, Part, Row

_WEEK = 7 * DAY
NOT_LIVE = (
    "Not the same as live: the times at which a source told that it is alive are not archived, so between its"
    " events its clock is taken to run on evenly, and a source that was silent is not seen as silent; agents"
    " are known by their spells, with the queues that they served last in each."
)

OF_RULE = (
    Column("rule", "text", "name of the rule"),
    Column(
        "queue", "text", "id of the queue; of an incident that would have fired, topic and area"
    ),
    Column("severity", "text", "`page` or `warn`"),
)
_RULE_COLUMNS = (
    *OF_RULE,
    Column("result", "text", "`fired`, `quiet`, or `not evaluated: …`"),
    Column("alerts", "number", "alerts that fired in the range", "not evaluated"),
    Column("alerts_a_week", "number", "the same, a week", "not evaluated"),
    Column(
        "pages_a_week", "number", "those that would have woken somebody, a week", "not evaluated"
    ),
    Column("median_fires_s", "s", "median time from firing to the end", "none fired"),
    Column("below_goal", "number", "stretches below the goal in the range", "not evaluated"),
    Column("below_goal_alerted", "number", "those that an alert belongs to", "not evaluated"),
    Column("note", "text", "what was not known for a part of the range", "nothing"),
)
_ALERT_COLUMNS = (
    *OF_RULE,
    Column("onset_at", "time", "since when the condition was true"),
    Column("fired_at", "time", "when it fired"),
    Column("resolved_at", "time", "when it ended", "it goes on at the end of the range"),
    Column("fires_s", "s", "from firing to the end", "it goes on at the end of the range"),
    Column(
        "below_goal_at", "time", "first minute below the goal", "the goal was not missed near it"
    ),
    Column("early_s", "s", "how long before that minute it fired; below 0: after it", "as above"),
    Column("replay", "number", "1: of a replay, which wakes nobody"),
    Column("doubtful", "number", "1: of callers who are perhaps gone"),
)
PARTS = (
    Part(
        _RULE_COLUMNS,
        (
            "rule", "queue", "alerts", "pages_a_week", "below_goal", "below_goal_alerted", "result", "note",
        ),
        name="rules",
        kind="rule",
    ),
    Part(
        _ALERT_COLUMNS,
        ("rule", "queue", "fired_at", "resolved_at", "fires_s", "below_goal_at", "early_s"),
        name="alerts",
        kind="alert",
    ),
)  # fmt: skip


class Ground(Struct, frozen=True):
    """What was known of the range. `reach` None: no event; `called`: the queues with events, `profiled`: with a profile."""

    start: int
    end: int
    reach: Reach | None
    versions: Sequence[TargetsVersion]
    called: set[str]
    agents_since: dict[str, int]
    profiled: set[str] = set()

    def a_week(self, n: int) -> float | None:
        """Of what fired in the range; None where events cover no time of it."""
        covered = 0 if self.reach is None else self.reach.end - self.reach.start
        return round(n * _WEEK / covered, 1) if covered > 0 else None

    def missed(self, below: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """The stretches below the goal that lie in the range."""
        return [each for each in below if self.start <= each[1] and each[0] < self.end]


def told(found: Rehearsed, ground: Ground, queue: str | None) -> Found:
    """The report; of that queue only, if one is given."""
    fired = found.fired(ground.start, ground.end)
    if queue is not None:
        fired = [alert for alert in fired if concerns(alert, queue)]
    below = {name: stretches(minutes) for name, minutes in found.below_goal.items()}
    rules = [
        row
        for name in _queues(ground, queue)
        for row in _rules(name, ground, fired, below.get(name, []), found.lacking.get(name, {}))
    ]
    alerts = [_alert(each, _below_of(each, below)) for each in fired]
    facts: Row = {"from": iso(ground.start), "to": iso(ground.end), "not_as_live": NOT_LIVE}
    if ground.reach is not None:
        facts |= {"events_from": iso(ground.reach.start), "events_to": iso(ground.reach.end)}
    return Found((rules, alerts), ("rules", "alerts that would have fired"), facts)


def _queues(ground: Ground, queue: str | None) -> list[str]:
    if queue is not None:
        return [queue]
    named = {targets.queue for each in ground.versions for targets in each.queues}
    return sorted(named | ground.called)


def _rules(
    queue: str,
    ground: Ground,
    fired: Sequence[Alert],
    below: Sequence[tuple[int, int]],
    lacking: Mapping[str, str],
) -> Iterator[Row]:
    """A row for each rule that the targets switch on, and for each that none could, without targets."""
    in_force = _in_force(queue, ground)
    promised = [targets for targets in in_force if targets is not None]
    for rule in RULES:
        switched = [targets for targets in promised if rule.name in targets.alerts]
        if promised and not switched:
            continue  # off
        row: Row = {"rule": rule.name, "queue": queue, "severity": rule.severity}
        why = _not_evaluated(rule, queue, ground, switched)
        if why is None and rule.across_queues:
            why = lacking.get(rule.name)
        if why is not None:
            yield row | {"result": f"not evaluated: {why}"}
            continue
        mine = [each for each in fired if each.rule == rule.name and concerns(each, queue)]
        row["result"] = "fired" if mine else "quiet"
        row["note"] = "; ".join(_notes(queue, ground, whole=len(switched) == len(in_force),
                                       reads_agents=rule.reads_agents)) or None  # fmt: skip
        yield row | _figures(mine, below, ground)


def _in_force(queue: str, ground: Ground) -> list[Targets | None]:
    """The targets of every part of the range."""
    book = TargetsBook(ground.versions)
    begun = [each.valid_from for each in ground.versions]
    moments = [ground.start, *(at for at in begun if ground.start < at < ground.end)]
    return [book.at(queue, at)[0] for at in moments]


def _not_evaluated(
    rule: Rule[Any], queue: str, ground: Ground, switched: Sequence[Targets]
) -> str | None:
    if not switched:
        return "no targets"
    if queue not in ground.called:
        return "no events"
    if not any(rule.name in ActiveRules(targets).table_of for targets in switched):
        return "settings of another release"
    if rule.reads_agents and queue not in ground.agents_since:
        return "no agents"
    if rule.reads_profile and queue not in ground.profiled:
        return "no profile"
    return None


def _notes(queue: str, ground: Ground, *, whole: bool, reads_agents: bool) -> Iterator[str]:
    published = min(
        each.published_at
        for each in ground.versions
        if any(targets.queue == queue for targets in each.queues)
    )
    if ground.reach is not None and published > ground.reach.first_appended_at:
        yield f"its targets were published at {iso(published)}, nothing is decided before"
    if not whole:
        yield "switched on in a part of the range"
    if reads_agents and (since := ground.agents_since[queue]) > ground.start:
        yield f"agents known from {iso(since)}"


def _figures(mine: Sequence[Alert], below: Sequence[tuple[int, int]], ground: Ground) -> Row:
    pages = [each for each in mine if each.severity == "page" and not each.replay]
    lasted = [
        each.resolved_at - each.fired_at for each in mine if each.resolved_at and each.fired_at
    ]
    missed = ground.missed(below)
    alerted = {stretch_of(each, below) for each in mine}
    return {
        "alerts": len(mine),
        "alerts_a_week": ground.a_week(len(mine)),
        "pages_a_week": ground.a_week(len(pages)),
        "median_fires_s": median(lasted) / SECOND if lasted else None,
        "below_goal": len(missed),
        "below_goal_alerted": sum(each in alerted for each in missed),
    }


def _below_of(
    alert: Alert, below: Mapping[str, Sequence[tuple[int, int]]]
) -> list[tuple[int, int]]:
    """Of its queue, or of all queues in which its calls are."""
    return sorted(each for queue in below if concerns(alert, queue) for each in below[queue])


def _alert(alert: Alert, below: Sequence[tuple[int, int]]) -> Row:
    fired, ended = alert.fired_at or 0, alert.resolved_at
    stretch = stretch_of(alert, below)
    return {
        "rule": alert.rule,
        "queue": alert.place,
        "severity": alert.severity,
        "onset_at": iso(alert.onset_at),
        "fired_at": iso(fired),
        "resolved_at": None if ended is None else iso(ended),
        "fires_s": None if ended is None else (ended - fired) // SECOND,
        "below_goal_at": None if stretch is None else iso(stretch[0]),
        "early_s": None if stretch is None else (stretch[0] - fired) // SECOND,
        "replay": int(alert.replay),
        "doubtful": int(alert.doubtful),
    }
