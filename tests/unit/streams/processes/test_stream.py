"""A worker put together: what it waits for, and its `/metrics` over real units."""

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.calls import Queued
from schemas.codec import encode
from streams.admin.broker import AdminError
from streams.core.limits import Limits
from streams.core.unit import Record
from streams.processes import stream
from streams.wiring.engine import Engine
from streams.wiring.options import StreamOptions
from streams.wiring.runner import NotYetError
from streams.wiring.units import OwnedUnit
from streams.wiring.view import view
from tests.support.engines import CALLS0

OPTIONS = StreamOptions("nowhere:1", "x-")
NOW = 1_790_000_000_000


async def test_metrics_of_a_call_that_waits() -> None:
    parts = stream.parts(OPTIONS, Limits())
    engine = Engine(
        OPTIONS, parts.factories, parts.roster, parts.profiles, parts.across, lambda: NOW
    )
    unit = parts.factories.calls(0, 1)
    owned = OwnedUnit(CALLS0, "calls", unit, unit)
    owned.started(0)
    engine.units.install([owned])
    event = Queued(event_id="a-1", source="pbx", at=NOW - 9_000, queue="billing", leg_id="a")
    owned.apply([Record(0, NOW, b"billing", encode(event))])

    text = parts.render(await view(engine, "running")).decode()
    found = {
        (sample.name, sample.labels.get("queue", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["callcentre_queue_waiting_callers", "billing"] == 1
    assert found["queuewatch_unconfigured_queues", ""] == 1
    assert found["queuewatch_source_last_event_timestamp_seconds", ""] == (NOW - 9_000) / 1_000
    assert found["queuewatch_ready", ""] == 1


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (AdminError("Kafka does not answer"), "does not answer"),
        (["no topic calls", "x"], "no topic"),
    ],
)
def test_it_waits_for_kafka_and_its_topics_and_says_for_which(
    answer: Any, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_topics(*_: str) -> list[str]:
        if isinstance(answer, Exception):
            raise answer
        found: list[str] = answer
        return found

    monkeypatch.setattr(stream, "check_topics", check_topics)
    with pytest.raises(NotYetError, match=says):
        stream.check("nowhere:1", "x-")


def test_topics_as_they_must_be_are_waited_for_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "check_topics", lambda *_: [])
    stream.check("nowhere:1", "x-")
