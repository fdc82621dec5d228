"""What kafka-python leaves out under load is asked again, and in the end said in one line."""

from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from kafka import TopicPartition

from schemas.codec import encode
from schemas.health import Health
from streams.admin import broker, status
from streams.admin.broker import (
    AdminError,
    beginnings,
    decodable,
    high_waters,
    of_each,
    stable_ends,
    walk,
)
from streams.cli.status import command
from tests.support.floors import healthy

A, B = TopicPartition("calls", 0), TopicPartition("calls", 1)


class Client:
    """A consumer that leaves out partition B as often as it is told, the way kafka-python does."""

    def __init__(self, leaves_out: int = 0) -> None:
        self.leaves_out = leaves_out
        self.asked = 0
        self.records: dict[TopicPartition, list[Any]] = {}

    def beginning_offsets(
        self, wanted: Collection[TopicPartition], timeout_ms: int
    ) -> dict[Any, int]:
        assert timeout_ms > 0
        self.asked += 1
        if self.asked <= self.leaves_out:
            raise KeyError(B)
        return dict.fromkeys(wanted, 2)

    end_offsets = beginning_offsets

    def list_partition_offsets(self, wanted: Collection[TopicPartition]) -> dict[Any, Any]:
        self.asked += 1
        answered = [each for each in wanted if each != B or self.asked > self.leaves_out]
        return {each: SimpleNamespace(offset=2) for each in answered}

    def assign(self, _: object) -> None: ...

    def seek_to_beginning(self, *_: object) -> None: ...

    def position(self, _: TopicPartition, timeout_ms: int) -> int | None:
        assert timeout_ms > 0
        return None

    def poll(self, timeout_ms: int) -> dict[Any, Any]:
        assert timeout_ms > 0
        return {}


@pytest.mark.parametrize("ask", [beginnings, stable_ends, high_waters])
def test_a_partition_that_was_left_out_once_is_asked_again(ask: Any) -> None:
    client = Client(leaves_out=1)
    assert ask(client, [A, B]) == {A: 2, B: 2}
    assert client.asked == 2


def test_a_partition_that_is_left_out_for_ever_is_one_line() -> None:
    with pytest.raises(AdminError, match=r"did not answer for calls-1 within 0.2 s: it is over"):
        of_each(Client(leaves_out=10**9).beginning_offsets, [A, B], within_s=0.2)


def test_another_keyerror_is_a_bug_and_shown_as_one() -> None:
    def ask(_: object, __: int) -> dict[Any, int]:
        raise KeyError("offset")

    with pytest.raises(KeyError, match="offset"):
        of_each(ask, [A, B])


def test_a_topic_that_falls_silent_is_one_line_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(broker, "_SILENT_WITHIN_S", 0.0)
    with pytest.raises(AdminError, match="did not answer for calls-0"):
        list(walk(Client(), [A, B]))


def test_the_command_ends_with_that_line_and_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_status(*_: object) -> None:
        of_each(Client(leaves_out=10**9).end_offsets, [A, B], within_s=0.0)

    monkeypatch.setattr(status, "read_status", read_status)
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 1
    assert "Kafka did not answer for calls-1" in result.output
    assert "Traceback" not in result.output


def test_records_of_another_version_are_passed_over() -> None:
    report = healthy("stream", 1_795_000_000_000)
    values = [b"{", encode(report), None, b'{"process": "unheard-of"}']
    assert list(decodable(Health, values)) == [report]
