import pytest

from producers.asterisk.sql_dump import SqlDump, found_dump
from producers.asterisk.table_forms import TableRow

COLUMNS = "`id`, `time`, `callid`, `queuename`, `agent`, `event`, `data1`, `data2`"
CREATE = """\
CREATE TABLE `queue_log` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `time` char(26) DEFAULT NULL,
  `callid` varchar(32) NOT NULL DEFAULT '',
  `queuename` varchar(32) NOT NULL,
  `agent` varchar(32) NOT NULL,
  `event` varchar(32) NOT NULL,
  `data1` varchar(100) DEFAULT NULL,
  `data2` varchar(100) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `queue` (`queuename`)
) ENGINE=InnoDB;
"""
ROWS = (
    "(1,'2025-03-11 11:40:00','7.1','sales','NONE','ENTERQUEUE','','555'),"
    "(2,'2025-03-11 11:40:14','7.1','sales','SIP/1','CONNECT',NULL,'a')"
)
LINE_EACH = ROWS.replace("),(", "),\n\t(")
STATEMENT_EACH = ROWS.replace("),(", ");\ninsert into queue_log values (")
RIGHT = [
    ("1", "2025-03-11 11:40:00", "7.1", "sales", "NONE", "ENTERQUEUE", "", "555"),
    ("2", "2025-03-11 11:40:14", "7.1", "sales", "SIP/1", "CONNECT", "NULL", "a"),
]
OTHERS = """\
-- MySQL dump 10.13
INSERT INTO `other` VALUES (1,'queue_log'),(2,'x');
"""
POSTGRES = """\
--
-- PostgreSQL database dump
--
CREATE TABLE public.queue_log (
    id integer NOT NULL,
    "time" timestamp without time zone,
    callid text,
    queuename text,
    agent text,
    event text,
    data1 text,
    data2 text
);
"""
COPIED = """\
COPY public.queue_log (id, "time", callid, queuename, agent, event, data1, data2) FROM stdin;
1\t2025-03-11 11:40:00\t7.1\tsales\tNONE\tENTERQUEUE\t\t555
2\t2025-03-11 11:40:14\t7.1\tsales\tSIP/1\tCONNECT\t\\N\ta
\\.
COPY public.other (id) FROM stdin;
3
\\.
"""


def _rows(text: str) -> list[TableRow]:
    numbered = list(enumerate(text.splitlines(), 1))
    dump = found_dump(numbered, lambda: numbered)
    assert isinstance(dump, SqlDump), text
    return list(dump.rows(numbered))


def _cells(text: str) -> list[tuple[str, ...] | None]:
    return [row.cells for row in _rows(text)]


@pytest.mark.parametrize(
    "text",
    [
        f"{OTHERS}{CREATE}INSERT INTO `queue_log` VALUES {ROWS};\nUNLOCK TABLES;\n",
        f"{OTHERS}INSERT INTO `queue_log` ({COLUMNS}) VALUES {ROWS};\n",
        f"INSERT INTO asterisk.queue_log ({COLUMNS})\tVALUES\n{LINE_EACH};\n",
        f"{CREATE}insert ignore into queue_log values {STATEMENT_EACH};",
        f"{POSTGRES}INSERT INTO public.queue_log VALUES {ROWS};\n",
        f"{OTHERS}{CREATE}INSERT INTO `queue_log` VALUES\n\t{LINE_EACH};\n",
    ],
)
def test_each_kind_of_insert_gives_the_rows_of_the_table(text: str) -> None:
    assert _cells(text) == RIGHT
    assert [row.number for row in _rows(text)] == [1, 2]


def test_copy_of_postgres_gives_them_too() -> None:
    assert _cells(POSTGRES + COPIED) == [
        RIGHT[0],
        (*RIGHT[1][:6], "", "a"),
    ]  # NULL is empty already


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (r"'it\'s'", "it's"),
        ("'it''s'", "it's"),
        (r"'a\\b'", r"a\b"),
        (r"'a\nb'", "a\nb"),
        ("'a\nb'", "a\nb"),  # a line break of its own, as pg_dump writes it
        ("'a),(b'", "a),(b"),
        ("_binary 'x'", "x"),
        ("E'x'", "x"),
        ("'2025-03-11'::text", "2025-03-11"),
        ("12.5", "12.5"),
        ("''", ""),
    ],
)
def test_a_text_is_what_was_stored(value: str, cell: str) -> None:
    (row, after) = _cells(
        f"{CREATE}INSERT INTO queue_log VALUES (1,'t','c','q','a','E',{value},''),"
        "(2,'t','c','q','a','E','','');"
    )
    assert row is not None
    assert row[6] == cell
    assert after is not None


def test_a_row_that_cannot_be_told_apart_is_one_and_the_next_is_read() -> None:
    bad, short, good = _rows(
        f"{CREATE}INSERT INTO queue_log VALUES (1,now(),'c','q','a','E','',''),(2,'x'),"
        "(3,'t','c','q','a','E','','');"
    )
    assert (bad.cells, short.cells) == (None, None)
    assert good.cells is not None
    assert (bad.number, good.number) == (1, 3)


@pytest.mark.parametrize(
    "text",
    [
        OTHERS,
        "leg_id,queue\nINSERT,1\n",
        "1741688200|7.1|sales|NONE|ENTERQUEUE||555|1\n",
        "-- a remark\nqueue_log\n",
        # a table of the same name that is not Asterisk's
        (
            "CREATE TABLE `queue_log` (\n  `queue_id` int,\n  `patient` text\n);\n"
            "INSERT INTO `queue_log` VALUES (1,'x');\n"
        ),
        "",
    ],
)
def test_another_file_is_no_dump_of_the_table(text: str) -> None:
    numbered = list(enumerate(text.splitlines(), 1))
    assert found_dump(numbered, lambda: numbered) is None


def test_a_file_that_is_no_sql_is_not_read_to_its_end() -> None:
    def read() -> list[tuple[int, str]]:
        raise AssertionError("a log may have gigabytes")

    assert found_dump([(1, "1741688200|7.1|sales|NONE|ENTERQUEUE||555|1")], read) is None
