import pytest

from producers.asterisk.table_forms import Form, found_columns, found_form

CSV = """\
"id","time","callid","queuename","serverid","agent","event","data1","data2"
"1","2025-03-11 11:40:00","7.1","sales","","NONE","ENTERQUEUE","","555"
"""
PSQL = """\
asterisk=# select * from queue_log;
           time            | callid | queuename | agent | event | data1 | data2
---------------------------+--------+-----------+-------+-------+-------+-------
2025-03-11 11:40:00.123456 | 7.1    | sales     | NONE  | X     |       | 555
(1 row)

"""
MYSQL = """\
+---------------------+--------+-----------+-------+-------+-------+
| time                | callid | queuename | agent | event | data1 |
+---------------------+--------+-----------+-------+-------+-------+
| 2025-03-11 11:40:00 | 7.1    | sales     | NONE  | X     |       |
+---------------------+--------+-----------+-------+-------+-------+
1 row in set (0.00 sec)
"""
BATCH = "time\tcallid\tqueuename\tagent\tevent\tdata\n1\t7.1\tsales\tNONE\tX\t1|1|33\n"
UNALIGNED = "time|callid|queuename|agent|event|data1\n1741693200|7.1|sales|NONE|X|\n(1 row)\n"


def _lines(text: str) -> list[tuple[int, str]]:
    return list(enumerate(text.splitlines(), 1))


def _found(text: str) -> Form:
    form = found_form(_lines(text))
    assert form is not None
    return form


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (CSV, (2, ("1", "2025-03-11 11:40:00", "7.1", "sales", "", "NONE", "ENTERQUEUE", "", "555"))),
        (CSV.replace('","', '";"'),
         (2, ("1", "2025-03-11 11:40:00", "7.1", "sales", "", "NONE", "ENTERQUEUE", "", "555"))),
        (PSQL, (4, ("2025-03-11 11:40:00.123456", "7.1", "sales", "NONE", "X", "", "555"))),
        (MYSQL, (4, ("2025-03-11 11:40:00", "7.1", "sales", "NONE", "X", ""))),
        (BATCH, (2, ("1", "7.1", "sales", "NONE", "X", "1|1|33"))),
        (UNALIGNED, (2, ("1741693200", "7.1", "sales", "NONE", "X", ""))),
    ],
)  # fmt: skip
def test_each_form_gives_its_rows_and_nothing_that_is_drawn_around_them(
    text: str, row: tuple[int, tuple[str, ...]]
) -> None:
    found = [(each.number, each.cells) for each in _found(text).rows(_lines(text))]
    assert found == [row]


def test_a_row_with_another_number_of_cells_has_none() -> None:
    for text in (CSV + '"2","x"\n', PSQL + "a | b\n", MYSQL + "| a | b |\n"):
        assert [each.cells is None for each in _found(text).rows(_lines(text))] == [False, True]


def test_the_pipes_of_one_data_column_are_not_those_of_the_table() -> None:
    text = (
        "time | callid | queuename | agent | event | data\n1 | 7.1 | q | NONE | ABANDON | 1|1|33\n"
    )
    (row,) = _found(text).rows(_lines(text))
    assert row.cells is not None
    assert row.cells[-1] == "1|1|33"


def test_the_pipes_of_the_fifth_of_five_data_columns_are_not_those_of_the_table() -> None:
    head = "time | callid | queuename | agent | event | data1 | data2 | data3 | data4 | data5\n"
    text = head + "1 | 7.1 | q | A | ATTENDEDTRANSFER | LINK | SIP/1 | SIP/2 | 10 | 20|1\n"
    (row,) = _found(text).rows(_lines(text))
    assert row.cells is not None
    assert row.cells[-2:] == ("10", "20|1")


@pytest.mark.parametrize(
    ("names", "data"),
    [
        ("time callid queuename agent event data1 data2", (5, 6)),
        ("time_id call_id queue agent verb data2 data1 serverid", (6, 5)),  # QueueMetrics
        ("time callid queuename agent event arg1 arg2 arg3", (5, 6, 7)),
        ("Time CallID QueueName Agent Event Data", ()),
    ],
)
def test_the_names_of_other_schemas_are_known(names: str, data: tuple[int, ...]) -> None:
    columns = found_columns(names.split())
    assert columns is not None
    assert (columns.time, columns.callid, columns.queue, columns.agent, columns.event) == (
        0, 1, 2, 3, 4,
    )  # fmt: skip
    assert columns.data == data


@pytest.mark.parametrize(
    "text",
    [
        "leg_id,queue,arrived_at,outcome\n",
        "time,callid,queue,agent,event\n",  # without data it may be anything
        "1741688200|7.1|sales|NONE|ENTERQUEUE||555|1\n",
        "\n" * 50 + CSV,
        "",
    ],
)
def test_another_file_is_no_table(text: str) -> None:
    assert found_form(_lines(text)) is None
