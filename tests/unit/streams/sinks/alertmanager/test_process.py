"""What notify tells of itself, by /healthz and in topic `health`."""

import socket

import pytest

from streams.plumbing.health_reports import Identity
from streams.plumbing.http_place import HttpPlace
from streams.plumbing.ports import PortTakenError
from streams.sinks.alertmanager.decide import Links
from streams.sinks.alertmanager.process import NotifyOptions, health, probe, run
from streams.sinks.alertmanager.status import NotifyStatus

NOW = 1_795_000_000_000
MINE = Identity.mine("notify", "notify-1", NOW - 60_000)


def test_it_is_well_once_the_topic_was_read_even_without_alertmanager() -> None:
    assert (
        probe(NotifyStatus("waiting_for_kafka", "no Kafka")).body
        == b"waiting_for_kafka: no Kafka\n"
    )
    assert not probe(NotifyStatus("waiting_for_kafka")).well
    assert probe(NotifyStatus("blocked", "Alertmanager is away")).well
    assert probe(NotifyStatus("running")).body == b"ok\n"


def test_a_report_holds_its_status() -> None:
    status = NotifyStatus("running", posts_ok=3, firing=1, recorded=2, positions={"alerts-0": 9})
    report = health(status, MINE, NOW)
    assert (report.ready, report.positions, report.ages_s) == (True, {"alerts-0": 9}, {})
    assert report.totals == {
        "posts_ok": 3, "posts_failed": 0, "firing": 1, "recorded": 2, "undecodable": 0,
    }  # fmt: skip
    status.last_post_at = NOW - 1_500
    assert health(status, MINE, NOW).ages_s == {"last_post": 1.5}


def test_a_taken_port_ends_it_before_it_begins() -> None:
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as held:
        options = NotifyOptions(
            bootstrap="127.0.0.1:1", namespace="", alertmanager=HttpPlace("alertmanager", "http://127.0.0.1:1"),
            resend_ms=30_000, links=Links(), metrics_port=held.getsockname()[1], bind="127.0.0.1",
            owners=dict,
        )  # fmt: skip
        with pytest.raises(PortTakenError, match="--metrics-port"):
            run(options, said.append)
    assert said == []
