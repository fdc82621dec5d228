"""`queuewatch stream` on a backlog: how fast, at what price, and whether its outputs are exact."""

import json
import time
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct
from prometheus_client.parser import text_string_to_metric_families

from schemas.codec import decode_as
from schemas.legs import LegRow
from schemas.millis import MINUTE
from schemas.minutes import MinuteRow
from schemas.topics import topic_name
from streams.admin.broker import consumer, partitions_of, read_whole
from tests.bench.kinds import KINDS
from tests.bench.processes import cpu_s, peak_memory_mb
from tests.support.line import Line
from tests.support.recount import Recorded, recount
from tests.support.services import get

LOOK_EVERY_S = 0.1  # fifty questions a second would cost the worker a twentieth of its time
_WITHIN_S = 600.0
_ENDS = ("answered", "abandoned", "exited", "transferred", "callback", "dropped", "ghost")
_COUNTERS = (
    "offered", *_ENDS, "answered_in_target", "abandoned_in_target", "short_abandoned", "rejected",
)  # fmt: skip
_SHOWN = 10
INPUTS = tuple(KINDS)

Key = tuple[str, str]  # (queue, counter)


class Backlog(Struct):
    """Times run from the first look at which something was committed to the last commit.

    `share` of all records, marks included, were counted in that time. `whole_cpu_s` is of the process since its start.
    """

    records: int
    share: float
    took_s: float
    cpu_s: float
    whole_cpu_s: float
    peak_memory_mb: float


def run(line: Line) -> Backlog:
    """Return when the worker, which has just become ready, has committed all that the topics hold."""
    wanted, deadline, pid = records(line), time.monotonic() + _WITHIN_S, _pid(line)
    while not (before := positions(line)):
        line.stream.ensure_running()
        time.sleep(LOOK_EVERY_S)
    began, cpu_before = time.perf_counter(), cpu_s(pid)
    while (now := positions(line)) < wanted:
        line.stream.ensure_running()
        if time.monotonic() > deadline:
            raise TimeoutError(f"{now:,} of {wanted:,} records after {_WITHIN_S:g} s")
        time.sleep(LOOK_EVERY_S)
    took_s = max(time.perf_counter() - began, LOOK_EVERY_S)
    whole_s = cpu_s(pid)
    share = (wanted - before) / wanted
    return Backlog(
        wanted - before, share, took_s, whole_s - cpu_before, whole_s, peak_memory_mb(pid)
    )


def records(line: Line) -> int:
    """How many records the inputs hold, marks included."""
    with consumer(line.bootstrap) as client:
        names = [topic_name(name, line.namespace) for name in INPUTS]
        ends = client.end_offsets([tp for name in names for tp in partitions_of(client, name)])
    return int(sum(ends.values()))


def differences(line: Line, legs: list[Recorded]) -> list[str]:
    """Ledger against legs, minutes and committed totals, to the integer; empty when all agree."""
    by_queue: dict[str, list[Recorded]] = {}
    for leg in legs:
        by_queue.setdefault(leg.queue, []).append(leg)
    expected = {
        (queue, name): count
        for queue, found in by_queue.items()
        for name in _COUNTERS
        if (count := recount(found, 0, 2**62)[name])
    }
    return [
        *_compared("legs", expected, _counted_legs(line)),
        *_compared("totals", expected, _totals(line)),
        *_compared("minutes", *_minutes(line, legs)),
        *(f"books: {queue}: {n:g}" for queue, n in
          line.figures("callcentre_unexplained_legs", "queue").items() if n),
        *(f"quarantine: {topic}: {n:g}" for topic, n in
          line.figures("queuewatch_quarantined_total", "topic").items() if n),
    ]  # fmt: skip


def _compared(what: str, expected: dict[Key, int], found: dict[Key, int]) -> Iterator[str]:
    wrong = [key for key in expected | found if expected.get(key, 0) != found.get(key, 0)]
    for key in wrong[:_SHOWN]:
        yield f"{what}: {' '.join(key)}: expected {expected.get(key, 0)}, got {found.get(key, 0)}"
    if len(wrong) > _SHOWN:
        yield f"{what}: {len(wrong) - _SHOWN} more"


def _counted_legs(line: Line) -> dict[Key, int]:
    """The newest version of each leg in topic `legs`, by the flags that the stream gave it."""
    newest: dict[tuple[str, str], LegRow] = {}
    for record in read_whole(line.bootstrap, topic_name("legs", line.namespace)):
        row = decode_as(LegRow, record.value or b"")
        former = newest.get((row.queue, row.leg_id))
        if former is None or row.version > former.version:
            newest[row.queue, row.leg_id] = row
    counts: Counter[Key] = Counter()
    for row in newest.values():
        if row.direction != "inbound" or row.out_of_hours:
            continue
        names = {"offered": row.outcome != "rejected", row.outcome: row.outcome != "open"}
        names["answered_in_target"] = row.outcome == "answered" and row.in_target
        names["abandoned_in_target"] = row.outcome == "abandoned" and row.in_target
        names["short_abandoned"] = row.outcome == "abandoned" and row.short
        counts.update((row.queue, name) for name, counted in names.items() if counted)
    return dict(counts)


def _totals(line: Line) -> dict[Key, int]:
    """What `/metrics` says: what happened less what was taken back."""
    names = {f"callcentre_legs_{name}_total": (name, 1) for name in _COUNTERS}
    names |= {f"callcentre_legs_{name}_reversed_total": (name, -1) for name in _COUNTERS}
    text = (get(line.metrics_url, 60) or b"").decode()
    found: Counter[Key] = Counter()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name in names:
                name, sign = names[sample.name]
                found[sample.labels["queue"], name] += sign * int(sample.value)
    return dict(found)


def _minutes(line: Line, legs: list[Recorded]) -> tuple[dict[Key, int], dict[Key, int]]:
    """The one-minute windows of the newest minute rows, up to the last minute that was cut."""
    newest: dict[tuple[str, int], MinuteRow] = {}
    for record in read_whole(line.bootstrap, topic_name("minutes", line.namespace)):
        row = decode_as(MinuteRow, record.value or b"")
        former = newest.get((row.queue, row.at))
        if former is None or row.version > former.version:
            newest[row.queue, row.at] = row
    last = max((at for _, at in newest), default=0)
    found: Counter[Key] = Counter()
    for (queue, at), row in newest.items():
        counts = row.windows.get(1)
        for name in ("offered", *_ENDS):
            found[queue, f"{name} before {at}"] += getattr(counts, name) if counts else 0
    expected: Counter[Key] = Counter()
    for leg in legs:
        if leg.outcome == "rejected":
            continue
        for name, moment in (("offered", leg.arrived_at), (leg.outcome, leg.left_at)):
            end = (moment // MINUTE + 1) * MINUTE if moment is not None else last + 1
            if end <= last:
                expected[leg.queue, f"{name} before {end}"] += 1
    return dict(expected), dict(found)


def positions(line: Line) -> int:
    """Records of the inputs that are counted and committed; 0 while the worker is not ready.

    What the worker tells itself by topic `reports` is none of them: with it a backlog would seem to be done too early.
    """
    health = get(line.metrics_url.replace("/metrics", "/healthz"))
    found: dict[str, int] = json.loads(health)["positions"] if health else {}
    return sum(at for label, at in found.items() if label.rpartition("-")[0] in INPUTS)


def _pid(line: Line) -> int:
    process = line.stream._process
    assert process is not None
    return process.pid
