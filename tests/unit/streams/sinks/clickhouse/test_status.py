"""When an archive that lives does nothing, and what it says then."""

from streams.sinks.clickhouse.status import ASSIGNED_WITHIN_S, POLLED_WITHIN_S, StatusRecorder


def test_an_archive_that_turns_and_has_partitions_does_not_hang() -> None:
    status = StatusRecorder()
    assert status.read().hang(1e9) is None  # it has not begun
    status.polled(100.0)
    status.assigned(0, 100.0)
    status.assigned(3, 101.0)
    assert status.read().hang(100.0 + POLLED_WITHIN_S) is None


def test_an_archive_that_does_not_turn_hangs() -> None:
    status = StatusRecorder()
    status.polled(100.0)
    assert status.read().hang(101.0 + POLLED_WITHIN_S) == "nothing was polled for 120 s"


def test_an_archive_without_partitions_hangs_from_the_first_look_on() -> None:
    status = StatusRecorder()
    for second in range(int(ASSIGNED_WITHIN_S) + 2):
        assert status.read().hang(100.0 + second) is None or second > ASSIGNED_WITHIN_S
        status.polled(100.0 + second)
        status.assigned(0, 100.0 + second)
    assert status.read().hang(131.0) == "Kafka gave it no partition for 30 s"


def test_lines_that_followers_refused_are_counted_by_source_and_reason() -> None:
    status = StatusRecorder()
    for source in ("pbx", "pbx", "other"):
        status.refused_line(source, "unknown_line")
    assert status.read().refused_lines == {
        ("pbx", "unknown_line"): 2,
        ("other", "unknown_line"): 1,
    }
