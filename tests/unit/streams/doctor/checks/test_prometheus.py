import json

import pytest

from streams.doctor.asking import Answer, UnreachedError
from streams.doctor.checks import prometheus
from streams.doctor.system import System
from streams.plumbing.http_config import HttpConfig

SYSTEM = System(prometheus="http://anna:pw@prom:9090")


def levels(rules: set[str], up: dict[str, bool]) -> list[str]:
    seen = prometheus.Seen("3.5.0", frozenset(rules), up)
    return [each.level for each in prometheus.CHECK.judge(SYSTEM, seen)]


def test_rules_and_processes_that_are_missing_are_warnings() -> None:
    assert levels({"PipelineDown"}, {"stream a:1": True}) == ["ok"]
    assert levels(set(), {}) == ["ok", "warn", "warn"]
    assert levels({"PipelineDown"}, {"stream a:1": True, "archive a:2": False}) == ["ok", "warn"]


def test_its_answers_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    up = [{"metric": {"job": "stream", "instance": "a:1"}, "value": [1, "0"]}]
    answers: dict[str, object] = {
        "buildinfo": {"version": "3.5.0"},
        "rules": {"groups": [{"rules": [{"name": "PipelineDown"}]}]},
        "query": {"result": up},
    }

    def get(url: str, _: HttpConfig | None = None) -> Answer:
        (found,) = [data for part, data in answers.items() if part in url]
        return Answer(200, json.dumps({"data": found}).encode())

    monkeypatch.setattr(prometheus, "get", get)
    seen = prometheus.CHECK.ask(SYSTEM)
    assert seen == prometheus.Seen("3.5.0", frozenset({"PipelineDown"}), {"stream a:1": False})


@pytest.mark.parametrize("answer", [Answer(404, b""), Answer(200, b"<html>"), Answer(200, b"[]")])
def test_another_server_is_not_taken_for_one(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prometheus, "get", lambda *_: answer)
    with pytest.raises(UnreachedError, match=r"^http://prom:9090 "):
        prometheus.CHECK.ask(SYSTEM)
