from streams.doctor.checks.kafka import CHECK, Cluster, Disk
from streams.doctor.system import System

SYSTEM = System(kafka="a:1,b:1")


def texts(cluster: Cluster) -> list[tuple[str, str]]:
    return [(each.level, each.text) for each in CHECK.judge(SYSTEM, cluster)]


def test_a_cluster_is_named_with_its_version_and_disks() -> None:
    cluster = Cluster((1, 2), (), (4, 1), (Disk(1, 5 * 10**8, 10**12),))
    assert texts(cluster) == [
        ("ok", "2 brokers at a:1,b:1, version 4.1"),
        ("fail", "0.5 of 1,000.0 GB free at broker 1"),
    ]


def test_a_fenced_broker_and_an_old_version_are_warnings() -> None:
    assert [level for level, _ in texts(Cluster((1,), (1,), (3, 5), ()))] == ["ok", "warn", "warn"]


def test_where_the_configuration_is_wrong_nothing_is_asked() -> None:
    assert CHECK.unasked(System()) == "not asked: see configuration"
    assert CHECK.unasked(SYSTEM) == ""
