"""A wall of a few queues in one word: what was read of them, and the row that follows."""

from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page import Row
from dashboards.wallboard.view import board
from schemas.agents import RosterEntry
from schemas.alerts import Alert
from schemas.attention import Attention
from schemas.codec import encode
from schemas.counters import Counts
from schemas.millis import from_iso
from schemas.snapshots import QueueSnapshot
from schemas.targets import Targets, TargetsVersion
from tests.support.floors import targets

NOW = from_iso("2026-11-18T12:03:15Z")  # a Wednesday, 14:03:15 in Johannesburg
GOOD = Counts(offered=10, answered=10, answered_in_target=9)
POOR = Counts(offered=10, answered=8, answered_in_target=6, abandoned=2, short_abandoned=1)
NO_GOAL, ACT, WATCH = Attention("no_goal", "not configured"), Attention("act"), Attention("watch")


def latest_of(
    *snapshots: QueueSnapshot,
    promises: tuple[Targets, ...] = (targets(),),
    alerts: tuple[Alert, ...] = (),
    people: tuple[RosterEntry, ...] = (),
) -> Latest:
    latest = Latest()
    version = TargetsVersion(1, 0, 0, "Africa/Johannesburg", promises)
    latest.apply("targets", b"1", encode(version))
    for one in snapshots:
        latest.apply("snapshots", one.queue.encode(), encode(one))
    for alert in alerts:
        latest.apply("alerts", alert.alert_id.encode(), encode(alert))
    for person in people:
        latest.apply("roster", person.agent.encode(), encode(person))
    return latest


def only_row(latest: Latest, now: int = NOW) -> Row:
    rows = board(latest, now).rows
    assert len(rows) == 1
    return rows[0]


def alert(**changes: object) -> Alert:
    values: dict[str, object] = {
        "alert_id": "a1", "version": 1, "rule": "abandonment", "queue": "burst-pipes",
        "state": "firing", "severity": "warn", "onset_at": NOW, "changed_at": NOW, "known_at": NOW,
        "value": 0.3, "threshold": 0.2, "n": 30, "reason": "30 % of 30 abandoned, limit 20 %",
    }  # fmt: skip
    return Alert(**(values | changes))  # type: ignore[arg-type]  # a builder: keywords by name


def person(agent: str, activity: str, *queues: str, routing: str = "available") -> RosterEntry:
    return RosterEntry(agent, 1, "n", routing, activity, "", NOW, NOW, queues)  # type: ignore[arg-type]
