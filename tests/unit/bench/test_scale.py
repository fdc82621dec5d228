"""What the benchmark of several workers tells."""

from tests.bench.scale import Scaled, figures, rows

FOUND = [Scaled(1, 20_000.0, 30.0, 200.0), Scaled(2, 30_000.4, 33.04, 300.0)]


def test_each_figure_is_by_the_number_of_workers() -> None:
    assert figures(FOUND) == {
        "workers_events_per_s": {"1": 20_000.0, "2": 30_000.4},
        "workers_cpu_us_per_event": {"1": 30.0, "2": 33.0},
        "workers_memory_mb": {"1": 200.0, "2": 300.0},
    }


def test_a_row_names_the_workers() -> None:
    assert rows(FOUND)[1] == (
        "2 workers", "30,000", "events/s, exact; 33.0 µs of CPU an event, 300 MB together",
    )  # fmt: skip
