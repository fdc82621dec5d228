"""What the benchmark of a quiet night makes of its readings."""

from tests.bench.idle import Reading, figures, rows, used

BEFORE = {
    "stream": Reading(100.0, 5.0, 80.0), "kafka": Reading(100.0, 9.0, 300.0),
    "up": Reading(100.0, 1.0, 40.0), "simulate": Reading(100.0, 1.0, 50.0),
}  # fmt: skip
AFTER = {
    "stream": Reading(200.0, 9.0, 85.0), "kafka": Reading(200.0, 19.0, 310.0), "up": Reading(200.0, 1.5, 40.0),
}  # fmt: skip


def test_the_sum_is_of_our_own_processes_that_were_there_all_the_time() -> None:
    found = figures(used(BEFORE, AFTER))
    assert found["idle_cpu_percent"] == {
        "kafka": 10.0,
        "stream": 4.0,
        "up": 0.5,
        "all of ours": 4.5,
    }
    assert found["rss_mb"] == {"kafka": 310.0, "stream": 85.0, "up": 40.0, "all of ours": 125.0}
    assert found["rss_grew_mb"] == {"kafka": 10.0, "stream": 5.0, "up": 0.0, "all of ours": 5.0}


def test_the_aim_stands_beside_the_sum() -> None:
    assert rows(used(BEFORE, AFTER))[-1] == (
        "idle, all of ours", "4.5 %", "of a core; 125 MB, grew by +5.0 MB; aim 5 % and 400 MB",
    )  # fmt: skip
