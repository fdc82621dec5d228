"""The state made anew from `calls` is the state that was."""

import msgspec
import pytest

from schemas.topics import is_decision
from streams.core.calls_pieces import OWN_NAMES, Piece, QueueState, read_queue
from streams.core.calls_unit import CallsUnit
from streams.core.rebuild import DamagedError, Rebuild
from tests.support.archived import ArchivedStory
from tests.support.builders import targets
from tests.support.ruled import oldest_wait, ruled

QUEUE = b"calls|queue|billing"


def told() -> ArchivedStory:
    """Legs of several kinds, one judged again, one late, one still waiting, an alert open."""
    day = ArchivedStory(configured=False)
    day.at("08:00:00").queued("early")
    day.publish(
        targets(alerts=ruled(oldest_wait(raise_above_ms=60_000, clear_below_ms=30_000))),
        valid_from="08:00:30",
    )
    day.at("08:00:31").queued("ada")
    day.at("08:00:40").answered("ada", agent="ann")
    day.at("08:00:45").abandoned("bo")
    day.at("08:00:44").queued("bo")
    day.tick("08:03:00")
    day.at("08:02:00").ended("ada")
    day.at("08:03:05").queued("cy", "elsewhere")
    day.tick("08:04:00")
    return day


def rebuilt(day: ArchivedStory, pieces: dict[bytes, bytes], first: int = 0) -> list[Piece]:
    rebuild = Rebuild(CallsUnit(0, 1, day.roster))
    rebuild.load(b"agents|cursor", b"not ours")
    for key, value in pieces.items():
        rebuild.load(key, value)
    until = rebuild.begin(day.versions, first)
    assert until == len(day.records)
    for record in day.records[first:until]:
        rebuild.apply([record])
    return rebuild.pieces()


def test_every_piece_is_what_it_was() -> None:
    day = told()
    assert day.alerts() == ["oldest_wait firing"]
    assert is_decision(day.legs()["early"].version)
    former = dict(day.outputs.pieces)
    made = dict(rebuilt(day, former))
    assert made.keys() == former.keys()
    assert {key for key in former if made[key] != former[key]} <= {b"calls|cursor"}


def test_what_follows_goes_on_from_there_and_nothing_is_decided_twice() -> None:
    day, other = told(), told()
    unit = CallsUnit(0, 1, other.roster)
    unit.set_targets(other.versions)
    for key, value in rebuilt(other, dict(other.outputs.pieces)):
        if value is not None:
            unit.load(key, value)
    unit.start(0)
    other.unit = unit
    count = len(other.outputs.versions)
    for each in (day, other):
        each.at("08:04:30").answered("early", agent="ann")
        each.tick("08:06:00").tick("08:08:00")
    assert other.legs() == day.legs()
    assert other.totals() == day.totals()
    assert other.alerts() == day.alerts() == ["oldest_wait resolved"]
    assert other.snapshot().unexplained_legs == 0
    assert [row.leg_id for row in other.outputs.versions[count:]] == ["early"]


def test_totals_of_a_log_whose_beginning_expired_are_carried_over() -> None:
    day = told()
    former = dict(day.outputs.pieces)
    made = dict(rebuilt(day, former, first=4))
    before, after = (_queue(pieces[QUEUE]) for pieces in (former, made))
    assert (after.added, after.reversed) == (before.added, before.reversed)
    assert after.days != before.days  # what is known anew is of the log


def test_wrong_counts_are_put_right_and_totals_do_not_fall() -> None:
    day = told()
    former = dict(day.outputs.pieces)
    wrong = _queue(former[QUEUE])
    wrong.days[0].counts[0] += 5
    wrong.added[0] += 5
    right = _queue(former[QUEUE])
    made = _queue(dict(rebuilt(day, former | {QUEUE: msgspec.msgpack.encode(wrong)}))[QUEUE])
    assert made.days == right.days
    assert made.added[0] == wrong.added[0]
    assert made.added[0] - made.reversed[0] == right.added[0] - right.reversed[0]


def test_a_damaged_queue_is_made_from_the_log_and_a_damaged_cursor_is_said() -> None:
    day = told()
    former = dict(day.outputs.pieces)
    made = dict(rebuilt(day, former | {QUEUE: b"\xc1"}))
    assert _queue(made[QUEUE]).days == _queue(former[QUEUE]).days
    with pytest.raises(DamagedError, match="the cursor of calls-0"):
        rebuilt(day, former | {b"calls|cursor": b"\xc1"})


def test_without_a_state_there_is_nothing_to_rebuild() -> None:
    assert Rebuild(CallsUnit(0, 1, told().roster)).begin([], 0) is None


def _queue(piece: bytes | None) -> QueueState:
    assert piece is not None
    return read_queue(piece, OWN_NAMES)
