"""A paper as text in a language: cells by their unit, what is left out is said."""

from msgspec.structs import replace

from schemas.owners import Language as Code
from streams.history.language import ENGLISH, language_of
from streams.history.paper import Chart, Paper, Section, Table
from streams.history.papers.league import CENTRES
from streams.history.papers.shown import ShownTable, shown
from streams.history.papers.trend import PERIODS
from streams.history.report import Row
from tests.support.papers import FORTY, league_row, made_paper


def table(name: str, paper: Paper, code: Code = "en") -> ShownTable:
    found = shown(paper, language_of(code))
    return next(each for section in found.sections for each in section.tables if each.name == name)


def test_cells_are_written_by_their_unit() -> None:
    row = table("queues", made_paper("Fleet")).rows[0]
    assert row == (
        "1",
        "Fleet",
        "12,001",
        "61.2 %",
        "80.0 %",
        "126",
        "136",
        "1,234",
        "-4.2",
        "worse",
    )
    row = table("queues", made_paper("Fleet"), "id").rows[0]
    assert row[2:4] == ("12.001", "61,2%")


def test_queues_without_a_centre_have_words_for_a_name() -> None:
    """In its place stood nothing, as of somebody who was forgotten; in the chart, too."""
    rows: list[Row] = [league_row(1, ""), league_row(2, "Water")]
    section = Section(
        "leagues",
        charts=(Chart("bars", "centres", "name", ("sl_promised",), "goal", "centres_goal"),),
        tables=(Table(CENTRES, rows, ("place", "name")),),
    )
    paper = replace(made_paper(), sections=(section,))
    (found,) = shown(paper, ENGLISH).sections
    assert found.tables[0].rows[0] == ("1", "queues without a centre")
    assert "queues without a centre" in found.charts[0].svgs[0]


def test_all_forty_queues_stand_there() -> None:
    assert len(table("queues", made_paper()).rows) == FORTY


def test_rows_that_are_left_out_are_counted() -> None:
    paper = made_paper()
    few = tuple(
        replace(each, tables=tuple(replace(of, first=3) for of in each.tables))
        for each in paper.sections
    )
    found = table("queues", replace(paper, sections=few))
    assert len(found.rows) == 3
    assert found.more.startswith("37 more rows")


def test_a_column_without_a_value_takes_no_room() -> None:
    headings = [each.text for each in table("losses", made_paper()).headings]
    assert "Reasons" in headings
    rows: list[Row] = [{"period": "2026-03", "start": "2026-03-01T00:00:00+00:00", "called": 1}]
    section = Section("trend", tables=(Table(PERIODS, rows, ("start", "called", "sl_promised")),))
    found = table("periods", replace(made_paper(), sections=(section,)))
    assert [each.text for each in found.headings] == ["From", "Calls"]
    assert found.rows == (("Sun 1 Mar 2026", "1"),)


def test_the_lead_of_a_sentence_stands_apart() -> None:
    section = shown(made_paper("Fleet"), ENGLISH).sections[2]
    assert section.sentences[0].lead == "1. Fleet"
    assert section.sentences[0].text.startswith(": 61.2 % of 11,001 calls")


def test_a_holiday_of_one_day_is_not_read_as_two() -> None:
    _, row = table("annotated", made_paper("Fleet")).rows
    assert row[:4] == ("2", "holiday", "Wed 4 Mar 2026", "Thu 5 Mar 00:00")
