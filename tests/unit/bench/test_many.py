"""What is told of ten thousand queues."""

from tests.bench.many import Many, figures, rows


def test_the_most_memory_and_how_far_it_is_behind_are_told() -> None:
    found = Many(600.0, 700.0, 900.0, 0.5, 12, 3, 80.0, 150.0, 0.1)
    assert figures(found)["many_peak_mb"] == 900
    assert figures(found)["many_lag"] == 12
    (_, memory, of_memory), (_, late, of_late) = rows(found)
    assert (memory, late) == ("900 MB", "150 ms")
    assert "600 at rest" in of_memory
    assert "12 records behind" in of_late
    assert "3 never shown" in of_late


def test_a_percentile_that_nobody_knows_is_said_to_be_unknown() -> None:
    found = Many(600.0, 700.0, 900.0, 0.5, 12, 3, 80.0, None, 0.1)
    assert figures(found)["many_p99_ms"] is None
    assert rows(found)[1][1] == "unknown"
