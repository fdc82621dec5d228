"""A partition under every fault at once, against a naive recount of its log (tests.support.naive_floor) and two twins:
a worker that never died, and one that died after every record.

Three queues, two platforms with clocks of their own; facts late, doubled and in any order; ticks,
restarts and snapshots of the platforms; back-fill beside live calls; targets that change; records
that cannot be counted; and a worker that dies at any moment, before or after its transaction.
`pytest tests/property --hypothesis-profile=deep` looks longer.
"""

from dataclasses import dataclass
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from schemas.calls import Event
from schemas.codec import decode_as, encode
from schemas.counters import COUNTERS, Counts
from schemas.legs import LegRow
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.minutes import MinuteRow
from schemas.snapshots import QueueTotals
from schemas.targets import TargetsVersion
from schemas.topics import offset_of
from streams.core.calls_unit import CallsUnit
from streams.core.roster import Roster
from streams.core.unit import Record
from streams.core.windows import floor_step
from tests.support.builders import MONDAY, call, mark, published, targets
from tests.support.naive_floor import Belief, Naive, Promise, counts, line
from tests.support.ruled import abandonment, oldest_wait, ruled
from tests.support.story import Outputs
from tests.support.unexplained import unexplained_by_queue

START = MONDAY + 18 * HOUR  # half an hour before midnight in Kolkata
MIDNIGHT = MONDAY + 18 * HOUR + 30 * MINUTE
ALPHA, BETA, GAMMA = QUEUES = ("alpha", "beta", "gamma")
SOURCES = ("north", "south")
EVENING = 90 * MINUTE  # nobody waits for two hours before it is over

ALERTS: dict[str, Any] = {
    "alerts": ruled(
        oldest_wait(20 * SECOND, 10 * SECOND, hold_ms=10 * SECOND, clear_hold_ms=10 * SECOND),
        abandonment(0.3, 0.2, minimum=2),
    ),
}
# Events happen at even milliseconds, restarts and snapshots at odd ones: one instant has no order.
PAUSES = st.sampled_from([2, 1_000, 4_998, 5_000, 20_000, 20_002, 31_000, MINUTE]) | st.integers(
    1, 10 * 30
).map(lambda n: n * 2 * SECOND)
WHICH = st.integers(0, 10_000)
NEXT = {
    "waiting": ("offer_missed", "offered", "answered", "answered", "abandoned", "exited", "transferred",
                "callback_requested", "dropped", "queued", "ended"),
    "talking": ("ended", "ended", "answered", "offer_missed", "held"),
    "ended": ("wrap_started", "wrap_ended", "disposition"),
    "gone": ("resumed", "abandoned"),
}  # fmt: skip
AFTER = {"answered": "talking", "ended": "ended", "resumed": "waiting"} | dict.fromkeys(
    ("abandoned", "exited", "transferred", "callback_requested", "dropped"), "gone"
)


@dataclass
class Caller:
    """What really happens to one leg; what is told of it is another matter."""

    leg: str
    queue: str
    source: str
    arrived_at: int
    channel: str
    stage: str = "waiting"
    is_inexact: bool = False  # its arrival is told in whole seconds, as a wait, or a second time


class OnceOnly(Outputs):
    """What committed transactions wrote; a version of a row is written once, or never."""

    def __init__(self) -> None:
        super().__init__()
        self.written: set[tuple[str, str, str | int, int]] = set()
        self.cuts: list[MinuteRow] = []

    def _keep(self, topic: str, value: bytes) -> None:
        if topic == "legs":
            leg = decode_as(LegRow, value)
            self._note(topic, leg.queue, leg.leg_id, leg.version)
        elif topic == "minutes":
            cut = decode_as(MinuteRow, value)
            self._note(topic, cut.queue, cut.at, cut.version)
            self.cuts.append(cut)
        super()._keep(topic, value)

    def _note(self, topic: str, queue: str, name: str | int, version: int) -> None:
        assert (topic, queue, name, version) not in self.written
        self.written.add((topic, queue, name, version))


class FaultyFloor(RuleBasedStateMachine):
    """The unit under test, the log that it reads, and the people who call."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.skew = dict.fromkeys(SOURCES, 0)
        self.log: list[tuple[Record, Event | None]] = []
        self.versions: list[tuple[int, TargetsVersion]] = []  # with the offset at which each came
        self.promises: dict[str, list[Promise]] = {queue: [] for queue in QUEUES}
        self.callers: list[Caller] = []
        self.withheld: list[Event] = []
        self.history: dict[tuple[str, str], int] = {}  # back-filled legs, with their arrivals
        self.refused = 0
        self.naive = Naive()
        self.outputs = OnceOnly()
        self.unit = self._fresh()

    @initialize(skew=st.integers(-2_000, 2_000))
    def open_the_floor(self, skew: int) -> None:
        self.skew["south"] = 2 * skew
        self._publish(0, {ALPHA: (20_000, 5_000), BETA: (30_000, 0)})

    # ---- the platforms -----------------------------------------------------------------------

    def time_passes(self, pause: int) -> None:
        if self.now - START < EVENING:
            self.now += pause

    @rule(queue=st.sampled_from(QUEUES), source=st.sampled_from(SOURCES), is_late=st.booleans(),
          is_refused=st.integers(0, 9).map(lambda n: n == 0),
          channel=st.sampled_from(["voice", "voice", "callback"]), position=st.integers(0, 3))  # fmt: skip
    def somebody_calls(
        self,
        queue: str,
        source: str,
        is_late: bool,
        is_refused: bool,
        channel: str,
        position: int = 0,
    ) -> None:
        leg = f"leg{len(self.callers)}"
        caller = Caller(leg, queue, source, self._clock(source), channel)
        caller.stage = "refused" if is_refused else "waiting"
        self.callers.append(caller)
        if is_refused:
            self._fact(caller, "rejected", is_late=is_late)
        else:
            self._fact(caller, "queued", is_late=is_late, channel=caller.channel, position=position)

    @precondition(lambda self: self.callers)
    @rule(pause=PAUSES, which=WHICH, what=WHICH, is_late=st.booleans(), by_other=st.booleans(),
          told=st.booleans(), names_contact=st.booleans())  # fmt: skip
    def something_happens(
        self, pause: int, which: int, what: int, is_late: bool, by_other: bool, told: bool,
        names_contact: bool = False,
    ) -> None:  # fmt: skip
        self.time_passes(pause)
        caller = self.callers[which % len(self.callers)]
        if caller.stage == "refused":
            return
        kinds = NEXT[caller.stage]
        kind = kinds[what % len(kinds)]
        caller.stage = AFTER.get(kind, caller.stage)
        is_in_history = (caller.queue, caller.leg) in self.history  # under an exact arrival
        if kind == "queued":
            if is_in_history:
                return
            caller.is_inexact = True  # the first one may be lost
        more: dict[str, Any] = {}
        if kind in ("offer_missed", "offered", "answered"):
            more["agent"] = ("ann", "bob")[by_other]
        if told and kind in ("answered", "abandoned") and not is_in_history:
            caller.is_inexact = True
            more["wait_ms"] = max(0, self.now - caller.arrived_at) // 1_000 * 1_000
        if names_contact:
            more["contact_id"] = f"contact of {caller.leg}"
        is_of_other = by_other and kind in ("answered", "ended", "wrap_started", "wrap_ended")
        source = SOURCES[what % 2] if is_of_other else caller.source
        self._fact(caller, kind, source=source, is_late=is_late, **more)

    @precondition(lambda self: self.withheld)
    @rule(which=WHICH)
    def a_late_fact_arrives(self, which: int) -> None:
        self._say(self.withheld.pop(which % len(self.withheld)))

    @precondition(lambda self: self.withheld)
    @rule(which=WHICH)
    def a_fact_is_lost(self, which: int) -> None:
        self.withheld.pop(which % len(self.withheld))

    @precondition(lambda self: self.log)
    @rule(which=WHICH, times=st.integers(1, 2))
    def a_record_comes_again(self, which: int, times: int) -> None:
        event = self.log[which % len(self.log)][1]
        is_of_a_snapshot = event is not None and "snapshot" in str(event.__struct_config__.tag)
        for _ in range(0 if event is None or is_of_a_snapshot else times):
            assert event is not None
            self._say(event)

    @rule(pause=PAUSES, sources=st.sampled_from([*((each,) for each in SOURCES), SOURCES]))
    def time_passes_and_platforms_tick(self, pause: int, sources: tuple[str, ...]) -> None:
        self.time_passes(pause)
        for source in sources:
            self._say(mark("tick", self._clock(source), source))

    @rule(source=st.sampled_from(SOURCES), is_late=st.booleans())
    def a_platform_restarts(self, source: str, is_late: bool) -> None:
        restarted = mark("restarted", self._clock(source) + 1, source)
        if is_late:
            self.withheld.append(restarted)
        else:
            self._say(restarted)
        self.now += 2

    @precondition(lambda self: self.callers)
    @rule(source=st.sampled_from(SOURCES), named=st.sets(st.integers(0, 7)), dies=st.booleans())
    def a_platform_tells_who_waits(self, source: str, named: set[int], dies: bool) -> None:
        here = [caller for caller in self.callers if caller.source == source]
        self._say(mark("snapshot_begin", self._clock(source) + 1, source))
        self.now += 2
        for place, caller in enumerate(here):
            if place % 8 in named and caller.stage == "waiting":
                self._fact(caller, "present", is_late=False)
        if dies:  # half of the snapshot was seen by a worker that is no more
            self.the_worker_dies("after")
        self._say(mark("snapshot_end", self._clock(source) + 1, source))
        self.now += 2

    # ---- beside the live feed ----------------------------------------------------------------

    @rule(which=WHICH, queue=st.sampled_from(QUEUES), is_own=st.booleans())
    def history_is_filled_in(self, which: int, queue: str, is_own: bool) -> None:
        """A call of last week, or one that the live feed tells as well."""
        leg, source, arrived_at = f"old{which % 5}", "file", START - 7 * 24 * HOUR
        if is_own and self.callers:
            caller = self.callers[which % len(self.callers)]
            if (
                caller.stage == "refused"
                or caller.arrived_at + 10_000 > self.now
                or caller.is_inexact
            ):
                return
            leg, queue, arrived_at = caller.leg, caller.queue, caller.arrived_at
            source = caller.source
        placed = self.naive.believed(queue)
        if leg not in placed:
            self.history[queue, leg] = arrived_at
        finished = call("leg", leg, arrived_at + 10_000, queue, feed="history", source=source,
                        arrived_at=arrived_at, left_at=arrived_at + 10_000)  # fmt: skip
        self._append(encode(finished), None)

    @rule(value=st.sampled_from([b"", b"not json", b'{"type":"queued"}', b"future"]))
    def what_cannot_be_counted_arrives(self, value: bytes) -> None:
        if value == b"future":
            value = encode(call("queued", "future", self.now + 5_002, BETA))
        self._append(value, None)
        self.refused += 1

    @rule(queue=st.sampled_from(QUEUES), within=st.sampled_from([10_000, 20_000, 40_000]),
          short=st.sampled_from([0, 5_000, 10_000]))  # fmt: skip
    def targets_change(self, queue: str, within: int, short: int) -> None:
        if queue == GAMMA and not self.promises[GAMMA]:
            self.outputs.take(self.unit)  # its past is judged now, as of this offset
        valid_from = -(-(self.now + MINUTE) // MINUTE) * MINUTE
        if self.promises[ALPHA][-1][0] < valid_from:
            self._publish(valid_from, {queue: (within, short)})

    # ---- the worker --------------------------------------------------------------------------

    @rule()
    def a_transaction_commits(self) -> None:
        self.outputs.take(self.unit)

    @rule(when=st.sampled_from(["before", "within", "after"]))
    def the_worker_dies(self, when: str) -> None:
        """Before, within or just after a transaction; within one it is as if it had never been."""
        if when == "after":
            self.outputs.take(self.unit)
        if when == "within":
            self.unit.checkpoint()
        self.unit = self._fresh()
        if unread := [record for record, _ in self.log[self.unit.next_offset or 0 :]]:
            self.unit.apply(unread)

    more_happens = something_happens
    still_more_happens = something_happens

    # ---- what must hold ----------------------------------------------------------------------

    @invariant()
    def every_figure_equals_the_recount(self) -> None:
        seen = {each.queue: each for each in self.unit.snapshots(self.now)}
        assert set(seen) == set(self.naive.senders)
        for queue, snapshot in seen.items():
            legs = self.naive.believed(queue)
            assert snapshot.unexplained_legs == 0
            far = line(legs.values(), self.now + 24 * HOUR)
            assert (snapshot.waiting, snapshot.oldest_arrived_at, snapshot.in_service) == far
            as_of = self.naive.as_of(queue)
            assert snapshot.source_stale == (as_of is None)
            if as_of is not None:
                assert snapshot.as_of == as_of
            end = floor_step(snapshot.as_of) + 5 * SECOND
            boundary = self.unit.monitors[queue].legs.windows.boundary or 0
            for minutes, counted in snapshot.windows.items():
                if end >= boundary - 2 * MINUTE:
                    expected = self._counts(queue, end - minutes * MINUTE, end)
                    assert _plain(counted) == expected, (queue, minutes, _plain(counted), expected)
            day = (
                (MIDNIGHT, MIDNIGHT + 24 * HOUR) if queue == BETA else (MONDAY, MONDAY + 24 * HOUR)
            )
            if queue == BETA and snapshot.as_of < MIDNIGHT:
                day = (MIDNIGHT - 24 * HOUR, MIDNIGHT)
            assert _plain(snapshot.today or Counts()) == self._counts(queue, *day)

    def teardown(self) -> None:
        for event in self.withheld:
            self._say(event)
        self.every_figure_equals_the_recount()
        self.outputs.take(self.unit)
        assert [
            row.detail for row in self.outputs.quarantined if row.reason == "internal_error"
        ] == []
        assert len(self.outputs.quarantined) == self.refused
        self._check_archive()
        self._check_minutes()
        self._check_twins()
        self._check_ghosts()

    def _check_archive(self) -> None:
        for queue in QUEUES:
            rows = {leg: row for (q, (leg, _, _)), row in self.outputs.legs.items() if q == queue}
            believed = self.naive.believed(queue)
            assert {leg: _shown(row) for leg, row in rows.items() if row.feed == "live"} == {
                leg: _expected(each) for leg, each in believed.items()
            }
            assert {leg for leg, row in rows.items() if row.feed == "history"} == {
                leg for q, leg in self.history if q == queue and leg not in believed
            }
            totals = {each.queue: each for each in self.unit.committed_totals()}.get(queue)
            if totals is not None:
                net = {
                    name: getattr(totals.added, name) - getattr(totals.reversed, name)
                    for name in COUNTERS
                }
                assert {k: n for k, n in net.items() if n} == self._counts(queue, 0, 2 * START)

    def _check_minutes(self) -> None:
        """Each row as cut is what was known at its offset, as of its minute."""
        naive, told = Naive(), 0
        for row in sorted(self.outputs.cuts, key=lambda each: each.version):
            offset = offset_of(row.version)
            for record, event in self.log[told : offset + 1]:
                if event is not None:
                    naive.tell(event, record.timestamp)
            told = max(told, offset + 1)
            legs = naive.believed(row.queue).values()
            waiting, first, in_service = line(legs, row.at)
            oldest = row.at - first if first is not None else None
            assert (row.waiting, row.oldest_wait_ms, row.in_service) == (
                waiting,
                oldest,
                in_service,
            )
            promises = self._promises_at(row.queue, offset)
            for minutes, counted in row.windows.items():
                expected = counts(legs, promises, row.at - minutes * MINUTE, row.at)
                assert _plain(counted) == expected, (row.at, minutes)

    def _check_twins(self) -> None:
        """A worker that never died, and one that died after every record, wrote the same rows under the same versions."""
        for dies in (False, True):
            unit, written = self._twin(dies=dies)
            assert written.legs == self.outputs.legs
            assert written.minutes == self.outputs.minutes
            assert written.alerts == self.outputs.alerts
            assert _by_queue(unit) == _by_queue(self.unit)

    def _twin(self, *, dies: bool) -> tuple[CallsUnit, OnceOnly]:
        """A unit that read the same log, and what it wrote. `dies`: after a checkpoint behind every record."""
        unit, written = CallsUnit(0, 1, Roster()), OnceOnly()
        unit.start(0)
        coming: list[tuple[int, TargetsVersion]] = list(self.versions)
        told: list[TargetsVersion] = []
        for offset in range(len(self.log) + 1):
            while coming and coming[0][0] <= offset:
                told.append(coming.pop(0)[1])
                unit.set_targets(told)  # one by one, as they were published
            if offset < len(self.log):
                unit.apply([self.log[offset][0]])
            if dies:
                written.take(unit)
                unit = _fresh(told, written.pieces)
        written.take(unit)
        return unit, written

    def _check_ghosts(self) -> None:
        """Who still waits is a ghost two hours after the last sign of life."""
        waiting = {q: line(self.naive.believed(q).values(), 2 * START)[0] for q in QUEUES}
        known = {q: self._counts(q, 0, 2 * START).get("ghost", 0) for q in QUEUES}
        for pause in (4 * HOUR, 2 * MINUTE):
            self.now += pause
            for source in SOURCES:
                self._say(mark("tick", self._clock(source), source))
        self.outputs.take(self.unit)
        for totals in self.unit.committed_totals():
            ghosts = totals.added.ghost - totals.reversed.ghost
            assert ghosts == known[totals.queue] + waiting[totals.queue], (totals, known, waiting)
            assert unexplained_by_queue(self.unit)[totals.queue] == 0

    # ---- how it is done ----------------------------------------------------------------------

    def _clock(self, source: str) -> int:
        return self.now + self.skew[source]

    def _fact(
        self, caller: Caller, kind: str, *, is_late: bool, source: str = "", **more: Any
    ) -> None:
        source = source or caller.source
        event = call(kind, caller.leg, self._clock(source), caller.queue, source=source, **more)
        if is_late:
            self.withheld.append(event)
        else:
            self._say(event)

    def _say(self, event: Event) -> None:
        self.naive.tell(event, self.now)
        self._append(encode(event), event)

    def _append(self, value: bytes, event: Event | None) -> None:
        record = Record(len(self.log), self.now, b"key", value)
        self.log.append((record, event))
        self.unit.apply([record])

    def _publish(self, valid_from: int, changed: dict[str, tuple[int, int]]) -> None:
        for queue, (within, short) in changed.items():
            self.promises[queue].append((valid_from, within, short))
        for queue in QUEUES:
            if queue not in changed and self.promises[queue]:
                _, within, short = self.promises[queue][-1]
                self.promises[queue].append((valid_from, within, short))
        now_valid = [
            targets(queue, answer_within_ms=within, short_abandon_ms=short,
                    time_zone="Asia/Kolkata" if queue == BETA else "UTC",
                    **(ALERTS if queue == ALPHA else {}))
            for queue, told in self.promises.items() if told for _, within, short in told[-1:]
        ]  # fmt: skip
        version = published(*now_valid, version=len(self.versions) + 1, valid_from=valid_from)
        self.versions.append((len(self.log), version))
        self.unit.set_targets([version for _, version in self.versions])

    def _fresh(self) -> CallsUnit:
        return _fresh([version for _, version in self.versions], self.outputs.pieces)

    def _counts(self, queue: str, start: int, end: int) -> dict[str, int]:
        legs = self.naive.believed(queue).values()
        return counts(legs, self.promises[queue], start, end)

    def _promises_at(self, queue: str, offset: int) -> list[Promise]:
        """Those that were published before the record of this offset was read."""
        starts = {version.valid_from for at, version in self.versions if at <= offset}
        return [each for each in self.promises[queue] if each[0] in starts]


def _fresh(versions: list[TargetsVersion], pieces: dict[bytes, bytes]) -> CallsUnit:
    """A worker that begins with this state."""
    unit = CallsUnit(0, 1, Roster())
    unit.set_targets(versions)
    for key, value in pieces.items():
        unit.load(key, value)
    unit.start(0)
    return unit


def _by_queue(unit: CallsUnit) -> dict[str, QueueTotals]:
    return {each.queue: each for each in unit.committed_totals()}


def _plain(counted: Counts) -> dict[str, int]:
    return {name: n for name in COUNTERS if (n := getattr(counted, name))}


def _shown(row: LegRow) -> tuple[Any, ...]:
    return (row.source, row.outcome, row.arrived_at, row.left_at, row.wait_ms, row.missed_offers,
            row.ended_at, row.talk_hold_ms, row.wrap_ms)  # fmt: skip


def _expected(each: Belief) -> tuple[Any, ...]:
    return (each.source, each.outcome, each.arrived_at, each.left_at, each.wait_ms, len(each.missed),
            each.ended_at, each.talk_ms, each.wrap_ms)  # fmt: skip


TestFaultyFloor = FaultyFloor.TestCase
TestFaultyFloor.settings = settings(stateful_step_count=60)
