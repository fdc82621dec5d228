"""How alert rules did, as `queuewatch alerts quality` tells it.

Rule 1: an alert counts if it fired in the range; what was said of it counts whenever it was said.
Rule 2: alerts of a replay and of severity `rehearse`, of which nobody was told, are in two columns of their own and
in no other one.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from schemas.alerts import SEVERITIES
from schemas.millis import SECOND
from schemas.timing import FLAPS_WITHIN_MS
from streams.history.catalogue import Catalogue
from streams.history.kept import ALERTS, Reads
from streams.history.options import ALERTS_BY, QUEUE, RANGE
from streams.history.question import Question
from streams.history.report import Column, Found, Part, Report, Row
from streams.sinks.clickhouse.database import Reader, quoted

LINE = (
    "How alert rules did: what fired, who was told, how soon somebody had it, what was false, and which"
    " rules never led to an action."
)
_TOLD = frozenset({"page", "warn"})

_GROUP = (
    Column("rule", "text", "name of the rule"),
    Column("queue", "text", "id of the queue", "without `--by queue`"),
    Column("owner", "text", "who is told; without `--by owner` every owner of these alerts", "no owner is named"),
)  # fmt: skip
_COLUMNS = (
    *_GROUP,
    Column("fired", "number", "alerts that fired in the range, replays and rehearsals left out"),
    Column("pages", "number", "those of severity `page` (the severity that they had last)"),
    Column("warnings", "number", "those of severity `warn`"),
    Column("notes", "number", "those of severity `note`: nobody is told"),
    Column("muted", "number", "pages and warnings that fired while a mute held: nobody was told then"),
    Column("told", "number", "pages and warnings less `muted`"),
    Column("acknowledged", "number", "those fired of which somebody said `I have it`"),
    Column("never_acknowledged", "number", "those told of which nobody said so"),
    Column("time_to_acknowledge_p50_s", "s", "from firing to the first acknowledgement: the smallest time that at"
           " least 50 % of the acknowledged did not exceed", "none was acknowledged"),
    Column("time_to_acknowledge_p90_s", "s", "the same with 90 %", "none was acknowledged"),
    Column("time_to_resolve_p50_s", "s", "from firing to the end, of those that ended, in the same way",
           "none ended"),
    Column("time_to_resolve_p90_s", "s", "the same with 90 %", "none ended"),
    Column("flaps", "number", "those fired less than an hour after an alert of the same rule and queue ended"),
    Column("marked_false", "number", "those fired that somebody marked false"),
    Column("replayed", "number", "alerts of a replay, in no other column"),
    Column("rehearsed", "number", "alerts of severity `rehearse`, in no other column"),
)  # fmt: skip
_IDLE_COLUMNS = (
    Column("rule", "text", "name of a rule that fired and never led to an action: no alert of it was acknowledged"
           " or has a note, and no mute that was said in the range names it or a queue of its alerts"),
    Column("fired", "number", "alerts that fired in the range, replays and rehearsals left out"),
    Column("told", "number", "pages and warnings that no mute held back"),
    Column("marked_false", "number", "those fired that somebody marked false"),
)  # fmt: skip


class Fired(Struct, frozen=True):
    """The newest version of one alert."""

    alert_id: str
    rule: str
    queue: str
    severity: str
    owner: str
    replay: bool
    onset_at: int
    fired_at: int
    resolved_at: int | None

    @property
    def place(self) -> str:
        """As of schemas.alerts.Alert: the queue, or topic and area; it stands in the id."""
        return self.queue or self.alert_id.removeprefix(f"{self.rule}/").rpartition("/")[0]

    @property
    def counts(self) -> bool:
        return not self.replay and self.severity != "rehearse"


class Mute(Struct, frozen=True):
    """An empty rule or queue means any."""

    said_at: int
    until: int
    rule: str
    queue: str

    def is_about(self, alert: Fired) -> bool:
        return self.rule in {"", alert.rule} and self.queue in {"", alert.place}


class Said(Struct, frozen=True):
    """What people said. By alert: the first acknowledgement; the alerts with a note, and those marked false."""

    acknowledged: Mapping[str, int]
    noted: frozenset[str]
    marked_false: frozenset[str]
    mutes: Sequence[Mute]

    def is_muted(self, alert: Fired) -> bool:
        at = alert.fired_at
        return any(each.said_at <= at < each.until and each.is_about(alert) for each in self.mutes)


def alerts_sql(question: Question) -> str:
    """Also those that ended just before the range: the first alert of the range may be a flap of them."""
    of_queue = "" if question.queue is None else f" AND queue = {quoted(question.queue)}"
    return (
        "SELECT alert_id, rule, queue, severity, owner, replay, onset_at_ms, fired_at_ms, resolved_at_ms"
        f" FROM alerts WHERE fired_at_ms < {question.end} AND (fired_at_ms >= {question.start}"
        f" OR resolved_at_ms >= {question.start - FLAPS_WITHIN_MS}){of_queue}"
        " ORDER BY alert_id, version DESC LIMIT 1 BY alert_id"
    )


def commands_sql(question: Question) -> str:
    """Of the alerts of the range whenever they were said, and every mute that was said before its end."""
    named = (
        f"SELECT alert_id FROM alerts WHERE fired_at_ms >= {question.start}"
        f" AND fired_at_ms < {question.end}"
    )
    return (
        "SELECT at_ms, type, alert_id, mute_id, rule, queue, until_ms FROM commands"
        f" WHERE alert_id IN ({named}) OR (mute_id != '' AND at_ms < {question.end})"
        " ORDER BY at_ms, type, who, alert_id, mute_id"
    )


def quality(reader: Reader, _: Catalogue, question: Question) -> Found:
    alerts = [_fired(row) for row in reader.execute(alerts_sql(question)).named()]
    said = said_of(reader.execute(commands_sql(question)).named())
    return quality_of(alerts, said, question)


def _fired(row: Mapping[str, Any]) -> Fired:
    ended = row["resolved_at_ms"]
    return Fired(
        row["alert_id"], row["rule"], row["queue"], row["severity"], row["owner"], bool(row["replay"]),
        int(row["onset_at_ms"]), int(row["fired_at_ms"]), None if ended is None else int(ended),
    )  # fmt: skip


def said_of(rows: Iterable[Mapping[str, Any]]) -> Said:
    """Of rows of table `commands`, in order of time."""
    acknowledged: dict[str, int] = {}
    noted, false = set(), set()
    mutes: dict[str, Mute] = {}
    for row in rows:
        at, of = int(row["at_ms"]), str(row["alert_id"])
        match row["type"]:
            case "acknowledged":
                acknowledged.setdefault(of, at)
            case "noted":
                noted.add(of)
            case "marked_false":
                false.add(of)
            case "muted":
                mutes[row["mute_id"]] = Mute(at, int(row["until_ms"]), row["rule"], row["queue"])
            case "unmuted" if (mute := mutes.get(row["mute_id"])) is not None:
                mutes[row["mute_id"]] = Mute(
                    mute.said_at, min(at, mute.until), mute.rule, mute.queue
                )
    return Said(acknowledged, frozenset(noted), frozenset(false), tuple(mutes.values()))


def quality_of(alerts: Sequence[Fired], said: Said, question: Question) -> Found:
    """Pure: the report."""
    flapped = flaps(alerts)
    mine = [each for each in alerts if question.start <= each.fired_at < question.end]
    groups: dict[tuple[str, ...], list[Fired]] = {}
    for alert in mine:
        groups.setdefault(_group(alert, question), []).append(alert)
    rows = [
        _names(group, of_group, question) | _figures(of_group, said, flapped)
        for group, of_group in sorted(groups.items())
    ]
    return Found(
        (rows, _idle(mine, said, question)),
        ("alerts", "rules that fired and never led to an action"),
    )


def flaps(alerts: Iterable[Fired]) -> frozenset[str]:
    """The ids of those that came back. An alert of callers who are perhaps gone ends at the boundary at which that
    of the others begins: it goes on, and is no flap.
    """
    found: set[str] = set()
    ended: dict[tuple[str, str], int] = {}
    for alert in sorted((each for each in alerts if each.counts), key=lambda each: each.fired_at):
        before = ended.get((alert.rule, alert.queue))
        if (
            before is not None
            and before < alert.onset_at
            and alert.fired_at - before < FLAPS_WITHIN_MS
        ):
            found.add(alert.alert_id)
        if alert.resolved_at is not None:
            ended[alert.rule, alert.queue] = alert.resolved_at
    return frozenset(found)


def _group(alert: Fired, question: Question) -> tuple[str, ...]:
    of = {"rule": (), "queue": (alert.queue,), "owner": (alert.owner,)}[question.alerts_by]
    return (alert.rule, *of)


def _names(group: tuple[str, ...], alerts: Sequence[Fired], question: Question) -> Row:
    owners = sorted({each.owner for each in alerts if each.owner})
    return {
        "rule": group[0],
        "queue": group[1] if question.alerts_by == "queue" else None,
        "owner": ", ".join(owners) or None,
    }


def _figures(alerts: Sequence[Fired], said: Said, flapped: frozenset[str]) -> Row:
    fired = [each for each in alerts if each.counts]
    by_severity = {name: sum(each.severity == name for each in fired) for name in SEVERITIES}
    told = _told(fired, said)
    had = [each for each in fired if each.alert_id in said.acknowledged]
    # Who took it while it was pending had it before it fired.
    answered = [max(0, said.acknowledged[each.alert_id] - each.fired_at) for each in had]
    lasted = [each.resolved_at - each.fired_at for each in fired if each.resolved_at is not None]
    return {
        "fired": len(fired),
        "pages": by_severity["page"],
        "warnings": by_severity["warn"],
        "notes": by_severity["note"],
        "muted": by_severity["page"] + by_severity["warn"] - len(told),
        "told": len(told),
        "acknowledged": len(had),
        "never_acknowledged": sum(each.alert_id not in said.acknowledged for each in told),
        "time_to_acknowledge_p50_s": nearest_rank_s(answered, 50),
        "time_to_acknowledge_p90_s": nearest_rank_s(answered, 90),
        "time_to_resolve_p50_s": nearest_rank_s(lasted, 50),
        "time_to_resolve_p90_s": nearest_rank_s(lasted, 90),
        "flaps": sum(each.alert_id in flapped for each in fired),
        "marked_false": sum(each.alert_id in said.marked_false for each in fired),
        "replayed": sum(each.replay for each in alerts),
        "rehearsed": sum(not each.replay and each.severity == "rehearse" for each in alerts),
    }


def _told(fired: Iterable[Fired], said: Said) -> list[Fired]:
    return [each for each in fired if each.severity in _TOLD and not said.is_muted(each)]


def _idle(alerts: Iterable[Fired], said: Said, question: Question) -> list[Row]:
    of_rule: dict[str, list[Fired]] = {}
    for alert in alerts:
        if alert.counts:
            of_rule.setdefault(alert.rule, []).append(alert)
    return [
        {
            "rule": rule,
            "fired": len(fired),
            "told": len(_told(fired, said)),
            "marked_false": sum(each.alert_id in said.marked_false for each in fired),
        }
        for rule, fired in sorted(of_rule.items())
        if not any(_led_to_action(each, said, question) for each in fired)
    ]


def _led_to_action(alert: Fired, said: Said, question: Question) -> bool:
    """A mute of everything says nothing of one rule."""
    return (
        alert.alert_id in said.acknowledged
        or alert.alert_id in said.noted
        or any(
            (mute.rule or mute.queue) and mute.is_about(alert) and mute.said_at >= question.start
            for mute in said.mutes
        )
    )


def nearest_rank_s(times_ms: Sequence[int], percent: int) -> float | None:
    """Element ceil(p·n) of the sorted times, by integers."""
    if not times_ms:
        return None
    return sorted(times_ms)[-(-len(times_ms) * percent // 100) - 1] / SECOND


REPORT = Report(
    options=(*RANGE, QUEUE, ALERTS_BY),
    parts=(
        Part(
            _COLUMNS,
            (
                "rule", "queue", "owner", "fired", "told", "acknowledged", "never_acknowledged",
                "time_to_acknowledge_p50_s", "time_to_resolve_p50_s", "flaps", "marked_false",
            ),
            name="alerts",
            kind="alerts",
        ),
        Part(_IDLE_COLUMNS, name="idle", kind="idle"),
    ),
    ask=quality,
    reads=(replace(ALERTS, earlier_ms=FLAPS_WITHIN_MS), Reads("commands", "event")),
    notes=(
        "An alert counts by the moment at which it fired; what was said of it counts whenever it was said. Alerts"
        " of a replay and rehearsals are counted apart."
    ),
    examples=(
        "--from 2026-11-01 --to 2026-12-01",
        "--from 2026-11-01 --to 2026-12-01 --by queue --format csv",
    ),
)  # fmt: skip
