"""Tables: the same values on the page and in the file."""

import pytest

from dashboards.wallboard.history.cells import Cell, cells, level, moment, percent, points, seconds
from dashboards.wallboard.history.table import Head, Table, as_csv, as_html, with_rest_folded
from dashboards.wallboard.texts import texts_of
from schemas.owners import Language
from schemas.past_figures import Figures
from streams.charts.html import Html

SAY = texts_of("en")
TABLE = Table(
    "league", Html("Worst <i>first</i>"), [Head("queue", Html("Queue")), Head("sl_promised", Html("Served &amp; in time"))],
    [cells({"queue": "=cmd|'x'!A1", "sl_promised": 0.861}, ("queue", "sl_promised"), ("=cmd|'x'!A1", percent(0.861))),
     (Cell(None, Html("–")), Cell(None, Html("–")))],
)  # fmt: skip


def test_a_file_has_the_values_and_runs_nothing() -> None:
    assert as_csv(TABLE) == "queue,sl_promised\n'=cmd|'x'!A1,0.861\n,\n"


def test_the_page_has_the_same_digits_and_each_cell_its_title() -> None:
    html = as_html(TABLE)
    assert "86.1 %" in html
    assert 'data-label="Served &amp; in time"' in html
    assert "&#x27;" in html  # nothing of a name is markup


def test_the_rest_of_a_long_table_is_folded_with_its_number() -> None:
    assert with_rest_folded(TABLE, 2, SAY) == as_html(TABLE)
    html = with_rest_folded(TABLE, 1, SAY)
    open_part, _, folded = html.partition("<summary>")
    assert folded.startswith("and 1 more</summary>")
    assert ("86.1 %" in open_part, "86.1 %" in folded) == (True, False)
    assert html.count("<thead>") == 2  # each is a table of its own for who hears it


def test_values_are_written_as_tables_of_history_write_them() -> None:
    assert (percent(0.5), percent(1), percent(None)) == ("50.0 %", "100.0 %", "–")
    assert (points(3), points(-0.25), points(None)) == ("+3.0", "\N{MINUS SIGN}0.2", "–")
    assert [seconds(each, SAY) for each in (182.4, 0, None)] == ["182.4 s", "0.0 s", "–"]


@pytest.mark.parametrize(
    ("code", "said"), [("ar", "182.4 ث"), ("id", "182.4 dtk"), ("zu", "182.4 sec")]
)
def test_seconds_have_the_word_of_the_language_of_the_page(code: Language, said: str) -> None:
    assert seconds(182.4, texts_of(code)) == said
    assert moment("2026-10-05T09:30:00+02:00") == "2026-10-05 09:30"
    assert moment(None) == "–"


def test_few_calls_are_those_calls_and_no_percentage() -> None:
    few: Figures = {"sl_promised": 0.666667, "promised_calls": 3, "against_goal": "few calls"}
    assert level(few, SAY) == '<bdi class="few">2/3</bdi>'
    assert level({"promised_calls": 30}, SAY) == "–"
    missed = level({"sl_promised": 0.5, "promised_calls": 30, "against_goal": "missed"}, SAY)
    assert "50.0 %" in missed
    assert "below the goal" in missed
