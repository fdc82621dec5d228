"""What the benchmark makes of the moments at which a page painted its numbers."""

from msgspec.structs import replace

from dashboards.wallboard.drawing.table import MOST_ROWS
from schemas.millis import SECOND
from schemas.queues_toml import parse_queues
from streams.core.rule_catalogue import RULE_TABLES
from tests.bench.pixels import QUEUE, Found, figures, queues_toml, rows, waits_of

FOUND = Found("/", 5_000, 4_200, 200, 40, 2, 180, 420, 610, 0.5, 0.8)


def test_a_number_that_was_skipped_is_shown_with_the_next_one() -> None:
    waits, missing = waits_of({1: 0, 2: 1_000, 3: 1_400}, {3: 1_900})
    assert (waits, missing) == ([900, 500], 0)


def test_a_number_that_never_came_is_counted_and_does_not_end_the_run() -> None:
    waits, missing = waits_of({1: 0, 2: 1_000, 3: 1_400}, {2: 1_300})
    assert (waits, missing) == ([300], 1)
    assert waits_of({1: 0, 2: 1_000}, {}) == ([], 1)


def test_what_is_missing_and_the_rate_that_was_reached_are_told_beside_the_figure() -> None:
    first, _, last = rows([FOUND])
    assert first[2] == "40 events, 2 more never came to the page"
    assert last[2].endswith("4,200 events/s were reached")
    assert figures([FOUND])["pixels_missing"] == {"/ at 5000/s, 200 queues": 2}


def test_a_percentile_that_nobody_knows_is_said_to_be_unknown() -> None:
    """Where no number ever came, 0 ms would be told."""
    found = replace(FOUND, n=0, p50_ms=None, p99_ms=None, max_ms=None)
    told = [value for _, value, _ in rows([found])]
    assert told[:2] == ["unknown", "unknown"]
    assert figures([found])["pixels_p99_ms"] == {"/ at 5000/s, 200 queues": None}


def test_the_queue_that_is_watched_stands_among_the_worst_from_its_first_caller() -> None:
    """A page of many queues has a row for the worst of them alone."""
    file = parse_queues(queues_toml(MOST_ROWS * 2), RULE_TABLES)
    watched = next(each for each in file.queues if each.queue == QUEUE)
    told = watched.alerts["oldest_wait"]
    assert told["raise_above_ms"] <= SECOND
    assert told["hold_ms"] == 0
