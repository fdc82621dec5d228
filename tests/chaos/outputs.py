"""What was written, read back, and what a single unit makes of the same log without a disturbance."""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec.structs import replace

from schemas.alerts import Alert
from schemas.calls import Event
from schemas.codec import UndecodableError, decode_as, decode_call
from schemas.identity import leg_key
from schemas.legs import LegRow
from schemas.minutes import MinuteRow
from schemas.topics import topic_name
from streams.admin.broker import consumer, partitions_of, read_whole, walk
from streams.admin.targets import read_versions
from streams.core.calls_unit import CallsUnit
from streams.core.roster import Roster
from streams.core.unit import Record
from tests.chaos.ledger import Ledger
from tests.chaos.system import System
from tests.support.story import Outputs

Newest = dict[Any, Any]
_KINDS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "legs": (LegRow, lambda row: (row.queue, leg_key(row.leg_id, row.source, row.key_at))),
    "minutes": (MinuteRow, lambda row: (row.queue, row.at)),
    "alerts": (Alert, lambda row: row.alert_id),
}


def compare(name: str, found: Newest, expected: Newest) -> None:
    assert found.keys() == expected.keys(), name
    wrong = [(found[key], expected[key]) for key in found if found[key] != expected[key]]
    assert not wrong, f"{len(wrong)} {name}, (written, expected): {wrong[:2]}"


def written(system: System, ledger: Ledger) -> dict[str, Newest]:
    """The newest record of each leg, minute and alert in the topics; none was written twice."""
    mine = set(ledger.queues)
    return {
        name: {
            row_key: _as_of_the_calls(row)
            for row_key, row in newest(
                (row for row in decoded(system, name, kind) if row.queue in mine), key
            ).items()
        }
        for name, (kind, key) in _KINDS.items()
    }


def replayed(
    system: System,
    ledger: Ledger,
    quarantined: AbstractSet[tuple[str, int]],
    *,
    live_only: bool = False,
) -> dict[str, Newest]:
    """The same by a unit that reads the log in one go, undisturbed.

    What a bug set aside is left out: to the state it must be as if it had never come. `live_only`
    leaves out the history feed, as if there had been no back-fill.
    """
    outputs = Outputs()
    versions = read_versions(system.bootstrap, system.namespace)
    for partition, records in input_log(system, "calls").items():
        unit = CallsUnit(partition, system.epoch, Roster())
        unit.set_targets(versions)
        unit.start(0)
        for record in records:
            if (f"calls-{partition}", record.offset) in quarantined or (
                live_only and (event := event_of(record)) is not None and event.feed == "history"
            ):
                continue
            unit.apply([record])
        outputs.take(unit)
    mine = set(ledger.queues)
    return {
        name: {key: row for key, row in rows.items() if row.queue in mine}
        for name, rows in (
            ("legs", outputs.legs), ("minutes", outputs.minutes), ("alerts", outputs.alerts),
        )
    }  # fmt: skip


def _as_of_the_calls(row: Any) -> Any:
    """Without the agents who were seen: they come from another topic, sooner or later."""
    return row if isinstance(row, LegRow) else replace(row, agents={})


def input_log(system: System, topic: str) -> dict[int, list[Record]]:
    """An input by partition, with the broker's times."""
    found: dict[int, list[Record]] = {}
    with consumer(system.bootstrap) as client:
        for tp, r in walk(client, partitions_of(client, topic_name(topic, system.namespace))):
            found.setdefault(tp.partition, []).append(Record(r.offset, r.timestamp, r.key, r.value))
    return found


def event_of(record: Record) -> Event | None:
    try:
        return decode_call(record.value or b"")
    except UndecodableError:
        return None


def decoded(system: System, topic: str, kind: Any) -> Iterator[Any]:
    for record in read_whole(system.bootstrap, topic_name(topic, system.namespace)):
        if record.value is not None:
            yield decode_as(kind, record.value)


def newest(rows: Iterable[Any], key: Callable[[Any], Any]) -> Newest:
    """The newest row by key; fails where one version of it was written twice."""
    seen = set()
    found: Newest = {}
    for row in rows:
        version = (key(row), row.version)
        assert version not in seen, f"written twice: {version}"
        seen.add(version)
        if key(row) not in found or row.version > found[key(row)].version:
            found[key(row)] = row
    return found
