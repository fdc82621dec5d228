import csv
import io
import json

from streams.history.render import Rows, rendered, rendered_report
from streams.history.report import Column, ForPeople, Found, Part, Report

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
        reads=(),
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


def test_no_text_of_a_platform_is_a_formula_in_a_spreadsheet() -> None:
    hostile = ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"]
    rows: Rows = [{"queue": name, "sl": -0.5} for name in hostile]
    read = list(csv.DictReader(io.StringIO(rendered(rows, ("queue", "sl"), "csv"), newline="")))
    escaped = [repr(name)[1:-1] if name[0] in "\t\r\n" else name for name in hostile]
    assert [row["queue"] for row in read] == [f"'{name}" for name in escaped]
    assert {row["sl"] for row in read} == {"-0.5"}  # a number stays one
    told = json.loads(rendered(rows, ("queue",), "json"))
    assert [row["queue"] for row in told] == hostile


def test_no_text_of_a_platform_moves_the_cursor_or_makes_a_row_of_its_own() -> None:
    rows: Rows = [{"queue": "\x1b[2Jbilling\nsupport  99  100 %\u202e\x9b"}]
    table = rendered(rows, ("queue",), "table")
    assert len(table.splitlines()) == 2
    assert "\\x1b[2Jbilling\\nsupport  99  100 %\\u202e\\x9b" in table


def _of(part: Part) -> Report:
    return Report(options=(), parts=(part,), ask=lambda *_: (), reads=(), examples=())


def test_people_read_percent_and_programs_a_number() -> None:
    part = Part((Column("sl", "share", "a share"), Column("change", "points", "points")))
    found = Found(([{"sl": 0.8614, "change": 1.234}, {"sl": None, "change": -4.0}],))
    assert (
        rendered_report(_of(part), found, "table") == "sl      change\n86.1 %  +1.2\n–       -4.0\n"
    )
    assert rendered_report(_of(part), found, "csv") == "sl,change\n0.8614,1.234\n,-4\n"


def test_a_part_orders_its_table_and_says_what_it_left_out() -> None:
    part = Part(
        (Column("queue", "text", "whose"),),
        arrange=lambda rows: ForPeople(rows[1:], f"left out: {rows[0]['queue']}\nand this"),
    )
    found = Found(([{"queue": "a\x1b"}, {"queue": "b"}],))
    text = rendered_report(_of(part), found, "table")
    assert text == "queue\nb\nleft out: a\\x1b\nand this\n"
    assert rendered_report(_of(part), found, "json").count("queue") == 2
    alone = Found(([{"queue": "a"}],))
    assert rendered_report(_of(part), alone, "table") == "left out: a\nand this\n"


def test_a_column_of_three_parts_stands_once_in_csv() -> None:
    """Read by name, the second of two columns of one name would hide the first."""
    said, league = Column("text", "text", "said"), Column("queue", "text", "whose")
    parts = (
        Part((said,), name="sentences", kind="sentence"),
        Part((league,), name="centres", kind="centre"),
        Part((league, said), name="queues", kind="queue"),
    )
    report = Report(options=(), parts=parts, ask=lambda *_: (), reads=(), examples=())
    found = Found(([{"text": "a"}], [{"queue": "b"}], [{"queue": "c", "text": "d"}]), ("", "", ""))
    assert rendered_report(report, found, "csv") == (
        "kind,text,queue\nsentence,a,\ncentre,,b\nqueue,d,c\n"
    )
