"""Alerts and mutes as text: lines of a list, and one alert whole."""

from collections.abc import Iterator

from schemas.alerts import Alert, alert_name
from schemas.commands import AlertCommand, Muted
from schemas.commands_book import CommandsBook
from schemas.millis import format_duration, iso
from schemas.printable import printable

_UNTOLD = {"note": "a note: lists only", "rehearse": "a rehearsal"}
COLUMNS = (
    "id",
    "rule",
    "queue",
    "severity",
    "owner",
    "state",
    "since",
    "for",
    "quiet",
    "reason",
    "value",
    "threshold",
    "n",
    "resolved_at",
    "replay",
    "doubtful",
    "topic",
    "area",
    "queues",
)
SHOWN = ("id", "severity", "state", "for", "quiet", "reason")
MUTE_COLUMNS = ("id", "rule", "queue", "until", "left", "who", "note")

Line = dict[str, str | int | float | None]


def alert_line(alert: Alert, book: CommandsBook, now: int) -> Line:
    """`quiet` says why nobody is told; `for` is how long it has gone on, or went on."""
    end = now if alert.resolved_at is None else alert.resolved_at
    since = alert.onset_at if alert.fired_at is None else alert.fired_at
    return {
        "id": alert.alert_id,
        "rule": alert.rule,
        "queue": alert.queue or None,
        "severity": alert.severity,
        "owner": alert.owner or None,
        "state": alert.state,
        "since": iso(since),
        "for": format_duration(max(0, end - since) // 1000 * 1000),
        "quiet": _quiet(alert, book, now) if alert.state == "firing" else None,
        "reason": printable(alert.reason),
        "value": alert.value,
        "threshold": alert.threshold,
        "n": alert.n,
        "resolved_at": None if alert.resolved_at is None else iso(alert.resolved_at),
        "replay": int(alert.replay),
        "doubtful": int(alert.doubtful),
        "topic": printable(alert.topic) or None,
        "area": printable(alert.area) or None,
        "queues": printable(", ".join(alert.queues)) or None,
    }


def _quiet(alert: Alert, book: CommandsBook, now: int) -> str | None:
    return printable(book.why_quiet(alert, now)) or _UNTOLD.get(alert.severity)


def mute_line(mute: Muted, now: int) -> Line:
    return {
        "id": mute.mute_id,
        "rule": mute.rule or "any",
        "queue": printable(mute.queue) or "any",
        "until": iso(mute.until),
        "left": format_duration((mute.until - now) // 1000 * 1000),
        "who": printable(mute.who),
        "note": printable(mute.note) or None,
    }


def whole(alert: Alert, book: CommandsBook, now: int) -> Iterator[str]:
    """Everything about one alert, and what people said of it."""
    shown = alert_line(alert, book, now)
    shown["runbook"] = f"docs/runbooks/{alert_name(alert.rule)}.md"
    for name, value in shown.items():
        if value is not None:
            yield f"{name:<12}{value}"
    for command in book.told(alert.alert_id):
        yield f"{iso(command.at)}  {said(command)}"


def said(command: AlertCommand) -> str:
    """`ann acknowledged: on my way`."""
    verb = str(command.__struct_config__.tag)
    note = f": {printable(command.note)}" if command.note else ""
    return f"{printable(command.who)} {verb}{note}"
