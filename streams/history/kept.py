"""Whether what a question needs is still in the archive: the one place that decides.

Rule 1: a figure of rows that were deleted has no value. What is left of them would be a smaller number that looks whole.
Rule 2: a report declares what it reads, and is not asked where that was deleted. What it makes of roll-ups, which stay, it
decides itself, part by part, by the same functions (`by_itself`).
"""

from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import iso, to_datetime
from streams.history.catalogue import newest_zone
from streams.history.question import HistoryError, Question
from streams.sinks.clickhouse.database import Reader
from streams.sinks.clickhouse.deletions import Deleted, read_deleted

_NAMES = {
    "legs": "calls",
    "leg_versions": "former versions of calls",
    "spells": "spells of agents",
    "minutes": "minutes of queues",
    "events": "events",
    "alerts": "alerts",
    "commands": "what people said of alerts",
    "quarantine": "refused records",
}


class DeletedError(HistoryError):
    """The question needs rows that were deleted. `zone`: of its times for people."""

    def __init__(self, of: Deleted, zone: str) -> None:
        clock = ZoneInfo(zone)
        since = "" if of.at is None else f" on {to_datetime(of.at, clock):%Y-%m-%d}"
        rolled_up = (
            ". By arrival and by whole quarter hours, summary, intervals, weekly, losses, consistency, compare, error-budget"
            " and month still have their figures"
            if of.table == "legs"
            else ""
        )
        super().__init__(
            f"no value: {_NAMES[of.table]} of before {iso(of.until, clock)} were deleted{since} (archive --keep, archive purge), and"
            f" this figure needs each of them{rolled_up}"
        )
        self.deleted = of


class Reads(Struct, frozen=True):
    """Rows of a table from `earlier_ms` before the range on; `moment` of streams.sinks.clickhouse.deletions.

    `table` `legs` means those of the question: as they were known then, they are `leg_versions`. `by_itself`: of some
    questions, or of some figures, so the report looks itself. `when`: for other questions it does not read them.
    """

    table: str
    moment: str
    earlier_ms: int = 0
    by_itself: bool = False
    when: Callable[[Question], bool] = lambda _: True

    def deleted(self, reader: Reader, question: Question) -> Deleted | None:
        """What the question lacks of it; None: nothing."""
        if not self.when(question):
            return None
        table = self.table
        if table == "legs" and (question.as_of is not None or question.live_below is not None):
            table = "leg_versions"
        found = read_deleted(reader, table, self.moment)
        return (
            found if found is not None and question.start - self.earlier_ms < found.until else None
        )

    def check(self, reader: Reader, question: Question) -> None:
        """DeletedError if the question lacks anything of it."""
        if (found := self.deleted(reader, question)) is not None:
            raise DeletedError(found, newest_zone(reader))


def check_counted(reader: Reader, question: Question) -> None:
    """DeletedError if calls were deleted that the question counts one by one."""
    (LEGS_AS_THEY_HAPPENED if question.basis == "event" else LEGS_BY_ITSELF).check(reader, question)


LEGS = Reads("legs", "arrival")
LEGS_BY_ITSELF = Reads("legs", "arrival", by_itself=True)
# A leg that arrived before the range and left in it.
LEGS_AS_THEY_HAPPENED = Reads("legs", "event", by_itself=True)
# How far sources told of anything (streams.history.reach): where nobody knows that, a figure is unknown, and not zero.
REACH = Reads("events", "known", by_itself=True)
# By counted_groups, and by what says how far calls are known.
COUNTED: tuple[Reads, ...] = (LEGS_BY_ITSELF, LEGS_AS_THEY_HAPPENED, REACH)
MINUTES = Reads("minutes", "event")
SPELLS = Reads("spells", "event")
ALERTS = Reads("alerts", "event")


def check_kept(reader: Reader, question: Question, reads: Iterable[Reads]) -> None:
    """DeletedError if anything of it was deleted."""
    for each in reads:
        if not each.by_itself:
            each.check(reader, question)
