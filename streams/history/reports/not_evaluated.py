"""Why was nobody told? The alert rules that could not be asked, minute by minute, and what they lacked.

As of the end of each minute, as the minute was cut: a rule that lacks agents, a profile or calls is not quiet, it does not
know. A minute without a call for an hour and without a caller has no row and is in no stretch.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import msgspec

from schemas.millis import MINUTE, iso
from streams.history.catalogue import Catalogue
from streams.history.kept import MINUTES
from streams.history.legs_sql import of_queue
from streams.history.options import QUEUE, RANGE
from streams.history.question import Question
from streams.history.report import Column, Part, Report, Row
from streams.sinks.clickhouse.database import Reader

_NOT_SAID = "the minutes were written by a former release, which did not say"
COLUMNS = (
    Column("queue", "text", "id of the queue"),
    Column("rule", "text", "the alert rule; of a rule across queues, what this queue lacks", _NOT_SAID),
    Column("lacked", "text", "what it lacked", _NOT_SAID),
    Column("first_at", "time", "the end of the first minute of the stretch"),
    Column("last_at", "time", "the end of its last minute"),
    Column("minutes", "number", "its length; all minutes of a stretch follow one another"),
)  # fmt: skip
_reasons = msgspec.json.Decoder(dict[str, str])

_Lack = tuple[str, str] | None  # rule and what it lacked; None: nobody said


class Stretch(NamedTuple):
    """Minutes that follow one another, by their ends in ms."""

    lack: _Lack
    first_at: int
    last_at: int


def stretches(minutes: Iterable[tuple[int, str | None]]) -> Iterator[Stretch]:
    """Of one queue: the ends of minutes, in order, with the JSON of the archive; in the order in which they end."""
    going_on: dict[_Lack, Stretch] = {}
    for at, text in minutes:
        now: list[_Lack] = [None] if text is None else list(_reasons.decode(text).items())
        for lack in [
            each for each in going_on if each not in now or at - going_on[each].last_at > MINUTE
        ]:
            yield going_on.pop(lack)
        for lack in now:
            first_at = going_on[lack].first_at if lack in going_on else at
            going_on[lack] = Stretch(lack, first_at, at)
    yield from going_on.values()


def not_evaluated(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    """By queue, then by time."""
    only = "" if question.queue is None else f" AND {of_queue(question.queue, catalogue.former)}"
    # Each window of a minute says the same.
    newest = (
        "SELECT queue, at_ms, not_evaluated FROM minutes"
        f" WHERE at >= toDateTime({question.start // 1000}) AND at_ms >= {question.start}"
        f" AND at <= toDateTime({question.end // 1000}) AND at_ms < {question.end}"
        f" AND window_minutes = 60{only}"
        " ORDER BY queue, at_ms, version DESC LIMIT 1 BY queue, at_ms"
    )
    answer = reader.execute(
        f"SELECT queue, at_ms, not_evaluated FROM ({newest}) ORDER BY queue, at_ms"
    )
    rows: list[Row] = []
    for queue, of_queue_rows in groupby(answer.rows, itemgetter(0)):
        found = stretches((int(at), text) for _, at, text in of_queue_rows)
        name = str(catalogue.former.get(queue, queue))
        rows += [_row(name, each) for each in found]
    return sorted(rows, key=lambda row: (row["queue"], row["first_at"], row.get("rule") or ""))


def _row(queue: str, found: Stretch) -> Row:
    rule, lacked = found.lack or (None, None)
    return {
        "queue": queue,
        "rule": rule,
        "lacked": lacked,
        "first_at": iso(found.first_at),
        "last_at": iso(found.last_at),
        "minutes": (found.last_at - found.first_at) // MINUTE + 1,
    }


REPORT = Report(
    options=(*RANGE, QUEUE),
    parts=(Part(COLUMNS),),
    ask=not_evaluated,
    reads=(MINUTES,),
    examples=("--from 2026-11-03 --to 2026-11-04 --queue burst-pipes",),
)
