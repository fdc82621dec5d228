"""Papers against history: every figure of every file is the one that the reports of history give, on both databases."""

import csv
import io
import json
import re
from collections.abc import Callable
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from schemas.millis import DAY
from streams.history.catalogue import read_catalogue
from streams.history.language import ENGLISH
from streams.history.paper import Paper
from streams.history.papers.asked import Asked, asked
from streams.history.papers.making import paper_of
from streams.history.papers.writing import written
from streams.history.period import period_of
from streams.history.question import Question
from streams.history.report import Row, answer
from streams.history.reports.month import REPORT as MONTH
from streams.history.reports.promises import REPORT as PROMISED
from streams.history.sentences import Length
from streams.sinks.clickhouse.database import Database
from tests.chaos.scale import real_only
from tests.integration.history.promised import NEVER, ZONE

PERIODS = [
    ("month", "2026-10"), ("month", "2028-02"), ("day", "2026-10-25"), ("week", "2026-W53"),
    pytest.param("month", "2026-06", marks=real_only), pytest.param("day", "2026-03-29", marks=real_only),
]  # fmt: skip


def about(database: Database, length: Length, text: str, as_of: int | None = None) -> Asked:
    known = read_catalogue(database, NEVER)
    return asked(period_of(length, text, ZONE), known, None, NEVER + 400 * DAY, as_of)


PaperOf = Callable[[Length, str], Paper]


@pytest.fixture(scope="module")
def paper(promising: Database) -> PaperOf:
    """Each paper is made once: it asks the archive some 35 questions."""
    return cache(lambda length, text: paper_of(promising, about(promising, length, text), "0.1.0"))


def tables_of(paper: Paper) -> dict[str, list[Row]]:
    return {table.part.name: list(table.rows) for table in paper.tables}


def without_name(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "name" and value is not None}


@pytest.mark.in_part
@pytest.mark.parametrize(("length", "text"), PERIODS)
def test_its_tables_are_those_of_history(
    promising: Database, paper: PaperOf, length: Length, text: str
) -> None:
    whom = about(promising, length, text)
    found = tables_of(paper(length, text))
    question = Question(whom.period.start, whom.period.end, now=whom.now)
    _, centres, queues, losses, *_ = answer(MONTH, promising, whom.known, question).rows
    called = [row for row in centres if row["called"]]
    if not called:
        assert "centres" not in found
        return
    before = {"sl_then", "sl_change", "sl_noise", "sl_says"}  # `month` knows a month before alone
    for name, rows in (("centres", centres), ("queues", queues)):
        expected = [without_name(row) for row in rows if row["called"]]
        got = [without_name(row) for row in found[name]]
        if length != "month":
            expected, got = ([{k: v for k, v in row.items() if k not in before} for row in each] for each in (expected, got))  # fmt: skip
        assert got == expected
    assert found["losses"] == losses
    promises = answer(PROMISED, promising, whom.known, question).rows[0]
    assert [*map(without_name, found["promises"])] == [*map(without_name, promises)]


@pytest.mark.in_part
@pytest.mark.parametrize(("length", "text"), PERIODS)
def test_days_add_up_to_the_period_and_the_books_balance(
    paper: PaperOf, length: Length, text: str
) -> None:
    made = paper(length, text)
    found = tables_of(made)
    names = {each.name for each in made.sentences}
    if "steps" not in found:
        assert names & {"nobody_called", "no_data_after", "no_data_before", "no_data"}
        return
    assert "books_balance" in names
    whole, *steps = found["losses"]
    assert sum(int(str(row["legs"])) for row in steps) == whole["legs"]
    period = next(row for row in found["periods"] if row["period"] == text)
    for name in ("called", "answered", "gave_up", "rejected", "promised_calls"):
        assert sum(int(str(row[name])) for row in found["steps"]) == period[name]
    assert period["called"] == whole["legs"]
    due = sum(int(str(row["promised_calls"])) for row in found.get("week", []))
    assert due in (0, period["promised_calls"])


def test_every_file_says_the_same_digits_and_the_same_bytes_twice(promising: Database) -> None:
    as_of = NEVER + 300 * DAY
    paper = paper_of(promising, about(promising, "month", "2026-10", as_of), "0.1.0")
    again = paper_of(promising, about(promising, "month", "2026-10", as_of), "0.1.0")
    made = {
        end: written(paper, ENGLISH, Path(f"x{end}"))
        for end in (".html", ".csv", ".json", ".xlsx", ".pdf", ".eml")
    }
    assert made == {end: written(again, ENGLISH, Path(f"x{end}")) for end in made}
    queues = tables_of(paper)["queues"]
    valued = [{name: value for name, value in row.items() if value is not None} for row in queues]
    assert rows_of_json(made[".json"]) == valued
    for row, in_csv in zip(queues, rows_of_csv(made[".csv"]), strict=True):
        assert all(
            str(row[name]) == in_csv[name] for name in ("called", "gave_up", "queue", "place")
        )
        assert float(in_csv["sl_promised"]) == row["sl_promised"]
    assert rows_of_workbook(made[".xlsx"]) == [
        (row["queue"], row["called"], row["sl_promised"]) for row in queues
    ]
    pages = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made[".pdf"])).pages)
    for text in (unescape(re.sub(r"<[^>]+>", " ", made[".html"].decode())), pages):
        words = re.sub(r"\s+", " ", text)
        for row in queues:
            for shown in (f"{row['called']:,}", ENGLISH.percent(_share(row)), str(row["name"])):
                assert shown in words


def _share(row: Row) -> float | None:
    return None if row["sl_promised"] is None else float(str(row["sl_promised"]))


def rows_of_json(made: bytes) -> list[dict[str, Any]]:
    tables = [table for section in json.loads(made)["sections"] for table in section["tables"]]
    (queues,) = [table["rows"] for table in tables if table["name"] == "queues"]
    return [{name: value for name, value in row.items() if value is not None} for row in queues]


def rows_of_csv(made: bytes) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(made.decode("utf-8-sig")))
    return [row for row in rows if row["kind"] == "queue"]


def rows_of_workbook(made: bytes) -> list[tuple[Any, ...]]:
    head, *rows = load_workbook(io.BytesIO(made))["queues"].iter_rows(values_only=True)
    places = [head.index(name) for name in ("queue", "called", "sl_promised")]
    return [tuple(row[place] for place in places) for row in rows]


def test_what_was_not_known_yet_is_not_in_it(promising: Database) -> None:
    """As of before everything: nobody knows whether anybody called."""
    paper = paper_of(promising, about(promising, "month", "2026-10", as_of=1_000), "0.1.0")
    assert [section.name for section in paper.sections] == ["short"]


def test_page_one_answers_the_question_of_the_committee(paper: PaperOf) -> None:
    """Which were worst, in how many half hours, what the average hid, how many gave up, what changed."""
    page = paper("month", "2026-10")
    names = [section.name for section in page.sections]
    assert names[:4] == ["head", "short", "worst_centres", "hidden"]
    made = written(page, ENGLISH, Path("x.pdf"))
    first = re.sub(r"\s+", " ", PdfReader(io.BytesIO(made)).pages[0].extract_text())
    for sentence in (each for section in page.sections[:4] for each in section.sentences):
        assert sentence.text in first
