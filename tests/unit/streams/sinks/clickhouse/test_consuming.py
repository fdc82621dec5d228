"""Kafka that is away is waited for, and said so once."""

import threading
from typing import Any

import pytest
from kafka.errors import KafkaConnectionError

from streams.sinks.clickhouse import consuming
from streams.sinks.clickhouse.consuming import connected_consumer


class Waits(threading.Event):
    """Does not wait; is set at the third try."""

    tries = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.tries += 1
        if self.tries == 3:
            self.set()
        return self.is_set()


def connect(monkeypatch: pytest.MonkeyPatch, away_for: int) -> tuple[Any, list[str], list[Any]]:
    said: list[str] = []
    settings: list[Any] = []

    def made(**chosen: Any) -> str:
        settings.append(chosen)
        if len(settings) <= away_for:
            raise KafkaConnectionError
        return "a consumer"

    monkeypatch.setattr(consuming, "KafkaConsumer", made)
    found = connected_consumer("a:9092,b:9092", "north.archive", "archive-1", Waits(), said.append)
    return found, said, settings


def test_it_says_once_what_it_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    found, said, settings = connect(monkeypatch, away_for=2)
    assert found == "a consumer"
    assert [line.partition(":")[0] for line in said] == ["waiting", "Kafka answers"]
    assert settings[0]["bootstrap_servers"] == ["a:9092", "b:9092"]
    assert settings[0]["group_id"] == "north.archive"
    assert not settings[0]["enable_auto_commit"]  # offsets pass after the insert alone


def test_told_to_stop_it_gives_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert connect(monkeypatch, away_for=99)[0] is None
