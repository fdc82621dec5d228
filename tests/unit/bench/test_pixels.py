"""What the benchmark makes of the moments at which a page painted its numbers."""

from msgspec.structs import replace

from dashboards.wallboard.drawing.table import MOST_ROWS
from schemas.millis import SECOND
from schemas.queues_toml import parse_queues
from streams.core.rule_catalogue import RULE_TABLES
from tests.bench.pixel_stages import Stage
from tests.bench.pixels import QUEUE, Found, figures, queues_toml, rows, waits_of
from tests.bench.seen_page import Drawn, Used

USED = Used({"board": 0.5, "stream": 0.8}, {"board": 0.1}, 0.2)
DRAWN = Drawn(4.0, 2.0, 240.0, 60.0, 20.0, 110.0)
FOUND = Found(
    page="/", rate=5_000, said_rate=4_200, late_s=0.4, queues=200, n=40, missing=2,
    p50_ms=180, p99_ms=420, max_ms=610, used=USED, drawn=DRAWN, stages=[Stage("painted", 180, 420, 1.0)],
)  # fmt: skip


def test_a_number_that_was_skipped_is_shown_with_the_next_one() -> None:
    waits, missing = waits_of({1: 0, 2: 1_000, 3: 1_400}, {3: 1_900})
    assert (waits, missing) == ([900, 500], 0)


def test_a_number_that_never_came_is_counted_and_does_not_end_the_run() -> None:
    waits, missing = waits_of({1: 0, 2: 1_000, 3: 1_400}, {2: 1_300})
    assert (waits, missing) == ([300], 1)
    assert waits_of({1: 0, 2: 1_000}, {}) == ([], 1)


def test_what_is_missing_and_the_rate_that_was_reached_are_told_beside_the_figure() -> None:
    first, *_, last = rows([FOUND])
    assert first[2] == "40 events, 2 more never came to the page"
    assert last[1:] == ("4,200", "the platform was behind its plan by 0.4 s at worst")
    assert figures([FOUND])["pixels_missing"] == {"/ at 5000/s, 200 queues": 2}


def test_a_platform_that_did_not_come_to_its_end_is_not_told_to_have_been_on_time() -> None:
    *_, last = rows([replace(FOUND, said_rate=0.0, late_s=None)])
    assert last[1:] == ("0", "the platform did not come to its end")


def test_each_stage_and_each_process_is_told_beside_the_figure() -> None:
    told = {name.strip(): (value, what) for name, value, what in rows([FOUND])}
    assert told["→ two frames later, p50"] == ("180 ms", "100% of the way; p99 420 ms")
    assert told["CPU meanwhile"] == ("50% of a core", "the board; stream 80%; nobody used 20% of the machine")  # fmt: skip
    assert figures([FOUND])["pixels_stages_p50_ms"] == {"/ at 5000/s, 200 queues": {"painted": 180}}


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
