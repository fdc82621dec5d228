"""`queuewatch topics`: one line a mistake, and exit code 1 for any."""

import pytest
from click.testing import CliRunner

from streams.admin import growing, topics, topics_seen, unclean
from streams.admin.growing import Grown
from streams.admin.topics import Created
from streams.admin.unclean import Finding
from streams.cli.topics import command


def test_every_mistake_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[str] = []
    monkeypatch.setattr(topics_seen, "check_topics", lambda *_: list(found))
    monkeypatch.setattr(unclean, "check_cluster", lambda *_: [])
    assert CliRunner().invoke(command, ["check"]).output == "topics are as they must be\n"
    found += ["topic calls is missing", "topic legs is missing"]
    done = CliRunner().invoke(command, ["check"])
    assert (done.exit_code, done.output.splitlines()) == (1, [f"queuewatch: {x}" for x in found])


def test_what_is_unclean_is_refused_or_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Finding("a copy lags", refused=False)]
    monkeypatch.setattr(topics_seen, "check_topics", lambda *_: [])
    monkeypatch.setattr(unclean, "check_cluster", lambda *_: found)
    done = CliRunner().invoke(command, ["check"])
    assert done.exit_code == 0
    assert done.stderr == "queuewatch: warning: a copy lags\n"
    assert done.stdout == "topics are as they must be\n"
    found.append(Finding("one copy only"))
    done = CliRunner().invoke(command, ["check"])
    assert done.exit_code == 1
    assert done.output.splitlines()[-1] == "queuewatch: one copy only"


def test_what_was_made_is_said_and_what_is_unclean_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(topics, "create_topics", lambda *_: Created(("calls",), 7))
    monkeypatch.setattr(unclean, "check_cluster", lambda *_: [Finding("one copy only")])
    done = CliRunner().invoke(command, ["create", "--partitions", "2"])
    assert done.stdout == "created calls\ntopics ready, 1 of them new (epoch 7)\n"
    assert (done.exit_code, done.stderr) == (0, "queuewatch: warning: one copy only\n")
    assert CliRunner().invoke(command, ["create", "--partitions", "0"]).exit_code == 2


def test_what_was_moved_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    done = Grown(8, 16, 7, moved=12, sent_again=3)
    monkeypatch.setattr(growing, "grow", lambda *_: done)
    said = CliRunner().invoke(command, ["grow", "--partitions", "16"])
    assert said.output.splitlines() == [
        "3 records that came meanwhile were sent again to their new places",
        "16 partitions in place of 8: 12 queues and agents moved (epoch 7)",
    ]
    monkeypatch.setattr(growing, "grow", lambda *_: Grown(8, 8, 7))
    said = CliRunner().invoke(command, ["grow", "--partitions", "8"])
    assert said.output == "there are 8 partitions already\n"


def test_without_kafka_it_is_one_line() -> None:
    done = CliRunner().invoke(command, ["check", "--kafka", "127.0.0.1:1"])
    assert done.exit_code == 1
    assert done.output.startswith("queuewatch: Kafka does not answer at 127.0.0.1:1")
