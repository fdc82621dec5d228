from streams.doctor.checks.clocks import CHECK, Clocks, Stamp
from streams.doctor.system import System

NOW = 1_780_000_000_000


def texts(*stamps: Stamp, reports: dict[str, int] | None = None) -> list[tuple[str, str]]:
    clocks = Clocks(NOW, stamps, reports or {})
    return [(each.level, each.text) for each in CHECK.judge(System(), clocks)]


def test_clocks_that_agree_are_well() -> None:
    stamps = (Stamp(NOW - 20_000, NOW - 20_010), Stamp(NOW - 40_000))
    assert texts(*stamps, reports={"board": NOW - 500}) == [
        ("ok", "Kafka's and those of 1 processes agree with ours")
    ]


def test_a_record_from_the_future_shows_a_clock_that_is_ahead() -> None:
    assert texts(Stamp(NOW + 1_500)) == [("warn", "Kafka's clock is 1.5 s ahead")]
    assert texts(Stamp(NOW - 1_000), reports={"stream a": NOW + 7_000}) == [
        ("fail", "the clock of stream a is 7.0 s ahead")
    ]


def test_a_probe_shows_a_clock_of_kafka_that_is_behind() -> None:
    assert texts(Stamp(NOW - 20_000, NOW - 14_000)) == [
        ("fail", "the clock of notify against Kafka's is 6.0 s ahead")
    ]


def test_without_recent_records_it_says_that_it_cannot_tell() -> None:
    for stamps in ((), (Stamp(NOW - 3_600_000),)):
        ((level, text),) = texts(*stamps)
        assert (level, text.partition(":")[2]) == ("ok", " Kafka's clock cannot be told")
