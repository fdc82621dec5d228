"""Whether the archive knows anything of a range: outside of what it knows a figure is unknown, and 0 would say that nobody called."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from schemas.millis import iso
from schemas.targets import Targets
from streams.history.catalogue import Catalogue
from streams.history.legs_sql import newest_legs
from streams.history.months import Range
from streams.history.open_lines import open_before, open_meanwhile
from streams.history.question import HistoryError, Question
from streams.history.reach import ends
from streams.history.uncounted import uncounted
from streams.sinks.clickhouse.database import Reader


def check_known(reader: Reader, catalogue: Catalogue, question: Question) -> None:
    """HistoryError where nothing of the range is known."""
    known, as_of = ends(reader), question.as_of
    if is_known(reader, catalogue, question, known):
        return
    zone = catalogue.default_zone if question.queue is None else catalogue.zone(question.queue)
    waits = uncounted(reader, Range(question.start, question.end))
    reason = f"; {waits.said(zone)}" if waits else ""
    if known is None:
        raise HistoryError(f"no value: nothing is known of this range, nor of any other{reason}")
    clock = ZoneInfo(zone)
    first, last = (iso(at, clock) for at in known)
    then = "" if as_of is None else f", as of {iso(as_of, clock)}"
    raise HistoryError(
        f"no value: nothing is known of this range{then}; the archive knows of {first} to {last}{reason}"
    )


def is_known(
    reader: Reader, catalogue: Catalogue, question: Question, known: tuple[int, int] | None
) -> bool:
    """Whether anything of the range is in what is `known` (streams.history.reach.ends), or a call of it is there, as of a source that has
    just begun.
    """
    start, end, as_of = question.start, question.end, question.as_of
    is_reached = (
        known is not None
        and known[0] < end
        and start < known[1]
        and (as_of is None or as_of >= max(start, known[0]))
    )
    return is_reached or _has_calls(reader, catalogue, question)


def _has_calls(reader: Reader, catalogue: Catalogue, question: Question) -> bool:
    start, end, former = question.start, question.end, catalogue.former
    arrived = ("arrived_at_ms",)
    legs = newest_legs(arrived, start, end, question.queue, question.as_of, former=former)
    in_range = f"arrived_at_ms >= {start} AND arrived_at_ms < {end}"
    found = reader.execute(f"SELECT count() FROM {legs} WHERE {in_range}").rows
    return bool(found and found[0][0])


def open_after_known(queues: Iterable[Targets], known: tuple[int, int], end: int) -> str:
    """The first queue that was open between what is `known` and the end of a period; "": none was, so nothing can lack there.

    No hour of quiet is allowed for here as at a beginning: a file of records has it already (streams.history.reach, rule 2), and of a
    live source the last hour would be missing, not quiet.
    """
    return open_meanwhile(queues, known[1], end)


def lacks(known: tuple[int, int] | None, of: Range, queues: Iterable[Targets], zone: str) -> str:
    """Which end of a range that is over is not in what is `known` (streams.history.reach.ends); "": all of it is there.

    Hours may lack in which all `queues` were closed: a month that is sent as records ends with its last call, not at midnight.
    """
    if known is None or known[1] <= of.start or known[0] >= of.end:
        return "the archive has nothing of it"
    queues, clock = tuple(queues), ZoneInfo(zone)
    if queue := open_before(queues, of.start, known[0]):
        return (
            f"the archive knows nothing before {iso(known[0], clock)}, and queue {queue} was open before:"
            " what came before is missing, not zero; send the records of that time, or take a period that begins later"
        )
    if queue := open_after_known(queues, known, of.end):
        return (
            f"the archive knows nothing after {iso(known[1], clock)}, and queue {queue} was open after it: what came later is missing,"
            " not zero; send the rest of its records (those of the next day show that nothing is missing), or wait until they are archived"
        )
    return ""
