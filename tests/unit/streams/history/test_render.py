import json

from streams.history.render import Rows, rendered

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
