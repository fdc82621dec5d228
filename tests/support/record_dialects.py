"""How platforms write call records: the same calls as CSV, JSON lines or a workbook, in many spellings."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
from hypothesis import strategies as st
from msgspec import Struct

from schemas.millis import DAY, MINUTE, SECOND
from tests.support.ledger import Call

_THEIRS = {
    "leg_id": "Call ID", "contact_id": "Contact", "queue": "Queue Name", "caller": "Rufnummer", "arrived_at": "Beginn",
    "answered_at": "Annahme", "left_at": "Verlassen", "ended_at": "Ende", "outcome": "Ergebnis", "wait_ms": "Wartezeit",
    "talk_ms": "Dauer",
}  # fmt: skip
_WORDS = {
    "answered": "Angenommen", "abandoned": "Aufgelegt", "exited": "Zeit abgelaufen", "rejected": "Voll",
    "transferred": "weiter", "callback": "Rückruf", "dropped": "-", "open": "wartet",
}  # fmt: skip
_TIMES = ("arrived_at", "answered_at", "left_at", "ended_at")
_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip
NIGHTS = {
    "Europe/Berlin": ("2025-10-26T01:00:00Z", "2025-03-30T01:00:00Z"),
    "America/New_York": ("2025-11-02T06:00:00Z", "2025-03-09T07:00:00Z"),
    "Australia/Lord_Howe": ("2025-04-05T15:00:00Z", "2025-10-04T15:30:00Z"),
    "Asia/Kolkata": ("2025-10-26T01:00:00Z",),
}


def _local(at: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at // SECOND, ZoneInfo(zone)).replace(
        microsecond=at % SECOND * 1_000
    )


def is_ambiguous(at: int, zone: str) -> bool:
    """Whether the clock of the zone showed this time twice."""
    local = _local(at, zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _seconds(local: datetime) -> str:
    return f"{local:%S}" + (f".{local.microsecond // 1000:03}" if local.microsecond else "")


# Name -> (time_format of the mapping, how a moment is written: one text, or those of two columns).
_WRITTEN: dict[str, tuple[str, Callable[[int, str], tuple[str, ...]]]] = {
    "iso": ("iso", lambda at, z: (f"{_local(at, z):%Y-%m-%dT%H:%M:}{_seconds(_local(at, z))}",)),
    "sql": ("iso", lambda at, z: (f"{_local(at, z):%Y-%m-%d %H:%M:}{_seconds(_local(at, z))}",)),
    "utc": ("iso", lambda at, _: (f"{_local(at, 'UTC').replace(tzinfo=None).isoformat(timespec='milliseconds')}Z",)),
    "offset": ("iso", lambda at, z: (_local(at, z).isoformat(timespec="milliseconds"),)),
    "epoch_s": ("epoch_s", lambda at, _: (f"{at // SECOND}" + (f".{at % SECOND:03}" if at % SECOND else ""),)),
    "epoch_ms": ("epoch_ms", lambda at, _: (str(at),)),
    "day first": ("%d/%m/%Y %H:%M:%S", lambda at, z: (f"{_local(at, z):%d/%m/%Y %H:%M:}{_seconds(_local(at, z))}",)),
    "month first, of twelve": (
        "%m/%d/%Y %I:%M:%S %p",
        lambda at, z: (f"{_local(at, z):%m/%d/%Y %I:%M:}{_seconds(_local(at, z))} {_local(at, z):%p}",),
    ),
    "a.m.": (
        "%d.%m.%y %I:%M:%S %p",
        lambda at, z: (f"{_local(at, z):%d.%m.%y %I:%M:}{_seconds(_local(at, z))} {'ap'[_local(at, z).hour >= 12]}.m.",),
    ),
    "months by name": (
        "%d. %B %Y %H:%M:%S",
        lambda at, z: (
            f"{_local(at, z):%d}. {_MONTHS[_local(at, z).month - 1]} {_local(at, z):%Y %H:%M:}{_seconds(_local(at, z))}",
        ),
    ),
    "two columns": (
        "%d.%m.%Y %H:%M:%S", lambda at, z: (f"{_local(at, z):%d.%m.%Y}", f"{_local(at, z):%H:%M:}{_seconds(_local(at, z))}")
    ),
}  # fmt: skip
_LOCAL = frozenset(_WRITTEN) - {"utc", "offset", "epoch_s", "epoch_ms"}


def _plain(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _clock(ms: int) -> str:
    fraction = f".{ms % SECOND:03}" if ms % SECOND else ""
    minutes, seconds = divmod(ms // SECOND, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}{fraction}"


def _short_clock(ms: int) -> str:
    return f"{ms // MINUTE}:{ms % MINUTE // SECOND:02}" + (f".{ms % SECOND:03}" if ms % SECOND else "")  # fmt: skip


def _in_words(ms: int) -> str:
    return f"{ms // MINUTE}m {_plain(ms % MINUTE / SECOND, 3)}s"


def _iso(ms: int) -> str:
    return f"PT{ms // MINUTE}M{_plain(ms % MINUTE / SECOND, 3)}S"


# Name -> (`durations` of the mapping, how milliseconds are written).
_SPELT: dict[str, tuple[str, Callable[[int], str]]] = {
    "seconds": ("s", lambda ms: _plain(ms / SECOND, 3)),
    "seconds, always with decimals": ("s", lambda ms: f"{ms / SECOND:.3f}"),
    "milliseconds": ("ms", str),
    "minutes": ("min", lambda ms: _plain(ms / MINUTE, 9)),
    "days": ("days", lambda ms: _plain(ms / DAY, 17)),
    "clock": ("", _clock),
    "clock, mapping of seconds": ("s", _clock),
    "short clock": ("", _short_clock),
    "words": ("min", _in_words),
    "iso": ("", _iso),
    "fractions of a day in a mapping of seconds": ("s", lambda ms: _plain(ms / DAY, 17)),
}
_NEEDS_TIMES = "fractions of a day in a mapping of seconds"


class Dialect(Struct, frozen=True):
    """How the files of one command are written; `tells`: times, durations, or both."""

    zone: str
    times: str
    durations: str
    tells: str
    none: str
    order: tuple[str, ...]  # of the columns
    has_ids: bool
    has_header: bool
    has_report: bool  # titles above, totals below, the header again in between
    delimiter: str

    @property
    def is_local(self) -> bool:
        return self.times in _LOCAL

    def mapping(self) -> str:
        """The mapping that reads it."""
        unit = _SPELT[self.durations][0]
        lines = [
            f"delimiter = {json.dumps(self.delimiter)}",
            f"time_format = {json.dumps(_WRITTEN[self.times][0])}",
            f'time_zone = "{self.zone}"',
            *([f'durations = "{unit}"'] if unit else []),
            'none = ["nie"]',
            "[columns]",
        ]
        names = self.names
        for ours in self.order:
            theirs: list[str | int] = [
                name if self.has_header else place + 1
                for place, name in enumerate(names)
                if name.removesuffix(" Datum") == _THEIRS[ours]
            ]
            lines.append(f"{ours} = {json.dumps(theirs if len(theirs) > 1 else theirs[0])}")
        if not self.has_ids:
            lines += ["[constants]", 'leg_id = ""']
        lines.append("[outcomes]")
        lines += [
            f"{json.dumps(word)} = {json.dumps(ours + ('/timeout' if ours == 'exited' else ''))}"
            for ours, word in _WORDS.items()
        ]
        return "\n".join(lines)

    @property
    def names(self) -> list[str]:
        found = []
        for ours in self.order:
            if self.times == "two columns" and ours in _TIMES:
                found.append(f"{_THEIRS[ours]} Datum")
            found.append(_THEIRS[ours])
        return found

    def cells(self, call: Call) -> list[str]:
        """One row."""
        told = self._told(call)
        found: list[str] = []
        for ours in self.order:
            value = told.get(ours)
            if ours in _TIMES:
                nothing = (self.none,) * (2 if self.times == "two columns" else 1)
                found += nothing if value is None else _WRITTEN[self.times][1](value, self.zone)
            elif ours in ("wait_ms", "talk_ms"):
                found.append(self.none if value is None else _SPELT[self.durations][1](value))
            else:
                found.append(str(value or ""))
        return found

    def _told(self, call: Call) -> dict[str, Any]:
        answered = call.outcome == "answered"
        talk_ms = None
        if answered and call.ended_at is not None and call.left_at is not None:
            talk_ms = call.ended_at - call.left_at
        told: dict[str, Any] = {
            "leg_id": call.leg_id, "contact_id": call.contact, "queue": call.queue, "caller": call.caller,
            "arrived_at": call.arrived_at, "outcome": _WORDS[call.outcome],
        }  # fmt: skip
        if self.tells in ("times", "both"):
            told["answered_at" if answered else "left_at"] = call.left_at
            told["ended_at"] = call.ended_at
        if self.tells in ("durations", "both"):
            told |= {"wait_ms": call.wait_ms, "talk_ms": talk_ms}
        return told

    def moments(self, call: Call) -> list[int]:
        """The times that a row writes down."""
        told = self._told(call)
        return [told[name] for name in _TIMES if told.get(name) is not None]


@st.composite
def dialects(draw: st.DrawFn, zone: str, *, has_ids: bool, has_long: bool) -> Dialect:
    """`has_long`: there are conversations of an hour or more, which local times alone do not place in every night."""
    times = draw(st.sampled_from(sorted(_WRITTEN)))
    durations = draw(st.sampled_from(sorted(_SPELT)))
    tells = draw(st.sampled_from(["times", "durations", "both"]))
    if durations == _NEEDS_TIMES or (has_long and times in _LOCAL):
        tells = "both"
    left_out = set() if has_ids else {"leg_id"}
    if tells == "times":
        left_out |= {"wait_ms", "talk_ms"}
    order = tuple(draw(st.permutations([ours for ours in _THEIRS if ours not in left_out])))
    has_header = draw(st.integers(0, 3)) > 0
    return Dialect(
        zone,
        times,
        durations,
        tells,
        none=draw(st.sampled_from(["", "", "NULL", "\\N", "N/A", "-", "nie"])),
        order=order,
        has_ids=has_ids,
        has_header=has_header,
        has_report=draw(st.booleans()) and has_header,
        delimiter=draw(st.sampled_from([",", ";", "\t", "|"])),
    )


SHAPES = ("csv", "csv", "json", "workbook")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")


def written(
    dialect: Dialect, calls: Sequence[Call], shape: str, encoding: str
) -> tuple[bytes, dict[int, Call]]:
    """The file, and the call of each of its rows by the row's number as a message names it."""
    rows: list[tuple[list[str], Call | None]] = [(dialect.cells(call), call) for call in calls]
    if shape == "json":
        lines = [_object(dialect, cells) for cells, _ in rows]
        text = "\n".join(lines) + "\n"
        return text.encode(encoding), dict(enumerate(calls, 1))
    if dialect.has_report:
        rows.insert(len(rows) // 2, (dialect.names, None))
        rows.append((["Total", *("",) * (len(dialect.names) - 2), str(len(calls))], None))
    if dialect.has_header:
        rows.insert(0, (dialect.names, None))
    if dialect.has_report:
        rows[:0] = [(["Calls of all nodes"], None), ([""], None)]
    places = {number: call for number, (_, call) in enumerate(rows, 1) if call is not None}
    if shape == "workbook":
        return _workbook(dialect, rows), places
    file = io.StringIO()
    table = csv.writer(file, delimiter=dialect.delimiter, lineterminator="\r\n")
    table.writerows(cells for cells, _ in rows)
    return file.getvalue().encode(encoding), places


def _object(dialect: Dialect, cells: Sequence[str]) -> str:
    told = {
        name: None if cell == dialect.none else cell
        for name, cell in zip(dialect.names, cells, strict=True)
    }
    return json.dumps(told, ensure_ascii=False)


def _workbook(dialect: Dialect, rows: Sequence[tuple[list[str], Call | None]]) -> bytes:
    """Local times and durations are such cells, as a spreadsheet makes them of what it is given."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("calls")
    for cells, call in rows:
        sheet.append(cells if call is None else _typed(dialect, cells, call))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _typed(dialect: Dialect, cells: Sequence[str], call: Call) -> list[Any]:
    told = dialect._told(call)
    values: dict[str, Any] = dict(zip(dialect.names, cells, strict=True))
    for ours in dialect.order:
        value = told.get(ours)
        if value is None:
            continue
        if ours in _TIMES and dialect.is_local and dialect.times != "two columns":
            values[_THEIRS[ours]] = _local(value, dialect.zone).replace(tzinfo=None)
        elif ours in ("wait_ms", "talk_ms") and dialect.durations == "clock":
            values[_THEIRS[ours]] = timedelta(milliseconds=value)
        elif ours in ("wait_ms", "talk_ms") and dialect.durations in ("seconds", "days"):
            values[_THEIRS[ours]] = float(values[_THEIRS[ours]])
    return list(values.values())
