"""`queuewatch topics`: one line a mistake, and exit code 1 for any."""

import pytest
from click.testing import CliRunner

from streams.admin import topics
from streams.admin.topics import Created
from streams.cli.topics import command


def test_every_mistake_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[str] = []
    monkeypatch.setattr(topics, "check_topics", lambda *_: found)
    assert CliRunner().invoke(command, ["check"]).output == "topics are as they must be\n"
    found += ["topic calls is missing", "topic legs is missing"]
    done = CliRunner().invoke(command, ["check"])
    assert (done.exit_code, done.output.splitlines()) == (1, [f"queuewatch: {x}" for x in found])


def test_what_was_made_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "create_topics", lambda *_: Created(("calls",), 7))
    done = CliRunner().invoke(command, ["create", "--partitions", "2"])
    assert done.output == "created calls\ntopics ready, 1 of them new (epoch 7)\n"
    assert CliRunner().invoke(command, ["create", "--partitions", "0"]).exit_code == 2


def test_without_kafka_it_is_one_line() -> None:
    done = CliRunner().invoke(command, ["check", "--kafka", "127.0.0.1:1"])
    assert done.exit_code == 1
    assert done.output.startswith("queuewatch: Kafka does not answer at 127.0.0.1:1")
