from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from producers.asterisk.table_copy import cell_text, found_copy, header_line, row_line
from producers.asterisk.table_forms import TableRow

NAMES = ("id", "time", "callid", "queuename", "agent", "event", "data1")


def test_a_row_has_its_number_although_a_cell_holds_line_breaks() -> None:
    cells = ("1", "1741693200", "7.1", "sales", "NONE", "INFO", 'a\n"b"|ü')
    text = header_line("queue_log", NAMES) + row_line(cells) + row_line(cells)
    lines = list(enumerate(text.decode().splitlines(), 1))
    copy = found_copy(lines)
    assert copy is not None
    assert (copy.columns.time, copy.columns.row_id, copy.columns.data) == (1, 0, (6,))
    rows = list(copy.rows(lines))
    assert [(row.number, row.cells) for row in rows] == [(1, cells), (2, cells)]
    assert isinstance(rows[0], TableRow)


@pytest.mark.parametrize(
    "first",
    ["1741693200|7.1|sales|NONE|ENTERQUEUE||5550160|1", ",".join(NAMES), "", '{"queue": "sales"}'],
)
def test_another_file_is_no_copy(first: str) -> None:
    assert found_copy([(1, first)]) is None
    assert found_copy([]) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("NONE", "NONE"),
        (1741693200, "1741693200"),
        (1741693200.0, "1741693200"),
        (1741693200.123456, "1741693200.123456"),
        (Decimal("1741693200.120"), "1741693200.120"),
        (datetime(2025, 3, 11, 11, 40), "2025-03-11 11:40:00.000000"),  # noqa: DTZ001
        (datetime(2025, 3, 11, 11, 40, tzinfo=UTC), "2025-03-11 11:40:00.000000+00:00"),
        (
            datetime(2025, 3, 11, 13, 10, tzinfo=timezone(timedelta(hours=1, minutes=30))),
            "2025-03-11 11:40:00.000000+00:00",
        ),
        ("Müller".encode(), "Müller"),
        (b"M\xfcller", "M\\xfcller"),
    ],
)
def test_a_cell_is_the_text_that_an_export_has(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_times_that_a_server_gave_in_utc_say_so() -> None:
    at = datetime(2025, 3, 11, 11, 40)  # noqa: DTZ001
    assert cell_text(at, is_utc=True) == "2025-03-11 11:40:00.000000+00:00"
