"""The judge of all: whatever happened, the final figures are those of the ledger.

Books on /metrics, the archive leg by leg, committed outputs without a repetition, outputs as a
single undisturbed unit makes them of the same log, quarantine, and a fresh call that gets through.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from schemas.alerts import Alert
from schemas.calls import Event
from schemas.codec import UndecodableError, decode_as, decode_call
from schemas.legs import LegRow
from schemas.minutes import MinuteRow
from schemas.quarantine import Quarantined
from schemas.topics import topic_name
from streams.admin.broker import consumer, partitions_of, read_whole, walk
from streams.admin.targets import read_versions
from streams.core.calls_unit import CallsUnit
from streams.core.roster import Roster
from streams.core.unit import Record
from tests.chaos.ledger import Ledger
from tests.chaos.system import System
from tests.support.recount import BASE, Recorded, recount
from tests.support.story import Outputs

_BOOKS = (
    "offered", *BASE, "rejected", "answered_in_target", "abandoned_in_target", "short_abandoned",
)  # fmt: skip
Newest = dict[Any, Any]
_EVER = (-(2**62), 2**62)
_OF_A_QUEUE = re.compile(r'^(callcentre_\w+)\{queue="([^"]*)"\} (\S+)$', re.MULTILINE)
_ARCHIVED = (
    "leg_id", "queue", "outcome", "arrived_at_ms", "left_at_ms", "ended_at_ms", "wrap_ended_at_ms",
    "wait_ms", "in_target", "short",
)  # fmt: skip


def judge(system: System, ledger: Ledger, *, history: Ledger | None = None) -> None:
    """Everything must be as the ledger says; `history` is what a back-fill told besides."""
    system.ready()
    system.send(ledger.fresh_call())
    system.drained()
    check_books(system, ledger)
    _check_archive(system, [*ledger.legs.values(), *(history.legs.values() if history else ())])
    quarantined = _check_quarantine(system, ledger)
    _check_outputs(system, ledger, quarantined)


def check_books(system: System, ledger: Ledger) -> None:
    """Totals are as of the last checkpoint: it may be under way still."""
    expected = {queue: _books(ledger, queue) for queue in ledger.queues}

    def wrong() -> dict[str, dict[str, int]]:
        return {
            queue: found
            for queue, found in books_shown(system, ledger.queues).items()
            if found != expected[queue]
        }

    def shown() -> bool:
        return len(books_shown(system, ledger.queues)) == len(expected) and not wrong()

    try:
        system.until(shown, "the books on /metrics are those of the ledger", within_s=20)
    except AssertionError:
        shows = books_shown(system, ledger.queues)
        raise AssertionError(f"/metrics shows {shows}, the ledger says {expected}") from None


def books_shown(system: System, queues: Iterable[str]) -> dict[str, dict[str, int]]:
    """Totals less what was taken back, and who waits, by queue; one worker shows each queue."""
    wanted = set(queues)
    found: dict[str, dict[str, int]] = {}
    for worker in system.workers:
        mine = figures(worker.get("/metrics", 30) or "", wanted)
        assert not mine.keys() & found.keys(), "two workers show the same queue"
        found |= mine
    return found


def figures(text: str, queues: set[str]) -> dict[str, dict[str, int]]:
    """The same of one page of /metrics."""
    samples: dict[tuple[str, str], float] = {}
    for name, queue, value in _OF_A_QUEUE.findall(text):
        if queue in queues:
            samples[name, queue] = float(value)
    return {queue: _queue_figures(samples, queue) for queue in {name for _, name in samples}}


def _queue_figures(samples: dict[tuple[str, str], float], queue: str) -> dict[str, int]:
    def value(name: str) -> int:
        return int(samples.get((name, queue), -(10**9)))  # what is missing must not look right

    return {
        **{
            name: value(f"callcentre_legs_{name}_total")
            - value(f"callcentre_legs_{name}_reversed_total")
            for name in _BOOKS
        },
        "waiting": value("callcentre_queue_waiting_callers"),
        "unexplained": value("callcentre_unexplained_legs"),
    }


def _books(ledger: Ledger, queue: str) -> dict[str, int]:
    found = recount([leg for leg in ledger.legs.values() if leg.queue == queue], *_EVER)
    return {
        **{name: found[name] for name in _BOOKS},
        "waiting": found["open"],
        "unexplained": 0,
    }


def _check_archive(system: System, legs: list[Recorded]) -> None:
    expected = {leg.leg_id: _archived(leg) for leg in legs}
    queues = ", ".join(f"'{queue}'" for queue in {leg.queue for leg in legs})
    sql = f"SELECT {', '.join(_ARCHIVED)} FROM legs FINAL WHERE queue IN ({queues})"
    with system.reader() as database:
        rows = [tuple(row) for row in database.execute(sql).rows]
    assert Counter(row[0] for row in rows).most_common(1)[0][1] == 1, "a leg stands there twice"
    found = {str(row[0]): row[1:] for row in rows}
    assert found.keys() == expected.keys()
    wrong = {leg: (found[leg], row) for leg, row in expected.items() if found[leg] != row}
    assert not wrong, f"{len(wrong)} legs, (archived, expected): {list(wrong.items())[:3]}"


def _archived(leg: Recorded) -> tuple[Any, ...]:
    wait = None if leg.left_at is None else leg.left_at - leg.arrived_at
    if leg.outcome == "rejected":
        wait = None
    assert leg.target_ms is not None
    assert leg.short_ms is not None
    return (
        leg.queue, leg.outcome, leg.arrived_at, leg.left_at, leg.ended_at, leg.wrap_ended_at, wait,
        int(wait is not None and wait <= leg.target_ms),
        int(wait is not None and wait < leg.short_ms),
    )  # fmt: skip


def _check_quarantine(system: System, ledger: Ledger) -> set[tuple[str, int]]:
    """Exactly what is expected was set aside, once each; returns where those records stand."""
    mine = set(ledger.queues)
    rows = [
        row for row in _decoded(system, "quarantine", Quarantined) if row.original_key in mine
    ]  # fmt: skip
    assert Counter(row.reason for row in rows) == Counter(ledger.quarantined)
    places = {(row.origin, row.position) for row in rows}
    assert len(places) == len(rows), "a record was set aside twice"
    return places


def _check_outputs(
    system: System, ledger: Ledger, quarantined: AbstractSet[tuple[str, int]]
) -> None:
    """No (key, version) twice; and the newest of each as one unit makes it without a disturbance."""
    found, expected = written(system, ledger), replayed(system, ledger, quarantined)
    for name in found:
        compare(name, found[name], expected[name])


def compare(name: str, found: Newest, expected: Newest) -> None:
    assert found.keys() == expected.keys(), name
    wrong = [(found[key], expected[key]) for key in found if found[key] != expected[key]]
    assert not wrong, f"{len(wrong)} {name}, (written, expected): {wrong[:2]}"


def written(system: System, ledger: Ledger) -> dict[str, Newest]:
    """The newest record of each leg, minute and alert in the topics; none was written twice."""
    return {
        "legs": _newest(
            _decoded(system, "legs", LegRow), ledger, lambda row: (row.queue, row.leg_id)
        ),
        "minutes": _newest(
            _decoded(system, "minutes", MinuteRow), ledger, lambda row: (row.queue, row.at)
        ),
        "alerts": _newest(_decoded(system, "alerts", Alert), ledger, lambda row: row.alert_id),
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
    for partition, records in input_log(system).items():
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
        "legs": {key: row for key, row in outputs.legs.items() if row.queue in mine},
        "minutes": {key: row for key, row in outputs.minutes.items() if row.queue in mine},
        "alerts": {key: row for key, row in outputs.alerts.items() if row.queue in mine},
    }


def input_log(system: System) -> dict[int, list[Record]]:
    """Topic `calls` by partition, with the broker's times."""
    found: dict[int, list[Record]] = {}
    with consumer(system.bootstrap) as client:
        for tp, r in walk(client, partitions_of(client, topic_name("calls", system.namespace))):
            found.setdefault(tp.partition, []).append(Record(r.offset, r.timestamp, r.key, r.value))
    return found


def event_of(record: Record) -> Event | None:
    try:
        return decode_call(record.value or b"")
    except UndecodableError:
        return None


def _decoded(system: System, topic: str, kind: Any) -> Iterator[Any]:
    for record in read_whole(system.bootstrap, topic_name(topic, system.namespace)):
        if record.value is not None:
            yield decode_as(kind, record.value)


def _newest(rows: Iterable[Any], ledger: Ledger, key: Callable[[Any], Any]) -> Newest:
    """By key; fails where one version of it was written twice."""
    mine, seen = set(ledger.queues), set()
    newest: Newest = {}
    for row in rows:
        if row.queue not in mine:
            continue
        version = (key(row), row.version)
        assert version not in seen, f"written twice: {version}"
        seen.add(version)
        if key(row) not in newest or row.version > newest[key(row)].version:
            newest[key(row)] = row
    return newest
