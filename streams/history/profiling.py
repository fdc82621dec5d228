"""Profiles of the archive's queues: reads arrivals, and makes the profile of each queue."""

from schemas.targets_book import TargetsBook
from streams.history import archived_events
from streams.history.arrivals import arrivals
from streams.history.profile_making import WEEKS, Made, first_needed, make
from streams.sinks.clickhouse.database import Reader
from streams.sinks.clickhouse.deletions import read_deleted


def published_book(reader: Reader, now: int) -> TargetsBook:
    """The targets that were published up to now, as the archive has them."""
    return TargetsBook(archived_events.versions(reader, now))


def made_profiles(
    reader: Reader, book: TargetsBook, now: int, weeks: int = WEEKS, queue: str | None = None
) -> list[Made]:
    """Of every queue that is configured at `now`, or of that one, from what arrived before."""
    start = first_needed(now, weeks)
    gone = read_deleted(reader, "legs", "arrival")
    if gone is not None:  # what is left of a day before would make quiet days of busy ones
        start = max(start, min(gone.until, now))
    found = arrivals(reader, book, start, now)
    made = []
    for name in sorted(book.all_at(now)):
        if queue not in (None, name):
            continue
        first = found.first.get(name, found.last)
        span = (max(start, first), max(start, found.last))
        made.append(make(name, book, found.bins.get(name, {}), span, now))
    return made
