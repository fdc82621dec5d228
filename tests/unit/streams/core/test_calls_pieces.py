"""Pieces are read by name: a release with other counters or other facts of a leg goes on from them."""

import msgspec
import pytest

from schemas.counters import COUNTERS
from streams.core import former_state
from streams.core.agent_minutes import AgentMinutes
from streams.core.alerting import Progress
from streams.core.calls_pieces import (
    NAMES,
    OWN_NAMES,
    QueueState,
    encode_buckets,
    encode_legs,
    encode_queue,
    known_names,
    names_pieces,
    read_buckets,
    read_cursor,
    read_legs,
    read_queue,
)
from streams.core.leg import Leg
from streams.core.queue_days import Day
from streams.core.state_format import FORMAT, encode_names, encode_piece, tag_of

# A release that has a counter and a fact of a leg that this one lacks, and lacks some of this one's.
OTHER_COUNTERS = ("answered", "of_the_future", "offered")
OTHER_FIELDS = ("leg_id", "source", "of_the_future", "placed_at", "missed")
OTHERS = {tag_of(OTHER_COUNTERS): OTHER_COUNTERS, tag_of(OTHER_FIELDS): OTHER_FIELDS}
ONES = list(range(1, len(COUNTERS) + 1))


def state(**changes: object) -> QueueState:
    made = read_queue(
        encode_queue(
            sources=["node"], added=ONES, reversed=[0] * len(COUNTERS), boundary=5_000, waiting=2,
            in_service=1, days=[Day(0, 10, ONES)], progress={"oldest_wait": Progress("firing", 1, 2)},
            cut_at=None, cut_emitted=True, cut_stale=False, replay=True, replay_shift_ms=7,
            agent_minutes=AgentMinutes(60_000, [1], [2]), ends={"oldest_wait": [5]},
            arrived_before=60_000, knows_topics=True, knows_callers=False, knows_contacts=True,
        ),
        OWN_NAMES,
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def test_a_queue_comes_back_as_it_was() -> None:
    made = state()
    assert (made.added, made.days, made.waiting) == (ONES, [Day(0, 10, ONES)], 2)
    assert made.progress == {"oldest_wait": Progress("firing", 1, 2)}
    assert (made.cut_at, made.cut_emitted, made.replay_shift_ms) == (None, True, 7)
    assert (made.agent_minutes, made.ends) == (AgentMinutes(60_000, [1], [2]), {"oldest_wait": [5]})
    assert made.arrived_before == 60_000


def test_counts_of_another_release_go_to_their_names() -> None:
    other = state(
        counters=tag_of(OTHER_COUNTERS), added=[5, 99, 8], reversed=[1, 0, 0],
        days=[Day(0, 10, [5, 99, 8])],
    )  # fmt: skip
    read = read_queue(encode_piece(other), {**OWN_NAMES, **OTHERS})
    expected = {"answered": 5, "offered": 8}
    assert read.added == [expected.get(name, 0) for name in COUNTERS]
    assert read.days[0].counts == read.added
    assert dict(zip(COUNTERS, read.reversed, strict=True))["answered"] == 1
    assert (
        read_queue(encode_piece(read), OWN_NAMES) == read
    )  # its counts go by this release's names
    with pytest.raises(ValueError, match="are missing"):
        read_queue(encode_piece(other), OWN_NAMES)


def test_buckets_of_another_release_go_to_their_names() -> None:
    assert read_buckets(encode_buckets({5_000: ONES}), OWN_NAMES) == {5_000: ONES}
    other = {"format": FORMAT, "counters": tag_of(OTHER_COUNTERS), "buckets": {5_000: [5, 99, 8]}}
    (bucket,) = read_buckets(msgspec.msgpack.encode(other), OTHERS).values()
    assert bucket == [{"answered": 5, "offered": 8}.get(name, 0) for name in COUNTERS]


def test_legs_of_another_release_go_to_their_names() -> None:
    leg = Leg("ada", 9, "node", missed=((5, "ann"),))
    assert read_legs(encode_legs([leg]), OWN_NAMES) == [leg]
    other = {
        "format": FORMAT,
        "fields": tag_of(OTHER_FIELDS),
        "legs": [["ada", "node", {"any": 1}, 9, [[5, "ann"]]]],
    }
    assert read_legs(msgspec.msgpack.encode(other), OTHERS) == [leg]


def test_names_are_pieces_of_their_own_beside_those_of_this_release() -> None:
    assert known_names({}) == OWN_NAMES
    assert known_names(dict(_values())) == OWN_NAMES
    others = {NAMES + b"%d" % tag: encode_names(names) for tag, names in OTHERS.items()}
    assert known_names(others) == {**OTHERS, **OWN_NAMES}


def _values() -> list[tuple[bytes, bytes]]:
    return [(key, value) for key, value in names_pieces() if value is not None]


def test_positions_of_the_first_release_are_read_by_the_names_that_it_had() -> None:
    counts = list(range(len(former_state.COUNTERS)))
    told = dict(zip(former_state.COUNTERS, counts, strict=True))
    wanted = [told.get(name, 0) for name in COUNTERS]
    queue = [["node"], counts, counts, 5, 2, 1, [[0, 10, counts]], {"oldest_wait": ["firing", 1, 2]},
             None, True, False, False]  # fmt: skip
    read = read_queue(msgspec.msgpack.encode(queue), {})
    assert (read.added, read.days[0].counts, read.replay_shift_ms) == (wanted, wanted, 0)
    assert read.progress == {"oldest_wait": Progress("firing", 1, 2)}
    assert read_buckets(msgspec.msgpack.encode({5_000: counts}), {}) == {5_000: wanted}
    row = ["ada", 9, "node"]
    assert read_legs(msgspec.msgpack.encode([row]), {}) == [Leg("ada", 9, "node")]


def test_a_cursor_of_the_first_release_is_read() -> None:
    """Before that release it kept the newest restart of a source alone, as a number."""
    cursor = [12, 1, 99, {"node": [5, 6]}, {"node": [3, ["ada"]]}, {"applied": 4}, {}, 2,
              {"node": 7, "south": [1, 2]}]  # fmt: skip
    read = read_cursor(msgspec.msgpack.encode(cursor))
    assert (read.next_offset, read.restarts) == (12, {"node": [7], "south": [1, 2]})
    assert (read.sources["node"].clock, read.sources["node"].ended) == (5, False)
    assert (read.platform_snapshots, read.passed) == ({"node": (3, ["ada"])}, {})
    assert read.boundaries == {}


def test_a_cursor_of_a_release_that_wrote_no_boundaries_of_idle_queues_is_read() -> None:
    told = {"format": FORMAT, "next_offset": 12, "epoch": 1, "appended_at": 99, "sources": {},
            "platform_snapshots": {}, "results": {}, "reasons": {}, "targets_version": 2,
            "restarts": {}, "passed": {"billing": 5_000}}  # fmt: skip
    read = read_cursor(msgspec.msgpack.encode(told))
    assert (read.passed, read.boundaries) == ({"billing": 5_000}, {})
    read.boundaries = {"billing": 10_000}
    assert read_cursor(encode_piece(read)) == read


def test_a_list_of_names_stands_under_its_tag_so_that_each_is_written_once() -> None:
    assert [key for key, _ in names_pieces()] == [NAMES + str(tag).encode() for tag in OWN_NAMES]
