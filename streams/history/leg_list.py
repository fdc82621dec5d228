"""`history legs`: the legs themselves, in the columns of `send records` and more."""

from schemas.millis import iso
from streams.history.legs_sql import newest_legs
from streams.history.question import Question
from streams.sinks.clickhouse.database import Reader

_TIMES = ("arrived_at", "answered_at", "left_at", "ended_at", "wrap_ended_at")
_PLAIN = (
    "wait_ms", "talk_hold_ms", "hold_ms", "wrap_ms", "offers", "missed_offers", "in_target", "short",
    "out_of_hours", "doubtful", "direction", "reason", "topic", "area", "priority", "disposition",
    "feed", "source", "replay", "answer_within_ms", "short_abandon_ms", "goal", "formula",
    "targets_version", "version",
)  # fmt: skip
LEG_LIST_COLUMNS: tuple[str, ...] = (
    "leg_id", "contact_id", "queue", "channel", "caller", "arrived_at", "answered_at", "left_at",
    "ended_at", "outcome", "agent", "wrap_ended_at", *_PLAIN, "known_at", "flags",
)  # fmt: skip

Line = dict[str, str | int | float | None]


def leg_list(reader: Reader, question: Question) -> list[Line]:
    """Every leg that arrived in the range, by arrival; all directions and outcomes."""
    columns = (
        "contact_id", "channel", "caller", "outcome", "agent", "known_at_ms", "flags",
        *(f"{name}_ms" for name in _TIMES), *_PLAIN,
    )  # fmt: skip
    newest = newest_legs(columns, question.start, question.end, question.queue, question.as_of)
    answer = reader.execute(
        f"SELECT * FROM {newest} WHERE arrived_at_ms >= {question.start}"
        f" AND arrived_at_ms < {question.end} ORDER BY arrived_at_ms, queue, leg_id"
    )
    return [_line(row) for row in answer.named()]


def _line(row: dict[str, object]) -> Line:
    line: Line = {}
    for name in LEG_LIST_COLUMNS:
        value = row.get(f"{name}_ms") if name in {*_TIMES, "known_at"} else row[name]
        if name in {*_TIMES, "known_at"}:
            line[name] = iso(value) if isinstance(value, int) else None
        elif isinstance(value, list | tuple):
            line[name] = " ".join(map(str, value))
        elif isinstance(value, str | int | float):
            line[name] = value
        else:
            line[name] = None
    return line
