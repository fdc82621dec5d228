"""Alerts and mutes as text: lines of a list, and one alert whole."""

from collections.abc import Iterator, Sequence

from schemas.alerts import Alert, alert_name
from schemas.commands import Acknowledged, AlertCommand, LineShown, Muted, Notified, told_said
from schemas.commands_book import CommandsBook
from schemas.millis import format_duration, iso
from schemas.printable import printable
from streams.messages.sentences import free_agents_said
from streams.messages.words import words_of
from streams.sinks.alertmanager.pipeline_listed import Listed

_NAMED = 2
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
    "expected",
    "n",
    "tuned_to",
    "times_fired",
    "resolved_at",
    "replay",
    "doubtful",
    "late_calls",
    "abandoned",
    "escalation",
    "topic",
    "area",
    "queues",
)
SHOWN = ("id", "severity", "state", "for", "quiet", "escalation", "reason")
MUTE_COLUMNS = ("id", "rule", "queue", "until", "left", "who", "note")
LINE_COLUMNS = ("id", "department", "until", "who", "text")

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
        "expected": alert.expected,
        "n": alert.n,
        "tuned_to": alert.tuned_to or None,
        "times_fired": alert.times_fired or None,
        "resolved_at": None if alert.resolved_at is None else iso(alert.resolved_at),
        "replay": int(alert.replay),
        "doubtful": int(alert.doubtful),
        "late_calls": alert.late_calls,
        "abandoned": alert.abandoned,
        "escalation": _escalation(alert, book, now) or None,
        "topic": printable(alert.topic) or None,
        "area": printable(alert.area) or None,
        "queues": printable(", ".join(alert.queues)) or None,
    }


def pipeline_line(listed: Listed, book: CommandsBook, now: int) -> Line:
    """The same of an alert of the pipeline, which has no figures."""
    line = alert_line(listed.known().alert, book, now)
    if line["quiet"] is None and listed.is_inhibited:
        line["quiet"] = "another alert says it"
    elif line["quiet"] is None and listed.is_silenced:
        line["quiet"] = "silenced in Alertmanager"
    return line | {"id": printable(listed.alert_id), "value": None, "threshold": None, "n": None}


def _quiet(alert: Alert, book: CommandsBook, now: int) -> str | None:
    return printable(book.why_quiet(alert, now)) or _UNTOLD.get(alert.severity)


def _escalation(alert: Alert, book: CommandsBook, now: int) -> str:
    """`told lead; it-operations and 4 more in 4m`: to whom it escalated, and when who is told next."""
    notified = book.notified(alert)
    taken = [each for each in notified if each.step]
    told = [owner for each in taken for owner in each.told]
    untold = [owner for each in taken for owner in each.untold]
    parts = [f"told {_names(told)}"] if told else []
    parts += [f"not reached: {_names(untold)}"] if untold else []
    at = book.next_step_at(alert)
    goes_on = alert.state == "firing" and not alert.calm
    if at is not None and goes_on and not book.why_quiet(alert, now):
        left = format_duration(max(0, at - now) // 1000 * 1000)
        parts.append(f"{_names(notified[-1].next_to)} in {left}")
    return printable("; ".join(parts))


def _names(owners: Sequence[str]) -> str:
    return ", ".join(owners) if len(owners) <= _NAMED else f"{owners[0]} and {len(owners) - 1} more"


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


def board_line(shown: LineShown) -> Line:
    """A line that boards show."""
    return {
        "id": shown.line_id,
        "department": printable(shown.department) or "all",
        "until": iso(shown.until),
        "who": printable(shown.who),
        "text": printable(shown.note),
    }


def whole(alert: Alert, book: CommandsBook, now: int) -> Iterator[str]:
    """Everything about one alert, and what people said of it."""
    shown = alert_line(alert, book, now)
    free = [(each.n, printable(each.queue_name)) for each in alert.free_agents]
    shown["next step"] = free_agents_said(free, words_of("en")) or None
    shown["runbook"] = f"docs/runbooks/{alert_name(alert.rule)}.md"
    shown |= _with_unit(shown, alert.rule)
    yield from _whole(shown, alert, book)


def _with_unit(shown: Line, rule: str) -> Line:
    """Its figures as `139.0 (seconds)`; a plain number, or one of a rule of another release, as it is."""
    from streams.core.rule_catalogue import RULES  # lists need none of its modules

    unit = next((each.unit for each in RULES if each.name == rule), "number")
    figures = {name: shown[name] for name in ("value", "threshold", "expected")}
    return (
        {}
        if unit == "number"
        else {name: f"{figure} ({unit})" for name, figure in figures.items() if figure is not None}
    )


def whole_of_pipeline(listed: Listed, book: CommandsBook, now: int) -> Iterator[str]:
    """The same of an alert of the pipeline that goes on."""
    alert = listed.known().alert
    shown = pipeline_line(listed, book, now)
    shown["runbook"] = f"docs/runbooks/{alert.rule}.md"
    yield from _whole(shown, alert, book)


def _whole(shown: Line, alert: Alert, book: CommandsBook) -> Iterator[str]:
    for name, value in shown.items():
        if value is not None:
            yield f"{name:<12}{value}"
    yield from what_was_said(
        [*book.told(alert.alert_id), *(each for each in book.notified(alert) if each.step)]
    )


def what_was_said(words: Sequence[AlertCommand]) -> Iterator[str]:
    """A line for each, in order of time."""
    for command in sorted(words, key=lambda each: each.at):
        yield f"{iso(command.at)}  {said(command)}"


def said(command: AlertCommand) -> str:
    """`ann acknowledged: on my way`, `ann marked false: a test call`; by a link: `ann acknowledged by the link to water-duty: …`."""
    if isinstance(command, Notified):
        said = told_said(command)
        return printable(
            f"nobody had it: {command.who} {said}" if command.told else f"nobody had it; {said}"
        )
    verb = str(command.__struct_config__.tag).replace("_", " ")
    if isinstance(command, Acknowledged) and command.link_of is not None:
        verb += " by the link in a message" + (
            f" to {printable(command.link_of)}" * bool(command.link_of)
        )
    note = f": {printable(command.note)}" if command.note else ""
    return f"{printable(command.who)} {verb}{note}"
