"""Profiles are made once a day, after three o'clock, and a failure is said once and tried again."""

from typing import Any

import pytest

from schemas.profiles import Profile
from schemas.targets_book import TargetsBook
from streams.admin import nightly_profiles
from streams.admin.broker import AdminError
from streams.admin.nightly_profiles import NightlyProfiles
from streams.history.profile_making import Made
from streams.sinks.clickhouse.database import Answer
from tests.support.builders import MONDAY, clock
from tests.support.profiles import profile


class Reader:
    def execute(self, sql: str) -> Answer:
        return Answer(["default_zone"], [("UTC",)])

    def close(self) -> None:
        pass


class Night:
    """`known`: what the topic holds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.known: dict[str, list[Profile]] = {}
        self.written: list[list[str]] = []
        self.said: list[str] = []
        self.failure: Exception | None = None
        monkeypatch.setattr(nightly_profiles, "read_profiles", lambda *_: self.known)
        monkeypatch.setattr(nightly_profiles, "published_book", lambda *_: TargetsBook())
        monkeypatch.setattr(nightly_profiles, "made_profiles", self._made)
        monkeypatch.setattr(nightly_profiles, "publish_profiles", self._publish)
        self.nightly = NightlyProfiles("kafka", "", self.said.append)

    def _made(self, *_: Any) -> list[Made]:
        return [Made("a", profile("a"), {}), Made("b", None, {})]

    def _publish(self, _: str, __: str, made: list[Profile], ___: int) -> list[Profile]:
        if self.failure is not None:
            raise self.failure
        self.written.append([each.queue for each in made])
        return made

    def at(self, text: str) -> None:
        self.nightly.turn(Reader(), clock(text))


def test_they_are_made_once_a_day_from_three_on(monkeypatch: pytest.MonkeyPatch) -> None:
    night = Night(monkeypatch)
    for text in ("02:50", "03:00", "03:10", "23:50", "26:00"):
        night.at(text)
    assert night.written == [["a"]]
    assert night.said == ["profiles: 1 published; 1 of 2 queues have enough history"]
    night.at("27:00")
    assert night.written == [["a"], ["a"]]


def test_those_of_a_command_or_of_another_archive_are_todays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    night = Night(monkeypatch)
    night.known = {"a": [profile("a", valid_from=MONDAY)]}
    night.at("04:00")
    assert night.written == []
    night.known = {"a": [profile("a", valid_from=MONDAY - 1)]}
    night.at("28:00")
    assert night.written == [["a"]]


def test_a_failure_is_said_once_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    night = Night(monkeypatch)
    night.failure = AdminError("Kafka does not answer")
    night.at("03:00")
    night.at("03:10")
    assert night.said == ["no profiles, tried again: Kafka does not answer"]
    night.failure = None
    night.at("03:20")
    assert night.written == [["a"]]
