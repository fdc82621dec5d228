"""Every report declares what it may be asked and what each column says; the rest follows from that."""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from streams.cli import history
from streams.history import registry, reports
from streams.history.alert_quality import REPORT as ALERTS
from streams.history.catalogue import Catalogue
from streams.history.options import AS_OF
from streams.history.question import HistoryError, Question
from streams.history.render import rendered_report
from streams.history.report import Column, Found, answer
from streams.sinks.clickhouse.deletions import MOMENTS
from tests.support import report_tables
from tests.support.fake_archive import FakeArchive
from tests.support.sources import ROOT

NAMES = registry.names()
UNIT_OF_SUFFIX = {"_s": "s", "_ms": "ms", "_at": "time"}
MONDAY = ("--from", "2026-11-02", "--to", "2026-11-03")


def columns_of(name: str) -> Iterator[Column]:
    for part in registry.report(name).parts:
        yield from (*part.columns, *part.table_only)


def test_the_page_is_fresh() -> None:
    text = report_tables.DOCUMENT.read_text()
    assert report_tables.rendered(text) == text, "run `python -m tests.support.report_tables`"


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_defined_in_its_unit(name: str) -> None:
    for column in columns_of(name):
        assert column.definition, column.name
        for suffix, unit in UNIT_OF_SUFFIX.items():
            assert not column.name.endswith(suffix) or column.unit == unit, column.name


@pytest.mark.parametrize("name", NAMES)
def test_a_column_stands_once_in_csv(name: str) -> None:
    found = Found(tuple([] for _ in registry.report(name).parts))
    header = rendered_report(registry.report(name), found, "csv").strip().split(",")
    assert len(header) == len({*header})


@pytest.mark.parametrize("name", NAMES)
def test_the_table_for_people_shows_columns_that_are_there(name: str) -> None:
    for part in registry.report(name).parts:
        known = {*part.names(), *(column.name for column in part.table_only)}
        assert set(part.in_table) <= known


def test_a_column_of_one_name_has_one_unit_in_all_reports() -> None:
    units: dict[str, set[str]] = {}
    for name in NAMES:
        for column in columns_of(name):
            # A flag of one leg is the count of that leg.
            unit = "legs" if column.unit == "yes = 1" else column.unit
            units.setdefault(column.name, set()).add(unit)
    assert {name for name, found in units.items() if len(found) > 1} == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_option_sets_a_field_of_its_own(name: str) -> None:
    fields = [option.field for option in registry.report(name).options]
    assert len(set(fields)) == len(fields)
    assert set(fields) <= set(Question.__struct_fields__)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_asked_that_the_oldest_server_lacks(name: str) -> None:
    archive = FakeArchive()
    question = Question(1_790_000_000_000, 1_790_086_400_000, every_ms=3_600_000, contact_id="c-1")
    with suppress(HistoryError):  # a contact that is not there
        answer(registry.report(name), archive, Catalogue("UTC", {}), question)
    assert archive.asked
    for sql in archive.asked:
        assert not re.search(r"\bOVER\b|\bQUALIFY\b|DateTime64|\bWITH\b", sql)


@pytest.fixture
def one_more(monkeypatch: pytest.MonkeyPatch) -> FakeArchive:
    """The report of one file in tests/support/reports, and an archive that answers it."""
    folder = str(ROOT / "tests/support/reports")
    monkeypatch.setattr(reports, "__path__", [*reports.__path__, folder])
    archive = FakeArchive(
        legs=[
            {"queue": "billing", "refused": 1, "called": 4},
            {"queue": "cards", "refused": 0, "called": 0},
        ]
    )

    @contextmanager
    def archive_of(data: Path, query_port: int, url: str | None) -> Any:
        yield archive

    monkeypatch.setattr(history, "archive_of", archive_of)
    return archive


def ask(*arguments: str) -> str:
    done = CliRunner().invoke(history.command, list(arguments))
    assert done.exit_code == 0, done.stdout
    return done.stdout


def test_a_month_that_has_not_begun_is_told_by_the_command(
    one_more: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command alone knows when it is asked."""
    monkeypatch.setattr(one_more, "_tables", {})
    told = ask("month", "2105-01")
    assert "The month has not begun" in told
    assert "Nobody called" not in told


def test_a_report_of_one_file_is_a_command(one_more: FakeArchive) -> None:
    assert re.search(r"refused-calls +Callers who were refused, by queue", ask("--help"))
    text = ask("refused-calls", "--help")
    assert "Callers who were refused, by queue; a report that only tests know." in text
    assert "queuewatch history refused-calls --from 2026-11-02" in text
    assert "--queue Q" in text
    assert "--by" not in text


def test_a_report_of_one_file_has_every_format(one_more: FakeArchive) -> None:
    expected = [
        {"queue": "billing", "refused": 1, "share": 0.25},
        {"queue": "cards", "refused": 0, "share": None},
    ]
    assert json.loads(ask("refused-calls", *MONDAY, "--format", "json")) == expected
    assert any("FROM legs" in sql for sql in one_more.asked)
    rows = list(csv.reader(io.StringIO(ask("refused-calls", *MONDAY, "--format", "csv"))))
    assert rows == [["queue", "refused", "share"], ["billing", "1", "0.25"], ["cards", "0", ""]]
    assert ask("refused-calls", *MONDAY).splitlines()[2].split() == ["cards", "0", "–"]


def test_a_report_of_one_file_is_in_the_page(one_more: FakeArchive) -> None:
    page = report_tables.rendered("<!-- reports -->\n<!-- end -->")
    section = page.partition("## refused-calls\n")[2].partition("\n## ")[0]
    assert "| `share` | share | refused / all who called | nobody called |" in section
    assert "queuewatch history refused-calls --from 2026-11-02 --to 2026-11-03" in section


@pytest.mark.parametrize("name", [*NAMES, "alerts quality"])
def test_a_report_declares_every_table_that_loses_rows_to_a_purge(name: str) -> None:
    """Else it would show what is left of them as if it were all: `answer` asks nothing of which rows were deleted."""
    report = ALERTS if name == "alerts quality" else registry.report(name)
    declared = {each.table for each in report.reads}
    base = Question(1_790_000_000_000, 1_790_086_400_000, every_ms=3_600_000, contact_id="c-1")
    versions = replace(base, as_of=1_790_000_000_000) if AS_OF in report.options else base
    questions = (base, versions, replace(base, from_legs=True), replace(base, basis="event"))
    legs = [{"contact_id": "c-1", "queue": "billing", "leg_id": "1"}]
    for question, known in product(questions, ({}, {"legs": legs})):
        archive = FakeArchive(**known)
        with suppress(HistoryError, KeyError, IndexError, TypeError, ValueError):  # of short rows
            answer(report, archive, Catalogue("UTC", {}), question)
        read = {
            table
            for sql in archive.asked
            for table in re.findall(r"(?:FROM|JOIN) (\w+)", sql)
            if table in MOMENTS
        }
        if question.as_of is not None and "leg_versions" in read:
            read = read - {"leg_versions"} | {"legs"}  # `legs` means those of the question
        assert read <= declared, question
