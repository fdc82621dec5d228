"""The state made anew from `calls` is the state that was."""

import msgspec
import pytest

from schemas.topics import DECISION_BITS, is_decision
from streams.core.calls_pieces import (
    OWN_NAMES,
    Piece,
    QueueState,
    encode_legs,
    read_cursor,
    read_legs,
    read_queue,
)
from streams.core.calls_unit import CallsUnit
from streams.core.rebuild import DamagedError, Rebuild
from streams.core.state_format import encode_piece
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


def test_a_queue_whose_events_have_expired_keeps_its_totals_and_nobody_in_line() -> None:
    day = ArchivedStory()
    day.at("08:00:00").queued("old", "elsewhere")
    for number in range(3):
        day.at(f"08:00:1{number}").queued(f"leg{number}")
    day.tick("08:01:30")
    day.legs()
    former = dict(day.outputs.pieces)
    key = b"calls|queue|elsewhere"
    assert _queue(former[key]).waiting == 1
    made = dict(rebuilt(day, former, first=1))
    kept = _queue(made[key])
    assert (kept.added, kept.waiting, kept.in_service) == (_queue(former[key]).added, 0, 0)
    gone = [name for name in former if name.startswith(b"calls|legs|elsewhere|")]
    assert gone
    assert [made[name] for name in gone] == [None] * len(gone)


def test_what_was_taken_back_stays_taken_back() -> None:
    day = ArchivedStory()
    day.at("08:00:00").queued("ada")
    day.at("08:00:10").abandoned("ada")
    day.at("08:00:20").resumed("ada")
    day.tick("08:01:30")
    day.legs()
    former = dict(day.outputs.pieces)
    before, after = (_queue(pieces[QUEUE]) for pieces in (former, dict(rebuilt(day, former))))
    assert sum(before.reversed) > 0
    assert (after.added, after.reversed) == (before.added, before.reversed)


def test_results_of_records_go_on_from_the_former_cursor() -> None:
    day = told()
    day.legs()
    former = dict(day.outputs.pieces)
    cursor = read_cursor(former[b"calls|cursor"])
    cursor.results["applied"] += 1_000  # of records that have expired
    made = dict(rebuilt(day, former | {b"calls|cursor": encode_piece(cursor)}))
    assert read_cursor(made[b"calls|cursor"] or b"").results == cursor.results


def test_versions_come_from_the_log_where_no_targets_judged_again() -> None:
    day = ArchivedStory()
    day.at("08:00:00").queued("ada")
    day.tick("08:01:30")
    day.legs()
    former = dict(day.outputs.pieces)
    (key,) = [name for name in former if name.startswith(b"calls|legs|")]
    (leg,) = read_legs(former[key], OWN_NAMES)
    right = leg.version
    leg.version += 1 << DECISION_BITS  # damaged: no such record
    made = dict(rebuilt(day, former | {key: encode_legs([leg])}))
    (again,) = read_legs(made[key] or b"", OWN_NAMES)
    assert again.version == right


def test_queues_that_could_not_be_read_are_named() -> None:
    day = told()
    rebuild = Rebuild(CallsUnit(0, 1, day.roster))
    for name, value in (day.outputs.pieces | {QUEUE: b"\xc1"}).items():
        rebuild.load(name, value)
    rebuild.begin(day.versions, 0)
    rebuild.pieces()
    assert rebuild.damaged == ["billing"]
