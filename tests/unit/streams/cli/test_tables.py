"""`queuewatch tables`: what the archive says against it is one line and exit code 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from streams.cli.tables import command
from streams.sinks.clickhouse import migrate, opening
from streams.sinks.clickhouse.database import UnavailableError


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether a missing database was to be made, each time that one was opened."""
    found: list[bool] = []

    @contextmanager
    def opened(data: Path, address: Any, *, create: bool) -> Iterator[str]:
        found.append(create)
        yield "a database"

    monkeypatch.setattr(opening, "opened", opened)
    return found


def test_only_migrate_makes_a_database(
    created: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "migrate", lambda _: ["0001_tables.sql"])
    monkeypatch.setattr(migrate, "problems", lambda _: [])
    done = CliRunner().invoke(command, ["migrate"])
    assert done.output == "applied 0001_tables.sql\ntables ready, 1 migrations applied\n"
    assert CliRunner().invoke(command, ["check"]).output == "tables are as they must be\n"
    assert created == [True, False]


def test_mistakes_are_counted(created: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "problems", lambda _: ["table legs is missing"])
    done = CliRunner().invoke(command, ["check"])
    assert (done.exit_code, done.output) == (
        1, "table legs is missing\nqueuewatch: 1 mistakes in the tables\n",
    )  # fmt: skip


def test_an_archive_that_is_away_is_one_line(
    created: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: Any) -> list[str]:
        raise UnavailableError("db does not answer")

    monkeypatch.setattr(migrate, "migrate", away)
    done = CliRunner().invoke(command, ["migrate"])
    assert (done.exit_code, done.output) == (1, "queuewatch: db does not answer\n")
    wrong = CliRunner().invoke(command, ["check", "--clickhouse", "http://db:8123"])
    assert wrong.exit_code == 2
