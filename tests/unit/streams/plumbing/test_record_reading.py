"""One bad record, and an outage, are one line each."""

import logging
from types import SimpleNamespace

import pytest

from schemas.codec import encode
from schemas.commands import AlertCommand, Released
from streams.plumbing.record_reading import RecordReading
from tests.support.alerts import NOON


def record(value: bytes) -> SimpleNamespace:
    return SimpleNamespace(value=value, topic="commands", partition=0, offset=7)


def test_a_bad_record_is_counted_and_the_next_one_is_read(caplog: pytest.LogCaptureFixture) -> None:
    status = SimpleNamespace(state="running", detail="", undecodable=0)
    reading = RecordReading("notify", status, logging.getLogger("x"))
    said = Released(who="ann", at=NOON, alert_id="a")
    assert reading.decoded(AlertCommand, record(b"{")) is None
    assert reading.decoded(AlertCommand, record(encode(said))) == said
    assert status.undecodable == 1
    assert "commands-0@7: " in caplog.text


def test_an_outage_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    status = SimpleNamespace(state="running", detail="", undecodable=0)
    reading = RecordReading("notify", status, logging.getLogger("x"))
    for _ in range(3):
        reading.waiting("Kafka does not answer")
    assert (status.state, status.detail) == ("waiting_for_kafka", "Kafka does not answer")
    assert caplog.text.count("notify waits: Kafka does not answer") == 1
