"""Metrics of users, as typed: what a file says, what is published, and a formula that is only tried."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from schemas.metric_formula import OPERANDS
from streams.cli import history
from streams.cli.metrics import command
from streams.history import catalogue
from tests.support.fake_archive import FakeArchive

RANGE = ("--from", "2026-05-01", "--to", "2026-05-02")
FILE = """
[[metrics]]
name = "soon"
title = "Soon\\u001b"
formula = "answered_in_20_s / offered"
unit = "share"
no_value_when = "offered < 20"
"""
PUBLISHED: dict[str, Any] = {
    "version": 3, "valid_from": 0, "published": 0, "zone": "UTC",
    "whole": '{"metrics":[{"name":"lost","formula":"abandoned","unit":"legs","titles":{"en":"=1+1"}}]}',
}  # fmt: skip


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments])


def ask(monkeypatch: pytest.MonkeyPatch, *arguments: str, **tables: Any) -> Result:
    monkeypatch.setattr(history, "archive_reader", lambda *_: FakeArchive(**tables))
    monkeypatch.setattr(catalogue, "read_catalogue", lambda *_: catalogue.Catalogue("UTC", {}))
    return run(*arguments)


def test_check_says_how_each_metric_is_computed(tmp_path: Path) -> None:
    file = tmp_path / "queues.toml"
    file.write_text(FILE)
    done = run("check", str(file))
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "soon = answered_in_20_s / offered",
        "  Soon\\x1b; unit share; no value: a divisor of 0, or offered < 20",
        f"{file}: no mistake found; metrics: 1",
    ]
    file.write_text(FILE.replace("offered <", "ofered <"))
    wrong = run("check", str(file))
    assert wrong.exit_code == 1
    assert (
        'metrics number 1.no_value_when: character 1: there is no counter "ofered"' in wrong.output
    )


def test_check_of_a_file_without_says_what_may_be_named(tmp_path: Path) -> None:
    file = tmp_path / "queues.toml"
    file.write_text("")
    said = run("check", str(file)).stdout
    assert all(f"  {name} (" in said for name in (*OPERANDS, "answered_in_N_s"))


def test_list_shows_what_was_published(monkeypatch: pytest.MonkeyPatch) -> None:
    done = ask(monkeypatch, "list", "--format", "json", targets=[PUBLISHED])
    (row,) = json.loads(done.stdout)
    assert (row["metric"], row["metric_formula"], row["metric_version"], row["valid_from"]) == (
        "lost",
        "abandoned",
        3,
        None,
    )
    csv = ask(monkeypatch, "list", "--format", "csv", targets=[PUBLISHED]).stdout
    assert "lost,'=1+1,legs,abandoned" in csv  # no spreadsheet runs a title


def test_a_formula_that_is_none_is_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = ask(monkeypatch, "try", "offered / calls", *RANGE)
    assert wrong.exit_code == 2
    assert 'character 11: there is no counter "calls"' in wrong.output
    wrong = ask(monkeypatch, "try", "answered / offered", *RANGE, "--no-value-when", "offered")
    assert wrong.exit_code == 2
    assert "--no-value-when" in wrong.output
