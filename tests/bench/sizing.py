"""What a queue, a call and an event cost: memory, processor and bytes of the core alone. Needs no server, takes seconds.

The text of docs/sizing.md stands on these; what a worker, Kafka and the archive need besides is measured by the other parts.
"""

import gc
import time
import tracemalloc
from collections.abc import Iterator, Sequence

from msgspec import Struct

from schemas.calls import Event
from schemas.codec import encode
from schemas.millis import MINUTE, SECOND
from streams.core.calls_unit import CallsUnit
from streams.core.roster import Roster
from streams.core.unit import Record
from tests.bench.part import Bench, Part
from tests.support.builders import call, clock, mark, published, targets

_QUEUES, _CALLS = 200, 10_000
_BEGIN = clock("09:00")
_CHECKPOINT_EVERY = 500  # records


class Sizes(Struct, frozen=True):
    """Of one partition of `calls`."""

    cpu_us_event: float  # applied, with its share of ticks, minute rows and checkpoints
    queue_kb: float  # memory of a configured queue that had a call
    waiting_kb: float  # memory of a call that waits
    ended_kb: float  # memory of one that ended within the hour
    event_bytes: float  # a record of topic `calls`
    leg_bytes: float  # all versions of one call in topic `legs`
    state_bytes: float  # all versions of pieces in topic `state`, a call
    minute_bytes: float  # a row of topic `minutes`


def measure() -> Sizes:
    events = list(_day())
    unit, started = _unit(), time.process_time()
    written: dict[str, int] = {"state": 0}
    minutes = 0
    for first in range(0, len(events), _CHECKPOINT_EVERY):
        unit.apply(_records(events[first : first + _CHECKPOINT_EVERY], first))
        checkpoint = unit.checkpoint()
        if checkpoint is None:
            continue
        written["state"] += sum(len(key) + len(value or b"") for key, value in checkpoint.pieces)
        for output in checkpoint.outputs:
            written[output.topic] = written.get(output.topic, 0) + len(output.value)
            minutes += output.topic == "minutes"
    took_s = time.process_time() - started
    queues = [call("queued", f"one{n}", _BEGIN, _name(n)) for n in range(_QUEUES)]
    waiting = [call("queued", f"waits{n}", _BEGIN, _name(n % _QUEUES)) for n in range(_CALLS)]
    ended = [
        each
        for n in range(_CALLS)
        for each in (
            call("queued", f"waits{n}", _BEGIN, _name(n % _QUEUES)),
            call("abandoned", f"waits{n}", _BEGIN + 30 * SECOND, _name(n % _QUEUES)),
        )
    ]
    of_queues = _held_kb(queues)
    return Sizes(
        cpu_us_event=took_s / len(events) * 1e6,
        queue_kb=of_queues / _QUEUES,
        waiting_kb=(_held_kb([*queues, *waiting]) - of_queues) / _CALLS,
        ended_kb=(_held_kb([*queues, *ended]) - of_queues) / _CALLS,
        event_bytes=sum(len(encode(each)) for each in events) / len(events),
        leg_bytes=written["legs"] / _CALLS,
        state_bytes=written["state"] / _CALLS,
        minute_bytes=written["minutes"] / minutes,
    )


def _day() -> Iterator[Event]:
    """An hour: a call of three events each, a tick each five seconds."""
    told: list[tuple[int, Event]] = []
    for n in range(_CALLS):
        at, queue, leg = _BEGIN + n * 60 * MINUTE // _CALLS, _name(n % _QUEUES), f"leg{n}"
        told.append((at, call("queued", leg, at, queue)))
        told.append((at + 15 * SECOND, call("answered", leg, at + 15 * SECOND, queue)))
        told.append((at + 4 * MINUTE, call("ended", leg, at + 4 * MINUTE, queue)))
    last = max(at for at, _ in told)
    told += [(at, mark("tick", at)) for at in range(_BEGIN, last + 5 * SECOND, 5 * SECOND)]
    for _, event in sorted(told, key=lambda each: each[0]):
        yield event


def _held_kb(events: Sequence[Event]) -> float:
    """Memory of a unit that was told these, and wrote them."""
    records = _records(events, 0)
    gc.collect()
    tracemalloc.start()
    unit = _unit()
    for first in range(0, len(records), _CHECKPOINT_EVERY):
        unit.apply(records[first : first + _CHECKPOINT_EVERY])
        unit.checkpoint()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(unit.monitors) == _QUEUES
    return held / 1024


def _unit() -> CallsUnit:
    unit = CallsUnit(0, 1, Roster())
    unit.set_targets([published(*(targets(_name(n)) for n in range(_QUEUES)))])
    unit.start(0)
    return unit


def _name(number: int) -> str:
    return f"queue{number}"


def _records(events: Sequence[Event], first: int) -> list[Record]:
    return [
        Record(first + place, each.at, b"queue", encode(each)) for place, each in enumerate(events)
    ]


def figures(found: Sizes) -> dict[str, dict[str, float]]:
    return {"sizing": {name: round(getattr(found, name), 2) for name in Sizes.__struct_fields__}}


def rows(found: Sizes) -> list[tuple[str, str, str]]:
    return [
        ("sizing, an event", f"{found.cpu_us_event:.0f} µs", "of CPU in the core, minute rows of all queues included, no alert rules"),
        ("sizing, a queue", f"{found.queue_kb:.0f} kB", "of memory"),
        ("sizing, a caller who waits", f"{found.waiting_kb:.1f} kB", "of memory"),
        ("sizing, a call of the last hour", f"{found.ended_kb:.1f} kB", "of memory, until its legs are forgotten"),
        ("sizing, calls", f"{found.event_bytes:.0f} B", "a record, before compression"),
        ("sizing, legs", f"{found.leg_bytes:.0f} B", "a call, all versions"),
        ("sizing, state", f"{found.state_bytes:.0f} B", "a call, all versions before compaction"),
        ("sizing, minutes", f"{found.minute_bytes:.0f} B", "a row"),
    ]  # fmt: skip


def _in(bench: Bench) -> None:
    found = measure()
    bench.take(figures(found), rows(found))


PART = Part("sizing", _in)
