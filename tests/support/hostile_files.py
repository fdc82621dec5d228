"""Files of call records and of Asterisk's table as the world may send them, in the shapes that are no plain CSV."""

import io
import json
import re
import zipfile
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import openpyxl
from hypothesis import strategies as st

from tests.support import hostile

HEADER = (
    "leg_id", "contact_id", "queue", "caller", "arrived_at", "answered_at", "left_at", "ended_at", "outcome",
    "wait_ms", "talk_ms", "hold_ms", "priority", "missed_offers", "wrap_ended_at", "direction", "reason",
)  # fmt: skip
ROWS: tuple[tuple[Any, ...], ...] = (
    ("c1", "k1", "billing", "0315550001", "2025-10-26T02:58:00", "2025-10-26T02:01:00", "", "2025-10-26T02:05:00",
     "answered", 180_000, "0:04:00", "", 1, 2, "2025-10-26T02:05:09", "inbound", ""),
    ("c1", "k1", "billing", "0315550001", "2025-10-26T01:59:50", "", "2025-10-26T02:00:05", "", "abandoned",
     "", "", "", "", "", "", "", ""),
    (1.74178e15, "", "Störung", "", "2025-03-30T01:59:50", "", "", "", "abandoned", "12 s", "", "", "", "", "", "",
     ""),
    ("c4", "k4", "sales", "", "2025-10-26T02:30:00", "", "2025-10-26T02:31:00", "", "exited", "1m", "", "", "", "",
     "", "outbound", "timeout"),
)  # fmt: skip

# Times of the nights when clocks change, of none, and figures in many spellings.
CELLS = (
    "2025-10-26T02:30:00", "2025-10-26T02:59:59.999", "2025-10-26T03:00:00", "2025-10-26T02:30:00+02:00",
    "2025-03-30T02:30:00", "2025-04-06T01:45:00", "2025-11-02T01:30:00", "0000-00-00 00:00:00", "1970-01-01",
    "1970-01-01T01:00:00", "1.74177E+09", "NULL", "\\N", "-", "N/A", "0", "0:00:83", "1:05", "90:15", "PT1M12S",
    "1m 12s", "0.000347222222222222", "1e-400", "1.5E+9", "1,500", "1.5", "-5", "3 d 4:05:06", "26.10.2025 02:30:00",
    "10/26/2025 2:30:00 AM", "12. März 2025 02:30:00", "Total", "queue", "answered", "99999999999999999999",
)  # fmt: skip


def cells() -> st.SearchStrategy[str]:
    return st.sampled_from(CELLS) | hostile.cells()


@st.composite
def rows(draw: st.DrawFn) -> list[list[Any]]:
    """The header and good rows, with cells changed, and rows doubled or cut."""
    table: list[list[Any]] = [list(HEADER), *(list(row) for row in ROWS)]
    for _ in range(draw(st.integers(0, 5))):
        row = draw(st.sampled_from(table))
        place = draw(st.integers(0, max(0, len(row) - 1)))
        match draw(st.sampled_from(["set", "set", "set", "cut", "double", "insert"])):
            case "set" if row:
                row[place] = draw(cells())
            case "cut":
                del row[place:]
            case "double":
                table.insert(draw(st.integers(0, len(table))), list(row))
            case _:
                row.insert(place, draw(cells()))
    return table


@st.composite
def json_lines(draw: st.DrawFn) -> bytes:
    """One object a row, some of them with objects within, and perhaps spoilt."""
    table = draw(rows())
    names = [str(cell) for cell in table[0]]
    lines = []
    for row in table[1:]:
        told: dict[str, Any] = dict(zip(names, row, strict=False))
        if draw(st.booleans()):
            name = draw(st.sampled_from(names or ["queue"]))
            told[name] = draw(
                st.sampled_from([None, True, [], [1, "a"], {"name": "b"}, {}, 1e300, [{"a": {}}]])
            )
        lines.append(json.dumps(told, ensure_ascii=draw(st.booleans())))
    text = "\n".join(lines)
    return draw(hostile.spoilt(st.just(text.encode("utf-8", "surrogatepass"))))


@st.composite
def delimited(draw: st.DrawFn) -> bytes:
    """The rows as CSV without any quotes, and perhaps spoilt."""
    sign = draw(st.sampled_from([",", ",", ";", "\t"]))
    text = "\n".join(sign.join(map(str, row)) for row in draw(rows()))
    return draw(hostile.spoilt(st.just(text.encode("utf-8", "surrogatepass"))))


@st.composite
def workbooks(draw: st.DrawFn) -> bytes:
    """A workbook with such cells as it can hold; or one with a part changed, left out, or cut as bytes."""
    match draw(st.sampled_from(["cells", "cells", "parts", "bytes"])):
        case "cells":
            return _workbook([[_held(draw, cell) for cell in row] for row in draw(rows())])
        case "parts":
            return _with_other_part(draw, _good_workbook())
        case _:
            return draw(hostile.spoilt(st.just(_good_workbook())))


def _held(draw: st.DrawFn, cell: Any) -> Any:
    if draw(st.integers(0, 7)):
        return cell
    return draw(
        st.none() | st.booleans() | st.floats(-1e18, 1e18) | st.integers(-(10**17), 10**17)
        | st.datetimes(datetime(1900, 3, 1), datetime(9999, 1, 1))  # noqa: DTZ001 - cells have no zone
        | st.timedeltas(timedelta(0), timedelta(days=9_000)) | st.times() | st.dates(datetime(1900, 3, 1).date())  # noqa: DTZ001 - as above
        | st.sampled_from(["=1/0", "=A1", "#N/A"])
    )  # fmt: skip


def _workbook(table: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("calls")
    for row in table:
        sheet.append([_CONTROL.sub(" ", cell) if isinstance(cell, str) else cell for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f]|[\ud800-\udfff\ufffe\uffff]"
)  # no XML has them


@cache
def _good_workbook() -> bytes:
    return _workbook([list(HEADER), *(list(row) for row in ROWS)])


def _with_other_part(draw: st.DrawFn, data: bytes) -> bytes:
    """The zip is whole, and one of its files is not what it was."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        chosen = draw(st.sampled_from(old.namelist()))
        for name in old.namelist():
            part = old.read(name)
            if name == chosen:
                if draw(st.booleans()):
                    continue
                part = draw(hostile.spoilt(st.just(part)) | _renumbered(part))
            new.writestr(name, part)
    return file.getvalue()


@st.composite
def _renumbered(draw: st.DrawFn, part: bytes) -> bytes:
    """A number within the part (of a cell, a style, a text) is another one."""
    numbers = list(re.finditer(rb"\d+", part))
    if not numbers:
        return part
    found = draw(st.sampled_from(numbers))
    other = draw(
        st.sampled_from(
            [b"0", b"-1", b"1e400", b"999999999999", b"1.5", b"x", b"16385", b"1048577"]
        )
    )
    return part[: found.start()] + other + part[found.end() :]


_DUMPED = (
    "('1675555019','7.1','q','NONE','ENTERQUEUE',NULL)", "(1675555029,'7.1','q','NONE','ABANDON','it''s')",
    "('2023-03-26 02:30:00','8.1','q','NONE','FULL','a),(b')", "(_binary 'x','8','q','NONE','FULL',E'a\\'b')",
    "(NULL,NULL,NULL,NULL,NULL,NULL)", "('1675555030','9.1','q','SIP/1','CONNECT','5|9.2|3')", "(1,2,3)", "()",
)  # fmt: skip
_CREATED = "CREATE TABLE `queue_log` (\n  `time` char(26),\n `callid` char(40),\n `queuename` char(40),\n `agent` char(40),\n `event` char(40),\n `data` char(40)\n);\n"
_COPIED = (
    "COPY public.queue_log (time, callid, queuename, agent, event, data1) FROM stdin;\n"
    "2025-10-26 02:30:00\t7.1\tq\tNONE\tENTERQUEUE\t\\N\n2025-10-26 01:30:00+01\t7.1\tq\tNONE\tABANDON\t1\\|2\n\\.\n"
)
_BOXED = (
    "+------+--------+-----------+-------+------------+-------+\n"
    "| time | callid | queuename | agent | event | data1 |\n"
    "| 2025-10-26 02:30:00 | 7.1 | q | NONE | ENTERQUEUE | NULL |\n"
    "| 2025-10-26 03:30:00.25 | 7.1 | q | SIP/1 | CONNECT | 5 |\n(2 rows)\n"
)


@st.composite
def asterisk_tables(draw: st.DrawFn) -> bytes:
    """The table of Asterisk as a dump, as psql copies it, or as a program draws it; perhaps spoilt."""
    values = draw(st.lists(st.sampled_from(_DUMPED), max_size=5))
    between = draw(st.sampled_from([",", ",\n", ", ", "\n"]))
    inserted = f"INSERT INTO `queue_log` VALUES {between.join(values)};\n"
    text = draw(st.sampled_from([_CREATED + inserted, inserted + _CREATED, _COPIED, _BOXED]))
    return draw(hostile.spoilt(st.just(text.encode())))
