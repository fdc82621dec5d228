"""Alerts of which people were told in the period, what they wrote of them, and what supervisors wrote on the boards.

Rule 1: an alert is in the period if it fired before its end and had not ended at its start; replays, rehearsals and notes are left out,
because nobody is told of them.
Rule 2: the dearest come first: by the callers that it says were late or gave up, then by severity, then by length.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import SECOND, iso
from schemas.notes import WrittenNote
from streams.history.kept import ALERTS as FIRED
from streams.history.paper import Section, Table
from streams.history.papers.asked import Asked
from streams.history.report import Column, Part, Row
from streams.history.sentences import Sentence, sentence
from streams.sinks.clickhouse.database import Reader

ALERTS_ON_PAPER = 10
LINES_ON_PAPER = 10
ALERTS = Part(
    (
        Column("fired_at", "time", "when people were told, on the clock of the queue"),
        Column("queue", "text", "id of the queue", "it is about several, or none"),
        Column("name", "text", "what people call it, or the topic and area of an incident"),
        Column("rule", "text", "name of the rule"),
        Column("severity", "text", "`page` or `warn`"),
        Column("lasted_s", "s", "from firing to its end", "it had not ended"),
        Column("callers_hurt", "legs", "late calls and abandons that it counted", "the rule counts none"),
        Column("acknowledged", "text", "`yes` or `no`: whether somebody said `I have it`"),
        Column("note", "text", "what people wrote of it", "nobody wrote anything"),
    ),
    name="alerts", kind="alert",
)  # fmt: skip
LINES = Part(
    (
        Column("shown_at", "time", "since when boards showed the line"),
        Column("department", "text", "whose boards", "all"),
        Column("note", "text", "what a supervisor wrote"),
    ),
    name="lines", kind="line",
)  # fmt: skip
INCIDENTS = Part(
    (
        Column("began", "time", "its begin, as somebody wrote it"),
        Column("ended", "time", "its end"),
        Column("about", "text", "the queues, centres and departments that it is about; `all`"),
        Column("note", "text", "what somebody wrote"),
        Column("owner", "text", "in whose name"),
    ),
    name="incidents", kind="incident",
)  # fmt: skip
_SHOWN = (
    "fired_at",
    "name",
    "rule",
    "severity",
    "lasted_s",
    "callers_hurt",
    "acknowledged",
    "note",
)


class Alerted(Struct, frozen=True):
    """The newest version of one alert that people were told of; times in ms."""

    alert_id: str
    rule: str
    queue: str
    queues: tuple[str, ...]
    place: str  # topic and area of an incident
    severity: str
    fired_at: int
    resolved_at: int | None
    hurt: int | None

    def touches(self, queue: str, start: int, end: int) -> bool:
        ended = self.resolved_at
        return (
            queue in (self.queue, *self.queues)
            and self.fired_at < end
            and (ended is None or ended > start)
        )


class Told(Struct, frozen=True):
    """`notes`: what people wrote, by alert; `known`: whether the archive has any alert at all."""

    alerts: tuple[Alerted, ...] = ()
    notes: Mapping[str, tuple[str, ...]] = {}
    acknowledged: frozenset[str] = frozenset()
    marked_false: frozenset[str] = frozenset()
    lines: tuple[Row, ...] = ()
    known: bool = True

    def of(self, queue: str, start: int, end: int) -> list[Alerted]:
        return [each for each in self.alerts if each.touches(queue, start, end)]


def alerts_sql(start: int, end: int, known_at: int) -> str:
    return (
        "SELECT alert_id, rule, queue, queues, topic, area, severity, fired_at_ms, resolved_at_ms, late_calls,"
        " abandoned FROM (SELECT * FROM alerts"
        f" WHERE known_at_ms <= {known_at} ORDER BY alert_id, version DESC LIMIT 1 BY alert_id)"
        f" WHERE isNotNull(fired_at_ms) AND fired_at_ms < {end} AND replay = 0"
        f" AND (isNull(resolved_at_ms) OR resolved_at_ms > {start}) AND severity IN ('page', 'warn')"
    )


def commands_sql(start: int, end: int, known_at: int) -> str:
    """What was said of alerts, whenever it was said, and the lines of the period."""
    return (
        "SELECT at_ms, type, alert_id, queue, note, owner FROM commands"
        f" WHERE at_ms <= {known_at} AND (alert_id != '' OR (type = 'line_shown' AND at_ms >= {start}"
        f" AND at_ms < {end})) ORDER BY at_ms, type, who, alert_id"
    )


def read_told(reader: Reader, asked: Asked) -> Told:
    start, end = asked.period.start, asked.period.end
    if FIRED.deleted(reader, asked.question) is not None:
        return told_of((), (), known=False)
    rows = reader.execute(alerts_sql(start, end, asked.known_at)).named()
    found = [each for each in map(_alerted, rows) if _is_in(each, asked)]
    said = reader.execute(commands_sql(start, end, asked.known_at)).named()
    any_alert = reader.execute("SELECT count() FROM alerts").rows
    return told_of(found, said, known=bool(any_alert and any_alert[0][0]))


def told_of(
    alerts: Iterable[Alerted], commands: Iterable[Mapping[str, Any]], *, known: bool
) -> Told:
    """`commands`: rows of the table, in order of time."""
    notes: dict[str, list[str]] = {}
    said: dict[str, set[str]] = {"acknowledged": set(), "marked_false": set()}
    lines: list[Row] = []
    for row in commands:
        kind, note = str(row["type"]), str(row["note"])
        if kind == "line_shown":
            lines.append(
                {"shown_at": int(row["at_ms"]), "department": row["owner"] or None, "note": note}
            )
            continue
        if kind in said:
            said[kind].add(str(row["alert_id"]))
        if note and kind in ("acknowledged", "noted", "marked_false"):
            notes.setdefault(str(row["alert_id"]), []).append(note)
    return Told(
        tuple(sorted(alerts, key=_dearness)),
        {alert: tuple(each) for alert, each in notes.items()},
        frozenset(said["acknowledged"]),
        frozenset(said["marked_false"]),
        tuple(lines),
        known,
    )


def _alerted(row: Mapping[str, Any]) -> Alerted:
    hurt = [int(row[name]) for name in ("late_calls", "abandoned") if row[name] is not None]
    ended = row["resolved_at_ms"]
    return Alerted(
        str(row["alert_id"]),
        str(row["rule"]),
        str(row["queue"]),
        tuple(map(str, row["queues"])),
        ", ".join(filter(None, (str(row["topic"]), str(row["area"])))),
        str(row["severity"]),
        int(row["fired_at_ms"]),
        None if ended is None else int(ended),
        sum(hurt) if hurt else None,
    )


def _is_in(alert: Alerted, asked: Asked) -> bool:
    """Of one department those of its queues; of all, those of no queue, too."""
    if asked.department is None:
        return True
    return any(queue in asked.catalogue.queues for queue in (alert.queue, *alert.queues))


def _dearness(of: Alerted) -> tuple[int, bool, int, int, str]:
    length = of.resolved_at - of.fired_at if of.resolved_at is not None else 0
    return -(of.hurt or 0), of.severity != "page", -length, of.fired_at, of.alert_id


def section(told: Told, notes: Sequence[WrittenNote], asked: Asked) -> Section:
    """Incidents that people wrote down come first."""
    written = [
        each
        for each in notes
        if each.note.kind == "incident" and each.note.start < asked.period.end
    ]
    tables = [
        Table(ALERTS, [_row(each, told, asked) for each in told.alerts], _SHOWN, ALERTS_ON_PAPER)
    ]
    if told.lines:
        zone = ZoneInfo(asked.period.zone)
        lines = [row | {"shown_at": iso(int(str(row["shown_at"])), zone)} for row in told.lines]
        tables.append(Table(LINES, lines, first=LINES_ON_PAPER))
    shown = tuple(tables) if told.alerts else tuple(tables[1:])
    if written:
        shown = (Table(INCIDENTS, [_incident(each, asked) for each in written]), *shown)
    incidents = sentence("incidents" if written else "no_incident", incidents=len(written))
    return Section("alerts", sentences=(incidents, _said(told)), tables=shown)


def _incident(each: WrittenNote, asked: Asked) -> Row:
    zone, note = ZoneInfo(asked.period.zone), each.note
    return {
        "began": iso(note.start, zone),
        "ended": iso(note.end, zone),
        "about": ", ".join((*note.queues, *note.centres, *note.departments)) or "all",
        "note": note.text,
        "owner": note.who,
    }


def _said(told: Told) -> Sentence:
    if not told.alerts:
        return sentence("no_alert" if told.known else "no_alerts_known")
    ids = {each.alert_id for each in told.alerts}
    return sentence(
        "alerts",
        alerts=len(told.alerts),
        pages=sum(each.severity == "page" for each in told.alerts),
        acknowledged=len(ids & told.acknowledged),
        false=len(ids & told.marked_false),
        noted=len(ids & told.notes.keys()),
    )


def _row(of: Alerted, told: Told, asked: Asked) -> Row:
    zone = ZoneInfo(asked.known.zone(of.queue))
    queues: Sequence[str] = (of.queue,) if of.queue else of.queues
    name = ", ".join(filter(None, (", ".join(map(asked.queue_name, queues)), of.place)))
    return {
        "fired_at": iso(of.fired_at, zone),
        "queue": of.queue or None,
        "name": name,
        "rule": of.rule,
        "severity": of.severity,
        "lasted_s": None if of.resolved_at is None else (of.resolved_at - of.fired_at) // SECOND,
        "callers_hurt": of.hurt,
        "acknowledged": "yes" if of.alert_id in told.acknowledged else "no",
        "note": "; ".join(told.notes.get(of.alert_id, ())) or None,
    }
