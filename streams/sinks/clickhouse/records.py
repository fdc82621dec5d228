"""What each topic's records become: decoded, told apart from marks and tombstones, and made rows."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from schemas.agents import Spell
from schemas.alerts import Alert
from schemas.calls import Tick
from schemas.codec import UndecodableError, decode_call
from schemas.legs import LegRow
from schemas.minutes import MinuteRow
from schemas.quarantine import Quarantined
from schemas.targets import TargetsVersion
from schemas.topics import EPOCH_KEY
from streams.sinks.clickhouse import rows
from streams.sinks.clickhouse.database import Row

UNDECODABLE = "undecodable"  # `type` of an event of which only its place is kept


class Source(NamedTuple):
    """One record and its place; `topic` without the namespace."""

    topic: str
    partition: int
    offset: int
    appended_at: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()

    @property
    def topic_partition(self) -> str:
        return f"{self.topic}-{self.partition}"


Placed = tuple[str, Row]  # (table, row)

_legs = msgspec.json.Decoder(LegRow)
_spells = msgspec.json.Decoder(Spell)
_minutes = msgspec.json.Decoder(MinuteRow)
_alerts = msgspec.json.Decoder(Alert)
_quarantine = msgspec.json.Decoder(Quarantined)
_targets = msgspec.json.Decoder(TargetsVersion)


def placed_rows(source: Source) -> list[Placed]:
    """The rows of one record; UndecodableError when it is not what its topic holds."""
    if source.value is None:  # a tombstone of a compacted topic
        return []
    try:
        return _PLACED[source.topic](source, source.value)
    except msgspec.DecodeError as error:
        raise UndecodableError("wrong_type", str(error)) from None
    except UnicodeDecodeError as error:
        raise UndecodableError("not_json", str(error)) from None
    except RecursionError:
        raise UndecodableError("not_json", "nested too deeply") from None


def _events(source: Source, value: bytes) -> list[Placed]:
    """Every event but ticks, which are one a second, source and partition, and say only the time."""
    place = source.topic_partition
    try:
        event = decode_call(value)
    except UndecodableError:
        # The stream sets it aside with its reason. Its bytes may hold numbers in clear: not kept.
        appended_at = source.appended_at
        seconds = appended_at // 1000
        return [("events", (
            place, source.offset, seconds, appended_at, UNDECODABLE, "", "", "", 0, "", "", "",
        ))]  # fmt: skip
    if isinstance(event, Tick):
        return []
    return [("events", rows.event_row(event, place, source.offset, source.appended_at))]


def _of_legs(_: Source, value: bytes) -> list[Placed]:
    # `legs` takes them from there by itself (migration 0002).
    return [("leg_versions", rows.leg_row(_legs.decode(value)))]


def _of_targets(source: Source, value: bytes) -> list[Placed]:
    if source.key == EPOCH_KEY:
        return []
    return [("targets", row) for row in rows.target_rows(_targets.decode(value))]


def _of_quarantine(_: Source, value: bytes) -> list[Placed]:
    record = _quarantine.decode(value)
    if record.handled is not None:  # the entry itself stands there already
        return [("quarantine_handled", rows.handled_row(record, record.handled))]
    return [("quarantine", rows.quarantine_row(record))]


def _of_minutes(_: Source, value: bytes) -> list[Placed]:
    return [("minutes", row) for row in rows.minute_rows(_minutes.decode(value))]


_PLACED: dict[str, Callable[[Source, bytes], list[Any]]] = {
    "calls": _events,
    "legs": _of_legs,
    "spells": lambda _, value: [("spells", rows.spell_row(_spells.decode(value)))],
    "minutes": _of_minutes,
    "alerts": lambda _, value: [("alerts", rows.alert_row(_alerts.decode(value)))],
    "quarantine": _of_quarantine,
    "targets": _of_targets,
}
TOPICS: tuple[str, ...] = tuple(_PLACED)
