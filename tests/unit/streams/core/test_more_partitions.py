"""A system whose partitions are made more shows what one shows that stays as it is."""

import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from schemas.agents import RosterEntry
from schemas.calls import Event
from schemas.codec import encode
from schemas.millis import MINUTE, SECOND
from schemas.topics import epoch_of
from streams.core import agents_unit
from streams.core.agents_unit import AgentsUnit
from streams.core.calls_pieces import CURSOR, read_cursor
from streams.core.calls_unit import CallsUnit
from streams.core.more_partitions import MisplacedError, moved_on, next_offsets, regrouped
from streams.core.roster import Roster
from streams.core.state_format import encode_piece
from streams.core.unit import Record
from tests.support.builders import agent, call, clock, mark, published, targets
from tests.support.ruled import oldest_wait, ruled
from tests.support.story import Outputs

QUEUES = [f"q{number}" for number in range(12)]
RULES = ruled(oldest_wait(raise_above_ms=60 * SECOND, clear_below_ms=30 * SECOND))
VERSION = published(*(targets(queue, alerts=RULES) for queue in QUEUES))


def home(key: bytes, partitions: int) -> int:
    return int(key.removeprefix(b"q")) % partitions


class Floor:
    """All units of `calls`; each event goes to the partition of its queue, each mark to all."""

    def __init__(self, partitions: int) -> None:
        self.roster = Roster()
        self.outputs = [Outputs() for _ in range(partitions)]
        self.begin(1)

    def begin(self, epoch: int) -> None:
        self.units = []
        for number, outputs in enumerate(self.outputs):
            unit = CallsUnit(number, epoch, self.roster)
            unit.set_targets([VERSION])
            for key, value in outputs.pieces.items():
                unit.load(key, value)
            unit.start(0)
            self.units.append(unit)

    def say(self, event: Event) -> None:
        queue = getattr(event, "queue", None)
        told = self.units if queue is None else [self.units[home(queue.encode(), len(self.units))]]
        for unit in told:
            unit.apply([Record(unit.next_offset or 0, event.at, b"", encode(event))])

    def take(self) -> None:
        for unit, outputs in zip(self.units, self.outputs, strict=True):
            outputs.take(unit)

    def grow(self, partitions: int, epoch: int) -> None:
        self.take()
        former = len(self.outputs)
        written = regrouped(
            [each.pieces for each in self.outputs],
            lambda key: home(key, former),
            lambda key: home(key, partitions),
            partitions,
            epoch,
        )
        self.outputs += [Outputs() for _ in range(partitions - former)]
        for outputs, pieces in zip(self.outputs, written, strict=True):
            assert pieces[-1][0] == CURSOR
            for key, value in pieces:
                if value is None:
                    del outputs.pieces[key]
                else:
                    outputs.pieces[key] = value
        self.begin(epoch)

    def shown(self, now: int) -> dict[str, Any]:
        found = [each for unit in self.units for each in unit.snapshots(now)]
        assert len(found) == len({each.queue for each in found}), "a queue is shown twice"
        return {each.queue: _bare(each) for each in found}

    def written(self, kind: str) -> dict[Any, Any]:
        """Of each leg, minute or alert the newest version, whichever partition wrote it."""
        newest: dict[Any, Any] = {}
        for outputs in self.outputs:
            for key, row in getattr(outputs, kind).items():
                if key not in newest or newest[key].version <= row.version:
                    newest[key] = row
        return {key: _bare(row) for key, row in newest.items()}


def _bare(row: Any) -> dict[str, Any]:
    """All but what says where it was counted."""
    told: dict[str, Any] = msgspec.to_builtins(row)
    return {name: value for name, value in told.items() if name not in {"version", "partition"}}


def day(seed: int) -> Iterator[Event]:
    """Calls of all queues, some of whose facts come late, and a tick each 5 seconds."""
    chance = random.Random(seed)
    at, facts = clock("09:00"), []
    for number in range(80):
        queue, began = chance.choice(QUEUES), at + chance.randrange(20 * MINUTE)
        leg, left = f"leg{number}", began + chance.randrange(3 * MINUTE)
        facts.append(call("queued", leg, began, queue))
        kind = chance.choice(["answered", "abandoned"])
        facts.append(call(kind, leg, left, queue))
        if kind == "answered":
            facts.append(call("ended", leg, left + chance.randrange(4 * MINUTE), queue))
    told: list[tuple[int, Event]] = [
        (each.at + chance.choice([0, 0, 0, 40 * SECOND]), each) for each in facts
    ]
    told += [(moment, mark("tick", moment)) for moment in range(at, at + 30 * MINUTE, 5 * SECOND)]
    for _, event in sorted(told, key=lambda each: each[0]):
        yield event


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sizes", [(2, 5), (3, 6), (1, 8)])
def test_live_figures_and_history_are_what_they_would_have_been(
    seed: int, sizes: tuple[int, int]
) -> None:
    events = list(day(seed))
    calm, grown = Floor(sizes[0]), Floor(sizes[0])
    for place, event in enumerate(events):
        if place == len(events) // 2:
            before = grown.shown(event.at)
            grown.grow(sizes[1], epoch=2)
            for queue, after in grown.shown(event.at).items():
                # Its source was heard of in another partition after its newest event here.
                assert after.pop("as_of") >= before[queue].pop("as_of")
                assert after == before[queue]
        for floor in (calm, grown):
            floor.say(event)
            if place % 7 == 0:
                floor.take()
    for floor in (calm, grown):
        floor.take()
    now = clock("09:30")
    assert grown.shown(now) == calm.shown(now)
    for kind in ("legs", "minutes", "alerts"):
        assert grown.written(kind) == calm.written(kind)
    assert calm.written("alerts")
    assert not any(each.quarantined for each in grown.outputs)


def test_totals_go_on_and_no_record_is_counted_in_two_partitions() -> None:
    events = list(day(9))
    floor = Floor(2)
    for event in events:
        floor.say(event)
    floor.take()
    before = sum(unit.results["applied"] for unit in floor.units)
    offsets = [unit.next_offset for unit in floor.units]
    floor.grow(4, epoch=2)
    assert sum(unit.results["applied"] for unit in floor.units) == before
    assert [unit.next_offset for unit in floor.units] == [*offsets, 0, 0]
    assert [len(unit.monitors) for unit in floor.units] == [3, 3, 3, 3]


def test_a_leg_gets_a_higher_version_at_a_lower_offset() -> None:
    floor = Floor(1)
    for number in range(50):
        floor.say(call("queued", f"other{number}", clock("09:00"), "q0"))
    floor.say(call("queued", "ada", clock("09:00"), "q1"))
    floor.grow(2, epoch=2)
    # Judged again before any record: below the version of the first one.
    floor.units[1].set_targets([VERSION, published(targets("q1", goal=0.5), version=2)])
    floor.take()
    judged = next(each for each in floor.outputs[1].versions if each.leg_id == "ada")
    assert epoch_of(judged.version) == 1
    floor.say(call("answered", "ada", clock("09:00:10"), "q1"))
    floor.take()
    (ada,) = [row for row in floor.written("legs").values() if row["leg_id"] == "ada"]
    assert ada["outcome"] == "answered"


def test_a_minute_that_was_not_cut_is_not_passed_by_the_clock_of_another_partition() -> None:
    floor = Floor(2)
    floor.say(call("queued", "ada", clock("09:00:10"), "q0"))
    floor.say(call("abandoned", "ada", clock("09:00:20"), "q0"))
    floor.say(mark("tick", clock("10:30:30")))
    floor.say(call("queued", "bo", clock("10:31:20"), "q1"))  # this clock is a minute further
    reached = floor.units[0].monitors["q0"].legs.windows.boundary
    floor.grow(4, epoch=2)
    assert floor.units[0].monitors["q0"].legs.windows.boundary == reached


def test_agents_move_with_their_spells() -> None:
    units = [AgentsUnit(number, 1) for number in range(2)]
    held: list[dict[bytes, bytes]] = []
    for number, unit in enumerate(units):
        unit.start(0)
        for name in range(number, 6, 2):
            state = agent("available", f"q{name}", clock("09:00"))
            unit.apply([Record(unit.next_offset or 0, state.at, b"", encode(state))])
        checkpoint = unit.checkpoint()
        assert checkpoint is not None
        held.append({key: value for key, value in checkpoint.pieces if value is not None})
    written = regrouped(held, lambda key: home(key, 2), lambda key: home(key, 3), 3, 2)
    after = AgentsUnit(2, 2)
    for key, value in written[2]:
        after.load(key, value)
    after.start(0)
    entries = dict[str, RosterEntry](after._entries)
    assert sorted(entries) == ["q2", "q5"]
    assert (after.next_offset, after.results["applied"]) == (0, 0)
    gone = {key for key, value in written[1] if value is None}
    assert gone == {agents_unit.AGENT + b"q3", agents_unit.AGENT + b"q5"}


def test_a_queue_in_a_partition_of_somebody_elses_choice_is_not_moved() -> None:
    floor = Floor(2)
    floor.units[1].apply(
        [Record(0, clock("09:00"), b"", encode(call("queued", "ada", clock("09:00"), "q0")))]
    )
    with pytest.raises(
        MisplacedError, match="q0 is in partition 1, but by its key it belongs in 0"
    ):
        floor.grow(4, epoch=2)


def test_a_cursor_that_cannot_be_read_stops_it() -> None:
    with pytest.raises(MisplacedError, match=r"piece calls\|cursor cannot be read"):
        next_offsets([{CURSOR: b"\x81"}])


def test_what_is_sent_again_is_passed_where_it_came_first() -> None:
    floor = Floor(2)
    for event in day(1):
        floor.say(event)
    floor.take()
    held = [each.pieces for each in floor.outputs]
    places = next_offsets(held)
    assert places["agents"] == [0, 0]
    written = regrouped(held, lambda key: home(key, 2), lambda key: home(key, 4), 4, 2)
    moved_on(written, {"calls": [each + 5 for each in places["calls"]], "agents": [0, 0]})
    cursors = [read_cursor(dict(each)[CURSOR] or b"") for each in written]
    assert [each.next_offset for each in cursors] == [*(n + 5 for n in places["calls"]), 0, 0]


def test_sources_are_known_as_the_newest_partition_knows_them() -> None:
    floor = Floor(2)
    floor.say(call("queued", "ada", clock("09:00"), "q0"))
    floor.say(call("queued", "bo", clock("09:01"), "q1"))
    for source, kind in (("b", "restarted"), ("c", "snapshot_begin")):
        floor.say(mark(kind, clock("09:00:30"), source))
    floor.take()
    first = read_cursor(floor.outputs[0].pieces[CURSOR])
    floor.outputs[0].pieces[CURSOR] = encode_piece(
        msgspec.structs.replace(first, platform_snapshots={"c": (clock("09:00:30"), ["ada"])})
    )
    floor.grow(3, epoch=2)
    for unit in floor.units:
        assert unit.source_times()["node"] == clock("09:01")
        assert unit._sources.restarts == {"b": [clock("09:00:30")]}
        assert unit._sources.snapshots == {"c": (clock("09:00:30"), ["ada"])}
