"""The queries of a report in place of its figures."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from streams.cli import history
from streams.sinks.clickhouse.database import Answer


class Silent:
    """An archive with nothing in it."""

    def execute(self, sql: str) -> Answer:
        if "max(arrived_at_ms) AS last" in sql:
            return Answer(["last"], [(0,)])
        return Answer([], [])

    def close(self) -> None: ...


@contextmanager
def nothing(*_: object) -> Iterator[Silent]:
    yield Silent()


def test_each_query_ends_with_a_semicolon_and_no_figure_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(history, "archive_of", nothing)
    asked = [
        "sql",
        "losses",
        "--from",
        "2026-05-01T00:00Z",
        "--to",
        "2026-05-02T00:00Z",
        "--by",
        "all",
    ]
    done = CliRunner().invoke(history.command, asked)
    assert done.exit_code == 0, done.output
    statements = [each.strip() for each in done.output.split(";\n\n") if each.strip()]
    assert any("report_group" in each and "FROM legs" in each for each in statements)
    assert all(each.startswith("SELECT") for each in statements)


def test_an_unknown_report_is_wrong_use() -> None:
    for name in ("sql", "nonsense"):
        done = CliRunner().invoke(history.command, ["sql", name])
        assert (done.exit_code, f'no report "{name}"' in done.output) == (2, True)


def test_it_stands_in_the_list_of_commands() -> None:
    assert "\n  sql " in CliRunner().invoke(history.command, ["--help"]).output
