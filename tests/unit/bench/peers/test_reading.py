"""How long an event takes to show, as a reader sees it."""

import json

import pytest

from schemas.codec import encode
from tests.bench.peers.reading import (
    Received,
    counted,
    of_legs,
    of_results,
    percentile_ms,
    percentile_of_all_ms,
    said_of,
    scraped,
    waits_ms,
)
from tests.bench.peers.task import Counted
from tests.support.legs import leg_row_of
from tests.support.recount import Recorded


def result(queue: str, at: int, counts: list[int], newest: int) -> bytes:
    return json.dumps({"queue": queue, "at": at, "counts": counts, "newest": newest}).encode()


def test_a_later_result_of_a_window_replaces_the_earlier_one() -> None:
    told = [result("bills", 60_000, [1, 0, 0, 0], 5), result("bills", 60_000, [2, 1, 0, 1], 9)]
    assert counted(told) == {("bills", 60_000): Counted(2, 1, 0, 1)}


def test_the_wait_of_an_event_ends_with_the_first_result_that_reaches_it() -> None:
    received = of_results(
        ("results", at, result(queue, 0, [0, 0, 0, 0], newest))
        for at, queue, newest in [(130, "bills", 100), (150, "water", 300), (190, "bills", 120), (500, "bills", 120)]
    )  # fmt: skip
    assert waits_ms([("bills", 100), ("bills", 110), ("bills", 120)], received) == [30, 80, 70]


def test_an_event_that_never_shows_is_no_short_wait() -> None:
    with pytest.raises(ValueError, match="1 events never showed"):
        waits_ms([("bills", 100)], [Received("water", 200, 200), Received("bills", 99, 200)])


def test_a_leg_tells_of_its_newest_event() -> None:
    leg = Recorded(queue="bills", leg_id="1", arrived_at=1_000, outcome="answered", left_at=4_000)  # fmt: skip
    assert of_legs([("legs", 9_000, encode(leg_row_of(leg, version=1)))]) == [
        Received("bills", 4_000, 9_000)
    ]


def test_an_arrival_is_in_metrics_when_its_queue_counts_as_many() -> None:
    scrapes = [(100, {"bills": 0}), (200, {"bills": 2}), (300, {"bills": 3, "water": 1})]
    said = [("bills", 50), ("bills", 60), ("water", 70), ("bills", 250)]
    assert scraped(said, scrapes) == [150, 140, 230, 50]
    with pytest.raises(ValueError, match="water: an arrival was never in /metrics"):
        scraped([("water", 1), ("water", 2)], scrapes)


def test_percentiles_are_by_nearest_rank() -> None:
    assert percentile_ms(list(range(1, 101)), 99) == 99.0
    assert percentile_ms([7], 50) == 7.0


def test_what_the_sender_prints_is_read_back() -> None:
    text = '["bills", "queued", 5]\n["bills", "answered", 9]\n{"latest_s": 0.25}\n'
    assert said_of(text) == ([("bills", "queued", 5), ("bills", "answered", 9)], 0.25)


def test_what_was_never_shown_waited_longest() -> None:
    """A percentile of the shown ones alone would be better the more is lost."""
    waits = [40, 10, 30, 20]
    assert percentile_of_all_ms(waits, 0, 50) == 20
    assert percentile_of_all_ms(waits, 0, 99) == 40
    assert percentile_of_all_ms(waits, 4, 50) == 40
    assert percentile_of_all_ms(waits, 1, 99) is None
    assert percentile_of_all_ms([], 0, 99) is None
