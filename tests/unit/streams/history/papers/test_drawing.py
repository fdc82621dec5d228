"""Charts are drawn from the tables of the paper."""

from streams.history.language import ENGLISH, language_of
from streams.history.paper import Chart, Paper, Table
from streams.history.papers.drawing import drawn
from streams.history.report import Row
from tests.support.drawn import texts
from tests.support.papers import made_paper


def chart_of(paper: Paper, kind: str) -> tuple[Chart, Table]:
    chart = next(each for each in paper.charts if each.kind == kind)
    return chart, next(each for each in paper.tables if each.part.name == chart.table)


def test_bars_say_what_the_table_says() -> None:
    (svg,) = drawn(*chart_of(made_paper("Fleet"), "bars"), ENGLISH, "month")
    assert {"Fleet", "61.2 %", "goal"} <= {*texts(svg)}


def test_a_heatmap_of_a_whole_day_is_two() -> None:
    morning, evening = drawn(*chart_of(made_paper(), "heatmap"), ENGLISH, "month")
    assert {"00:00", "11:30", "Mon", "47.9"} <= {*texts(morning)}
    assert {"12:00", "23:30", "97.9"} <= {*texts(evening)}
    assert "12:00" not in texts(morning)


def test_a_goal_that_is_the_same_every_day_is_a_line() -> None:
    (svg,) = drawn(*chart_of(made_paper(), "lines"), ENGLISH, "month")
    assert "goal 80.0 %" in texts(svg)


def test_a_note_has_its_number_at_its_day() -> None:
    chart, table = chart_of(made_paper(), "lines")
    holiday: Row = {"number": 7, "planned": "holiday", "began": "2026-03-03T00:00:00+00:00", "ended": "2026-03-04T00:00:00+00:00", "reason": "<b>"}  # fmt: skip
    (plain,) = drawn(chart, table, ENGLISH, "month")
    (svg,) = drawn(chart, table, ENGLISH, "month", [holiday])
    assert [text for text in texts(svg) if text not in texts(plain)] == ["7"]
    assert "7 holiday: &lt;b&gt;" in svg
    assert "c-note" not in plain


def test_what_has_nothing_to_compare_is_not_drawn() -> None:
    chart, table = chart_of(made_paper(), "lines")
    assert drawn(chart, Table(table.part, table.rows[:1]), ENGLISH, "month") == ()
    chart, table = chart_of(made_paper(), "heatmap")
    monday = [row for row in table.rows if row["weekday"] == 1]
    assert drawn(chart, Table(table.part, monday), ENGLISH, "month") == ()


def test_arabic_words_are_in_it() -> None:
    (svg,) = drawn(*chart_of(made_paper("Fleet"), "waterfall"), language_of("ar"), "month")
    assert any("رُفضوا" in text for text in texts(svg))
    assert ' direction="ltr"' in svg[: svg.index(">")]  # the frame is mirrored already
