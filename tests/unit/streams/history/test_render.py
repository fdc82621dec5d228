import json

from streams.history.render import Rows, rendered, rendered_report
from streams.history.report import Column, Found, Part, Report

LINES: Rows = [
    {"queue": "a,b", "offered": 3, "sl": 0.333333, "asa_s": None},
    {"queue": "c", "offered": 0},
]
COLUMNS = ("queue", "offered", "sl", "asa_s")


def test_csv_leaves_no_value_empty() -> None:
    assert rendered(LINES, COLUMNS, "csv") == 'queue,offered,sl,asa_s\n"a,b",3,0.333333,\nc,0,,\n'


def test_json_says_null() -> None:
    assert json.loads(rendered(LINES, COLUMNS, "json"))[1] == {
        "queue": "c", "offered": 0, "sl": None, "asa_s": None,
    }  # fmt: skip


def test_a_table_shows_a_dash_and_only_the_columns_asked_for() -> None:
    assert rendered(LINES, COLUMNS, "table", ("queue", "sl")).splitlines() == [
        "queue  sl",
        "a,b    0.333333",
        "c      –",
    ]


def test_whole_and_small_numbers_stay_plain() -> None:
    lines: Rows = [{"queue": 20.0}, {"queue": 0.00001}, {"queue": -0.0}, {"queue": 5.001}]
    assert rendered(lines, ("queue",), "csv").split() == ["queue", "20", "0.00001", "0", "5.001"]


def test_a_report_of_several_parts_is_one_table_with_their_kinds_or_an_object_of_lists() -> None:
    name, at = Column("name", "text", "whose"), Column("at", "time", "when")
    report = Report(
        options=(),
        parts=(
            Part((name,), name="legs", kind="leg"),
            Part((at, name), name="events", kind="event"),
        ),
        ask=lambda *_: (),
        examples=(),
    )
    found = Found(([{"name": "ada"}], [{"at": "9:00"}]), ("Legs", "Told"), {"n": 2})
    assert rendered_report(report, found, "csv") == "kind,name,at\nleg,ada,\nevent,,9:00\n"
    assert json.loads(rendered_report(report, found, "json")) == {
        "n": 2, "legs": [{"name": "ada"}], "events": [{"at": "9:00", "name": None}],
    }  # fmt: skip
    assert rendered_report(report, found, "table") == (
        "Legs\nname\nada\n\nTold\nat    name\n9:00  –\n\n"
    )
