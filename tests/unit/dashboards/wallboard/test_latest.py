"""The newest record of each key, and nothing that is over."""

import msgspec

from dashboards.wallboard.latest import Latest
from dashboards.wallboard.view import board
from schemas.alerts import PROBE
from schemas.codec import encode
from schemas.millis import DAY
from schemas.targets import TargetsVersion
from schemas.topics import version_of
from tests.support.floors import healthy, snapshot, targets
from tests.support.walls import NOW, alert, latest_of, only_row, person


def test_the_older_of_two_versions_never_comes_back() -> None:
    latest = latest_of(snapshot(NOW, version=7, waiting=7))
    latest.apply("snapshots", b"burst-pipes", encode(snapshot(NOW, version=6, waiting=6)))
    assert latest.snapshots["burst-pipes"].waiting == 7
    entry = person("ada", "idle", "a")
    latest.apply("roster", b"ada", encode(msgspec.structs.replace(entry, version=2)))
    assert not latest.apply("roster", b"ada", encode(entry))


def test_zeros_of_one_partition_do_not_hide_the_calls_that_come_in_another() -> None:
    """A producer that does not choose partitions as Kafka's own clients do."""
    empty = snapshot(NOW, version=version_of(2, 900), waiting=0, uncalled=True, partition=3)
    real = snapshot(NOW, version=version_of(2, 5), waiting=7, partition=1)
    for first, second in ((empty, real), (real, empty)):
        latest = latest_of(first, second)
        assert latest.snapshots["burst-pipes"] == real
    former = msgspec.structs.replace(real, version=version_of(1, 5))  # topics were made anew since
    assert latest_of(former, empty).snapshots["burst-pipes"] == empty
    called = msgspec.structs.replace(empty, version=version_of(2, 901), uncalled=False)
    assert latest_of(empty, called).snapshots["burst-pipes"] == called


def test_deleted_keys_are_forgotten_and_strange_records_counted() -> None:
    latest = latest_of(snapshot(NOW), people=(person("ada", "idle", "a"),))
    latest.apply("health", b"stream/1", encode(healthy("stream", NOW)))
    for topic, key in (
        ("snapshots", b"burst-pipes"),
        ("roster", b"ada"),
        ("health", b"stream/1"),
    ):
        assert latest.apply(topic, key, None)
    assert (latest.snapshots, latest.roster, latest.health) == ({}, {}, {})
    assert not latest.apply("targets", b"1", None)
    assert not latest.apply("targets", b"epoch", b'{"epoch": 1, "created_at": 5}')
    assert not latest.apply("snapshots", b"x", b"nonsense")
    assert latest.undecodable == 1


def test_an_answer_to_a_probe_is_no_alert() -> None:
    latest = latest_of(snapshot(NOW), alerts=(alert(rule=PROBE),))
    assert latest.alerts == {}


def test_an_alert_that_ended_is_gone() -> None:
    latest = latest_of(snapshot(NOW), alerts=(alert(), alert(version=2, state="resolved")))
    assert only_row(latest).alerts == ()
    latest = latest_of(snapshot(NOW), alerts=(alert(version=3), alert(version=2, state="resolved")))
    assert len(only_row(latest).alerts) == 1


def test_an_alert_whose_queue_has_another_partition_is_what_that_one_says() -> None:
    latest = latest_of(alerts=(alert(version=5),))
    assert not latest.apply("alerts", b"a1", None)  # deleted in the former partition
    assert list(latest.alerts) == ["a1"]
    ended, former = alert(version=9, state="resolved"), alert(version=5)
    for order in ((ended, former), (former, ended)):  # partitions are read in any order
        latest = latest_of(alerts=order)
        assert latest.alerts == {}


def test_what_ended_is_known_for_a_day() -> None:
    latest = latest_of(alerts=(alert(), alert(version=2, state="resolved")))
    assert list(latest.ended) == ["a1"]
    inactive = alert(alert_id="a2", state="inactive", changed_at=NOW + DAY)
    latest.apply("alerts", b"a2", encode(inactive))  # it never fired: nobody was told of it
    assert list(latest.ended) == ["a1"]
    for number, changed_at in ((3, NOW + DAY - 1), (4, NOW + DAY)):
        ended = alert(alert_id=f"a{number}", state="resolved", changed_at=changed_at)
        latest.apply("alerts", ended.alert_id.encode(), encode(ended))
    assert list(latest.ended) == ["a3", "a4"]


def test_a_version_that_is_ahead_does_not_bring_back_a_queue_that_was_taken_out() -> None:
    latest = Latest()
    a, b = targets(queue="a"), targets(queue="b")
    for number, (valid_from, named) in enumerate(
        [(0, (a, b)), (NOW, (b,)), (NOW + 60_000, (a, b))]
    ):
        version = TargetsVersion(number + 1, valid_from, NOW, "UTC", named)
        latest.apply("targets", str(number + 1).encode(), encode(version))
    assert [row.queue for row in board(latest, NOW - 1).rows] == ["a", "b"]
    assert [row.queue for row in board(latest, NOW).rows] == ["b"]
    assert [row.queue for row in board(latest, NOW + 60_000).rows] == ["a", "b"]


def test_later_targets_hold_from_their_minute_on_and_new_queues_from_the_beginning() -> None:
    latest = Latest()
    versions = [
        TargetsVersion(1, 0, 0, "UTC", (targets(name="old"), targets(queue="gone"))),
        TargetsVersion(
            2, NOW + 1, NOW, "Europe/Paris", (targets(name="new"), targets(queue="added"))
        ),
    ]
    for version in versions:
        latest.apply("targets", str(version.version).encode(), encode(version))
    now, then = board(latest, NOW), board(latest, NOW + 1)
    assert {row.queue: row.name for row in now.rows} == {
        "burst-pipes": "old", "gone": "Burst pipes", "added": "Burst pipes",
    }  # fmt: skip
    assert {row.queue for row in then.rows} == {"burst-pipes", "added"}
    assert (now.zone, then.zone) == ("UTC", "Europe/Paris")
