"""A broker of our own is started again, more and more slowly; one of somebody else is only looked at."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from streams.local import broker
from streams.local.broker import OthersBroker, OwnBroker
from streams.local.kafka import LocalKafkaError
from streams.local.kafka_place import KafkaPlace
from streams.local.problem import LocalError


class Process:
    def __init__(self) -> None:
        self.code: int | None = None

    def poll(self) -> int | None:
        return self.code


class Kafka:
    """A child that lives until it is told otherwise."""

    def __init__(self) -> None:
        self.process = Process()
        self.pid = 1


class Machine:
    """Spawns and a clock, both told beforehand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.now = 1_000.0
        self.answers = True
        self.children: list[Kafka] = []
        self.refusals: list[Exception] = []
        self.said: list[str] = []
        self.broker = OwnBroker(KafkaPlace(folder, folder, 1, 2), folder, self.said.append)
        monkeypatch.setattr(broker, "spawn", self.spawn)
        monkeypatch.setattr(broker, "serves", lambda _: self.answers)
        clock = SimpleNamespace(monotonic=lambda: self.now, sleep=self.sleep)
        monkeypatch.setattr(broker, "time", clock)

    def spawn(self, _: KafkaPlace) -> Kafka:
        if self.refusals:
            raise self.refusals.pop(0)
        self.children.append(Kafka())
        return self.children[-1]

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    return Machine(monkeypatch, tmp_path)


def test_it_starts_again_after_a_growing_pause(machine: Machine) -> None:
    machine.broker.start()
    for code, pause_s in ((1, 0.5), (1, 1.0)):
        machine.children[-1].process.code = code
        machine.broker.keep_running()
        assert machine.said[-1].startswith(
            f"kafka ended with code {code}; starts again in {pause_s:g} s"
        )
        before = len(machine.children)
        machine.now += pause_s - 0.01
        machine.broker.keep_running()
        assert len(machine.children) == before
        machine.now += 0.02
        machine.broker.keep_running()
        assert len(machine.children) == before + 1
    machine.broker.keep_running()
    assert machine.said[-1].startswith("kafka ready again")


def test_one_that_cannot_start_says_why_and_is_tried_again(machine: Machine) -> None:
    machine.broker.start()
    machine.children[-1].process.code = 1
    machine.broker.keep_running()
    machine.refusals.append(LocalKafkaError("no java"))
    machine.now += 1
    machine.broker.keep_running()
    assert machine.said[-1] == "kafka does not start: no java"
    machine.now += 5
    machine.broker.keep_running()
    assert len(machine.children) == 2


def test_one_that_never_answers_ends_the_start(machine: Machine) -> None:
    machine.answers = False
    with pytest.raises(LocalError, match=r"Kafka does not answer: see .*kafka\.log"):
        machine.broker.start()
    assert machine.said[0].startswith("waiting for kafka (its log: ")


def test_one_that_ends_at_once_ends_the_start(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.answers = False
    real = machine.spawn

    def dead(place: KafkaPlace) -> Any:
        child = real(place)
        child.process.code = 1
        return child

    monkeypatch.setattr(broker, "spawn", dead)
    with pytest.raises(LocalError, match="Kafka ended: "):
        machine.broker.start()


def test_one_of_somebody_else_that_is_away_is_one_line() -> None:
    for bootstrap in ("127.0.0.1:1", "127.0.0.1:1,not an address"):
        with pytest.raises(LocalError, match="leave --kafka away"):
            OthersBroker(bootstrap).start()
