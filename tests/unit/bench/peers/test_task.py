"""The task of the comparison: its events, its answer, and what counts as a difference."""

from collections import Counter

import pytest

from schemas.calls import Abandoned, Answered, LegEvent, Queued
from schemas.codec import decode_call, encode
from schemas.millis import HOUR, MINUTE, from_iso
from tests.bench.peers.task import (
    NOTHING,
    SOURCE,
    WINDOW_MS,
    Counted,
    closes_at,
    differences,
    expected,
    made,
)

START = from_iso("2026-03-02T09:00:00Z")


def queued(at: int, leg: str = "", queue: str = "bills") -> Queued:
    leg = leg or f"{at}.1"
    return Queued(event_id=f"{leg}:q", at=at, source=SOURCE, queue=queue, leg_id=leg)


def answered(at: int, leg: str, queue: str = "bills") -> Answered:
    return Answered(event_id=f"{leg}:e", at=at, source=SOURCE, queue=queue, leg_id=leg)


def abandoned(at: int, leg: str, queue: str = "bills") -> Abandoned:
    return Abandoned(event_id=f"{leg}:e", at=at, source=SOURCE, queue=queue, leg_id=leg)


def test_half_of_the_events_are_arrivals_and_each_has_one_end_in_the_order_of_time() -> None:
    events = made(1_000, 20, START, HOUR, seed=3)
    assert [e.at for e in events] == sorted(e.at for e in events)
    assert events[0].at >= START
    assert events[-1].at < START + HOUR
    kinds = Counter(type(e).__name__ for e in events)
    assert kinds["Queued"] == 500
    assert kinds["Answered"] + kinds["Abandoned"] == 500
    assert kinds["Abandoned"] > 20
    assert Counter(Counter(e.leg_id for e in events).values()) == {2: 500}
    assert len({e.event_id for e in events}) == 1_000


def test_the_same_seed_makes_the_same_events_and_all_of_them_are_valid() -> None:
    events = made(200, 5, START, HOUR, seed=3)
    assert events == made(200, 5, START, HOUR, seed=3)
    assert events != made(200, 5, START, HOUR, seed=4)
    assert [decode_call(encode(e)) for e in events] == events


def test_a_sample_of_seconds_is_made_too() -> None:
    assert len(made(100, 5, START, 1_000, seed=1)) == 100


def test_the_answer_counts_what_lies_in_the_half_hour_before_each_minute() -> None:
    leg = f"{START + 1_000}.1"
    late = f"{START + 2_000}.2"
    events: list[LegEvent] = [
        queued(START + 1_000, leg),
        queued(START + 2_000, late),
        answered(START + 21_000, leg),  # 20 s: within the target
        answered(START + 22_001, late),  # 1 ms more
        queued(START + 40 * MINUTE, f"{START + 40 * MINUTE}.3"),
    ]
    answer = expected(events)
    assert answer["bills", START + MINUTE] == Counted(offered=2, answered=2, in_target=1)
    assert answer["bills", START + 30 * MINUTE] == Counted(offered=2, answered=2, in_target=1)
    assert ("bills", START + 31 * MINUTE) not in answer  # nothing happened in that half hour
    assert answer["bills", START + 41 * MINUTE] == Counted(offered=1)
    assert max(end for _, end in answer) == closes_at(events)


def test_a_window_has_its_beginning_and_not_its_end() -> None:
    events: list[LegEvent] = [
        queued(START),
        queued(START + MINUTE, f"{START + MINUTE}.2"),
        abandoned(START + WINDOW_MS, f"{START + MINUTE}.2"),
    ]
    answer = expected(events)
    assert answer["bills", START + MINUTE] == Counted(offered=1)
    assert answer["bills", START + WINDOW_MS] == Counted(offered=2)
    assert answer["bills", START + WINDOW_MS + MINUTE] == Counted(offered=1, abandoned=1)


def test_queues_are_counted_apart() -> None:
    events: list[LegEvent] = [
        queued(START + 1, queue="bills"),
        queued(START + 2, f"{START + 2}.2", queue="water"),
    ]
    assert set(expected(events)) == {("bills", START + MINUTE), ("water", START + MINUTE)}


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        ({("bills", START): Counted(1)}, 0),
        ({("bills", START): Counted(1), ("water", START): NOTHING}, 0),
        ({("bills", START): Counted(1), ("water", START + MINUTE): Counted(1)}, 0),  # not asked
        ({}, 1),
        ({("bills", START): Counted(2)}, 1),
        ({("bills", START): Counted(1), ("water", START): Counted(1)}, 1),
    ],
)
def test_a_difference_is_what_is_missing_wrong_or_too_much(
    found: dict[tuple[str, int], Counted], wrong: int
) -> None:
    assert len(differences({("bills", START): Counted(1)}, found)) == wrong
