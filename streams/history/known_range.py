"""Whether the archive knows anything of a range: outside of what it knows a figure is unknown, and 0 would say that nobody called."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from schemas.millis import iso
from schemas.targets import Targets
from streams.history.catalogue import Catalogue
from streams.history.legs_sql import newest_legs
from streams.history.months import Range
from streams.history.open_lines import open_before
from streams.history.question import HistoryError, Question
from streams.history.reach import ends, reaches_end
from streams.sinks.clickhouse.database import Reader


def check_known(reader: Reader, catalogue: Catalogue, question: Question) -> None:
    """HistoryError where nothing of the range is known and no call of it is there, as of a source that has just begun."""
    known, as_of = ends(reader), question.as_of
    start, end = question.start, question.end
    is_known = (
        known is not None
        and known[0] < end
        and start < known[1]
        and (as_of is None or as_of >= max(start, known[0]))
    )
    if is_known or _has_calls(reader, catalogue, question):
        return
    if known is None:
        raise HistoryError("no value: nothing is known of this range, nor of any other")
    clock = ZoneInfo(
        catalogue.default_zone if question.queue is None else catalogue.zone(question.queue)
    )
    first, last = (iso(at, clock) for at in known)
    then = "" if as_of is None else f", as of {iso(as_of, clock)}"
    raise HistoryError(
        f"no value: nothing is known of this range{then}; the archive knows of {first} to {last}"
    )


def _has_calls(reader: Reader, catalogue: Catalogue, question: Question) -> bool:
    start, end, former = question.start, question.end, catalogue.former
    arrived = ("arrived_at_ms",)
    legs = newest_legs(arrived, start, end, question.queue, question.as_of, former=former)
    in_range = f"arrived_at_ms >= {start} AND arrived_at_ms < {end}"
    found = reader.execute(f"SELECT count() FROM {legs} WHERE {in_range}").rows
    return bool(found and found[0][0])


def lacks(known: tuple[int, int] | None, of: Range, queues: Iterable[Targets], zone: str) -> str:
    """Which end of a range that is over is not in what is `known` (streams.history.reach.ends); "": all of it is there.

    At its beginning hours may lack in which all `queues` were closed.
    """
    if known is None or not reaches_end(known, of.end):
        return "the archive does not reach to its end: what came later is missing, not zero"
    if known[0] > of.start and (queue := open_before(queues, of.start, known[0])):
        first = iso(known[0], ZoneInfo(zone))
        return f"the archive begins {first}, and queue {queue} was open before: what came before is missing, not zero"
    return ""
