"""A ledger of calls as an Asterisk writes it: lines of queue_log, and its table exported in many forms."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.millis import SECOND
from tests.support.ledger import Call

NAMES = ("id", "time", "callid", "queuename", "agent", "event", "data1", "data2", "data3")
Timed = tuple[int, tuple[str, ...]]  # milliseconds; callid, queue, agent, verb, data …


def lines_of(calls: Sequence[Call], missed: int) -> list[Timed]:
    """The lines of these stays, in the order of time; `missed` offers before each leaving."""
    found: list[Timed] = []
    for place, call in enumerate(calls):
        agent, key = f"PJSIP/{10 + place % 3}", (call.contact, call.queue)
        waited = str((call.wait_ms or 0) // SECOND)
        found.append(
            (call.arrived_at, (*key, "NONE", "ENTERQUEUE", "", call.caller, str(place % 3)))
        )
        if call.left_at is None:
            continue
        found += [(call.left_at, (*key, agent, "RINGNOANSWER", str(n))) for n in range(missed)]
        if call.outcome == "answered":
            found.append((call.left_at, (*key, agent, "CONNECT", waited, "9.9", "2")))
            if call.ended_at is not None:
                talked = str((call.ended_at - call.left_at) // SECOND)
                found.append((call.ended_at, (*key, agent, "COMPLETEAGENT", waited, talked, "1")))
        elif call.outcome == "abandoned":
            found.append((call.left_at, (*key, "NONE", "ABANDON", "1", "1", waited)))
        else:
            found.append((call.left_at, (*key, "NONE", "EXITWITHTIMEOUT", "1", "1", waited)))
    return sorted(found, key=lambda line: line[0])


def _log(lines: Sequence[Timed], _: str) -> str:
    return "".join(f"{at // SECOND}|{'|'.join(fields)}\n" for at, fields in lines)


def _cells(number: int, time: str, fields: Sequence[str]) -> list[str]:
    cells = [str(number), time, *fields]
    return cells + [""] * (len(NAMES) - len(cells))


def _local(at: int, zone: str) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def _offset(at: int, zone: str) -> str:
    return datetime.fromtimestamp(at // SECOND, ZoneInfo(zone)).isoformat()


def _epoch(at: int, _: str) -> str:
    return str(at // SECOND)


def _delimited(
    sign: str, time: Callable[[int, str], str], *, newest_first: bool = False
) -> Callable[[Sequence[Timed], str], str]:
    def text(lines: Sequence[Timed], zone: str) -> str:
        rows = [
            sign.join(_cells(number, time(at, zone), fields))
            for number, (at, fields) in enumerate(lines, 1)
        ]
        return "\n".join((sign.join(NAMES), *(reversed(rows) if newest_first else rows))) + "\n"

    return text


def _boxed(lines: Sequence[Timed], zone: str) -> str:
    rows = [
        _cells(number, _offset(at, zone), fields) for number, (at, fields) in enumerate(lines, 1)
    ]
    drawn = [f"| {' | '.join(cells)} |" for cells in (list(NAMES), *rows)]
    return "\n".join(("+----+----+", drawn[0], "+----+----+", *drawn[1:], "+----+----+")) + "\n"


def _dump(lines: Sequence[Timed], _: str) -> str:
    created = ", ".join(f"`{name}` char(40)" for name in NAMES)
    rows = [
        ",".join(f"'{cell}'" for cell in _cells(number, _epoch(at, ""), fields))
        for number, (at, fields) in enumerate(lines, 1)
    ]
    values = "),(".join(rows)
    return f"-- MySQL dump\nCREATE TABLE `queue_log` ({created});\nINSERT INTO `queue_log` VALUES ({values});\n"


def _copied(lines: Sequence[Timed], zone: str) -> str:
    rows = [
        "\t".join(cell or "\\N" for cell in _cells(number, _offset(at, zone), fields))
        for number, (at, fields) in enumerate(lines, 1)
    ]
    head = f"-- PostgreSQL database dump\nCOPY public.queue_log ({', '.join(NAMES)}) FROM stdin;"
    return "\n".join((head, *rows, "\\.")) + "\n"


# What writes the text of lines on the clock of a zone.
FORMS: dict[str, Callable[[Sequence[Timed], str], str]] = {
    "log": _log,
    "table, epoch": _delimited(",", _epoch),
    "table, local times": _delimited(";", _local),
    "table, local times, newest first": _delimited(",", _local, newest_first=True),
    "table, offsets": _delimited("\t", _offset),
    "boxed": _boxed,
    "dump": _dump,
    "copied": _copied,
}
