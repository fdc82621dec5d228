from streams.doctor.checks.archive import CHECK, Archive
from streams.doctor.system import System
from streams.sinks.clickhouse.address import ServerAddress

SERVER = System(clickhouse=ServerAddress("db", 9000, "anna", "secret", "queuewatch"))


def texts(system: System, archive: Archive) -> list[tuple[str, str]]:
    return [(each.level, each.text) for each in CHECK.judge(system, archive)]


def test_a_server_is_named_without_its_password_and_with_its_disks() -> None:
    disks = (("default", 5 * 10**8, 10**12),)
    assert texts(SERVER, Archive("25.8.1", -900, disks)) == [
        ("ok", "ClickHouse 25.8.1, clickhouse://anna@db:9000/queuewatch"),
        ("fail", "0.5 of 1,000.0 GB free on its disk default"),
    ]
    assert texts(System(), Archive("26.5", 0, disks)) == [("ok", "ClickHouse 26.5, embedded")]


def test_a_clock_that_differs_is_a_warning() -> None:
    assert texts(SERVER, Archive("25.8", 61_400))[1:] == [
        ("warn", "its clock is 61 s ahead of ours")
    ]
    assert texts(SERVER, Archive("25.8", -61_400))[1:] == [
        ("warn", "its clock is 61 s behind ours")
    ]
