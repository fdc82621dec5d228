"""Records as rows, in the column order of schemas.tables. Pure.

Numbers that a database would cut, wrap or refuse are refused here, in the same way for every database.
"""

from array import array
from collections.abc import Callable, Sequence
from operator import attrgetter, itemgetter
from typing import Any

from msgspec import convert

from schemas.agents import Spell
from schemas.alerts import Alert
from schemas.calls import CallEvent, LegEvent
from schemas.codec import encode
from schemas.commands import AlertCommand
from schemas.counters import Counts
from schemas.deliveries import Delivery, Withdrawal
from schemas.identity import node_of
from schemas.legs import LegRow
from schemas.millis import SECOND
from schemas.minutes import MinuteRow
from schemas.quarantine import Handled, Quarantined
from schemas.tables import TABLES
from streams.sinks.clickhouse.database import Columns, RefusedError, Row

# Columns of whole seconds since 1970 (DateTime is an unsigned 32-bit number of them).
_SECONDS = frozenset(
    {
        "key_at",
        "arrived_at",
        "started_at",
        "at",
        "onset_at",
        "known_at",
        "published_at",
        "appended_at",
        "began_at",
    }
)
_PLAIN_INTEGERS = frozenset(
    {
        "priority",
        "offset",
        "position",
        "sent_as",
        "n",
        "offers",
        "missed_offers",
        "targets_version",
        "waiting",
        "in_service",
        "revision",
        "legs",
        "gone",
        "restored",
        "edition",
    }
)


# The fields of a leg in the order of the columns.
LEG_FIELDS = (
    "queue",
    "key_at",
    "leg_id",
    "source",  # becomes `node`
    "version",
    "known_at",
    "feed",
    "source",
    "outcome",
    "arrived_at",
    "arrived_at",
    "contact_id",
    "channel",
    "direction",
    "caller",
    "agent",
    "reason",
    "topic",
    "area",
    "priority",
    "answered_at",
    "left_at",
    "ended_at",
    "wrap_ended_at",
    "wait_ms",
    "talk_hold_ms",
    "hold_ms",
    "wrap_ms",
    "offers",
    "missed_offers",
    "in_target",
    "short",
    "out_of_hours",
    "doubtful",
    "replay",
    "answer_within_ms",
    "short_abandon_ms",
    "goal",
    "formula",
    "targets_version",
    "disposition",
    "flags",
    "delivery",
)
# Fetched in one call: forty single attribute accesses took a fifth of the archive's time.
_leg_fields = attrgetter(*LEG_FIELDS)
KEY_AT, NODE, ARRIVED_AT, FORMULA = (
    TABLES["legs"].index(name) for name in ("key_at", "node", "arrived_at", "formula")
)
# How a query asks for the columns of a leg, to get what `leg_row` makes: no query selects datetimes.
LEG_SELECTED: tuple[str, ...] = tuple(
    f"toUInt32({name})" if name in _SECONDS else name for name in TABLES["legs"]
)


def leg_row(leg: LegRow) -> Row:
    row = list(_leg_fields(leg))
    row[KEY_AT] //= SECOND
    row[NODE] = node_of(row[NODE])
    row[ARRIVED_AT] //= SECOND
    if row[FORMULA] is None:
        row[FORMULA] = ""
    return tuple(row)


def leg_of_row(row: Row) -> LegRow:
    """The inverse of `leg_row`: the leg whole, its key as the second that the archive knows."""
    told = {
        field: value
        for place, (field, value) in enumerate(zip(LEG_FIELDS, row, strict=True))
        if place not in {NODE, ARRIVED_AT}  # derived from `source` and `arrived_at_ms`
    }
    told["key_at"] = int(told["key_at"]) * SECOND
    told["formula"] = told["formula"] or None
    # Not strict: the embedded database tells large numbers as texts, and both tell 1 for true.
    return convert(told, LegRow, strict=False)


def spell_row(spell: Spell) -> Row:
    return (
        spell.agent,
        spell.started_at // SECOND,
        spell.started_at,
        spell.version,
        spell.source,
        spell.state,
        spell.routing_state,
        spell.activity,
        spell.reason,
        spell.known_at,
        spell.ended_at,
        list(spell.queues),
    )


def minute_rows(minute: MinuteRow) -> list[Row]:
    """One row for each window."""
    lacking = None if minute.not_evaluated is None else encode(minute.not_evaluated).decode()
    return [
        (
            minute.queue,
            minute.at // SECOND,
            minute.at,
            length,
            minute.version,
            minute.known_at,
            minute.waiting,
            minute.oldest_wait_ms,
            minute.doubtful,
            minute.in_service,
            minute.answer_within_ms,
            minute.short_abandon_ms,
            minute.goal,
            minute.formula or "",
            int(minute.replay),
            list(minute.agents),
            list(minute.agents.values()),
            lacking,
            *(getattr(counts, name) for name in Counts.__struct_fields__),
        )
        for length, counts in minute.windows.items()
    ]


def alert_row(alert: Alert) -> Row:
    return (
        alert.alert_id,
        alert.onset_at // SECOND,
        alert.onset_at,
        alert.version,
        alert.rule,
        alert.queue,
        alert.state,
        alert.severity,
        alert.changed_at,
        alert.known_at,
        alert.value,
        alert.threshold,
        alert.n,
        alert.reason,
        alert.fired_at,
        alert.resolved_at,
        alert.owner,
        int(alert.replay),
        alert.expected,
        alert.tuned_to,
        alert.maintenance_until,
        alert.maintenance,
        alert.times_fired,
        alert.late_calls,
        alert.abandoned,
        encode(alert.free_agents).decode(),
        alert.topic,
        alert.area,
        list(alert.queues),
        alert.held_at,
        int(alert.doubtful),
        int(alert.calm),
        alert.not_evaluated,
        alert.minutes,
    )


def command_row(command: AlertCommand) -> Row:
    """Empty, NULL or 0, where a command has no such field."""
    return (
        command.at // SECOND,
        command.at,
        command.__struct_config__.tag,
        command.who,
        getattr(command, "alert_id", ""),
        getattr(command, "mute_id", ""),
        getattr(command, "rule", ""),
        getattr(command, "queue", ""),
        getattr(command, "until", 0),
        command.note,
        getattr(command, "link_of", None),
        getattr(command, "owner", ""),
        getattr(command, "step", None),
        list(getattr(command, "told", ())),
    )


def quarantine_row(record: Quarantined) -> Row:
    return (
        record.origin,
        record.position,
        record.known_at // SECOND,
        record.known_at,
        record.reason,
        record.detail,
        record.original,
        record.original_key,
        record.source,
    )


def handled_row(record: Quarantined, handled: Handled) -> Row:
    return (
        record.origin,
        record.position,
        record.reason,
        handled.at // SECOND,
        handled.at,
        handled.what,
        handled.note,
        handled.sent_as,
    )


def delivery_row(delivery: Delivery) -> Row:
    """`body` holds all of it."""
    return (
        delivery.delivery_id,
        delivery.revision,
        delivery.began_at // SECOND,
        delivery.began_at,
        delivery.at,
        delivery.state,
        delivery.platform,
        delivery.source,
        delivery.feed,
        int(delivery.replay),
        delivery.counts.legs,
        encode(delivery).decode(),
    )


def withdrawal_row(withdrawal: Withdrawal, known_at: int) -> Row:
    return (
        withdrawal.delivery_id,
        withdrawal.at // SECOND,
        withdrawal.at,
        known_at,
        withdrawal.gone,
        withdrawal.restored,
        withdrawal.note,
    )


def event_row(event: CallEvent, topic_partition: str, offset: int, appended_at: int) -> Row:
    """`body` is our own encoding, without unknown fields: these may contain phone numbers."""
    queue, leg_id = (event.queue, event.leg_id) if isinstance(event, LegEvent) else ("", "")
    return (
        topic_partition,
        offset,
        appended_at // SECOND,
        appended_at,
        event.__struct_config__.tag,
        queue,
        leg_id,
        event.event_id,
        event.at,
        event.source,
        event.feed,
        encode(event).decode(),
    )


def check_ranges(table: str, rows: Sequence[Row]) -> None:
    """RefusedError when a number does not fit its column: chDB would wrap it without an error."""
    _check(table, lambda index: list(map(itemgetter(index), rows)))


def check_columns(table: str, columns: Columns) -> None:
    """The same of columns."""
    _check(table, columns.__getitem__)


def _check(table: str, values_of: Callable[[int], Sequence[Any]]) -> None:
    for index, name, fits in _CHECKS[table]:
        try:
            fits(values_of(index))
        except (OverflowError, TypeError) as error:
            raise RefusedError(f"{table}.{name}: {error}") from None


def _seconds(values: Sequence[Any]) -> None:
    array("I", values)


def _unsigned(values: Sequence[Any]) -> None:
    array("Q", values)


def _signed(values: Sequence[Any]) -> None:
    array("q", [value for value in values if value is not None])


def _checks(columns: Sequence[str]) -> list[tuple[int, str, Callable[[Sequence[Any]], None]]]:
    checks: list[tuple[int, str, Callable[[Sequence[Any]], None]]] = []
    for index, name in enumerate(columns):
        if name in _SECONDS:
            checks.append((index, name, _seconds))
        elif name == "version":
            checks.append((index, name, _unsigned))
        elif name in _PLAIN_INTEGERS or name.endswith("_ms"):
            checks.append((index, name, _signed))
    return checks


_CHECKS = {table: _checks(columns) for table, columns in TABLES.items()}
