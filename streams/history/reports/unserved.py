"""Callers who gave up or were refused and were not answered within 24 hours, and how many tried again at once.

A caller counts once in a queue or group, however often he tried; who tried in two of them is in both. By arrival of the
attempts, which are the abandoned and the rejected of `history summary`.
"""

from streams.history.catalogue import Catalogue
from streams.history.kept import LEGS
from streams.history.options import AS_OF, BY_GROUP, CHANNEL, QUEUE, RANGE
from streams.history.promises_kept import rounded
from streams.history.question import Question
from streams.history.report import Column, Part, Report, Row
from streams.history.unserved import Unserved, unserved
from streams.sinks.clickhouse.database import Reader

_NOT_YET = "some attempts are not served so far, and the 24 h of none are over; or no platform told whose any attempt was"
COLUMNS: tuple[Column, ...] = (
    Column("queue", "text", "id of the queue, or name of the group"),
    Column("attempts", "legs", "legs that were abandoned or refused in opening hours"),
    Column("attempts_without_caller", "legs", "those of them of which nobody knows whose they were: in no other"
           " column"),
    Column("callers", "number", "callers who made the others"),
    Column("unserved_callers", "number", "callers of whom an attempt was not followed by an answer within 24 h of its"
           " arrival, in any queue or by a call back", _NOT_YET),
    Column("not_yet_known", "number", "callers of whom an attempt is not served so far and its 24 h are not over"),
    Column("share_unserved", "share", "unserved_callers / (callers - not_yet_known)", f"no such callers, or {_NOT_YET}"),
    Column("abandoned_with_caller", "legs", "abandoned attempts of known callers whose next 30 min are over"),
    Column("redialled", "legs", "those of them after which the caller called again within 30 min, in any queue"),
    Column("share_redialled", "share", "redialled / abandoned_with_caller", "no such attempts"),
)  # fmt: skip


def unserved_rows(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    return [row_of(each) for each in unserved(reader, catalogue, question)]


def row_of(found: Unserved) -> Row:
    known = found.callers - found.not_yet_known
    return {
        "queue": found.group,
        "attempts": found.attempts,
        "attempts_without_caller": found.without_caller,
        "callers": found.callers,
        "unserved_callers": found.told,
        "not_yet_known": found.not_yet_known,
        "share_unserved": rounded(found.told / known) if known and found.told is not None else None,
        "abandoned_with_caller": found.abandoned,
        "redialled": found.redialled,
        "share_redialled": rounded(found.redialled / found.abandoned) if found.abandoned else None,
    }


REPORT = Report(
    options=(*RANGE, QUEUE, CHANNEL, BY_GROUP, AS_OF),
    parts=(Part(COLUMNS),),
    ask=unserved_rows,
    reads=(LEGS,),
    examples=("--from 2026-11-01 --to 2026-12-01 --by centre",),
)
