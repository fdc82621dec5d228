"""What the comparison makes of its rounds."""

from tests.bench.peers.systems import SYSTEMS, versions
from tests.bench.peers.table import Found, row, table, times_the_best


def found(system: str, *rates: float) -> Found:
    made = Found(system, "1.0")
    for rate in rates:
        made.add("events_per_s", rate)
    return made


def test_a_row_has_medians_and_the_reason_of_each_figure_that_it_lacks() -> None:
    slow = found("slow", 300.0, 100.0, 500.0)
    slow.cannot("latency_p99_ms_1000", "it cannot hold 1,000 events/s")
    told = row(slow)
    assert (told["system"], told["rounds"], told["events_per_s"]) == ("slow", 3, 300.0)
    assert told["latency_p99_ms_1000"] is None
    assert told["reasons"] == {"latency_p99_ms_1000": "it cannot hold 1,000 events/s"}


def test_a_reason_of_one_round_is_not_told_where_another_one_gave_a_value() -> None:
    once = found("once", 5.0)
    once.cannot("events_per_s", "it ended")
    assert row(once)["reasons"] == {}


def test_the_keys_that_readers_of_the_file_ask_for_are_always_there() -> None:
    keys = {"system", "events_per_s", "cpu_us_per_event", "peak_mb", "latency_p99_ms_1000", "latency_p99_ms_5000", "recovery_s"}  # fmt: skip
    assert keys <= row(Found("none", "1")).keys()


def test_ours_is_compared_with_the_fastest_of_the_others() -> None:
    rows = [row(found("ours", 50.0)), row(found("a", 10.0)), row(found("b", 20.0)), row(found("floor", 99.0))]  # fmt: skip
    assert times_the_best(rows, "ours", ["a", "b"]) == 2.5
    assert times_the_best(rows, "ours", []) is None
    assert times_the_best(rows[1:], "ours", ["a"]) is None


def test_the_table_shows_a_dash_for_what_was_not_measured() -> None:
    head, line = table([row(found("ours", 12_345.0))]).splitlines()
    assert head.split()[:2] == ["system", "events/s"]
    assert line.split() == ["ours", "1.0", "12,345", *["–"] * 7]


def test_each_system_has_the_version_of_its_lock() -> None:
    named = versions()
    assert set(named) == {each.name for each in SYSTEMS}
    assert all(each[0].isdigit() for each in named.values())
