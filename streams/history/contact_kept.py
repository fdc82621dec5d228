"""What nobody knows any more of a contact whose events, or former versions of its legs, were deleted."""

from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.millis import iso
from streams.history.catalogue import newest_zone
from streams.history.kept import LEGS_BY_ITSELF, Reads
from streams.history.report import Found
from streams.sinks.clickhouse.database import Reader
from streams.sinks.clickhouse.deletions import Deleted, read_deleted

READS = (
    LEGS_BY_ITSELF,
    replace(LEGS_BY_ITSELF, table="leg_versions"),
    Reads("events", "known", by_itself=True),
)
_OF_EVENTS = frozenset({"missed_by", "to_queue"})  # columns of a leg that its events tell


def without_deleted(reader: Reader, told: Found, first: int) -> Found:
    """The story of a contact that first arrived at `first`: what is missing of it is said, and has no value."""
    legs, versions, events = told.rows
    title, of_versions, of_events = told.titles
    gone = read_deleted(reader, "leg_versions", "arrival")
    if gone is not None and first < gone.until:
        of_versions += f" (versions of legs of before {_local(reader, gone)} were deleted)"
    gone = read_deleted(reader, "events", "known")
    if gone is not None and first < gone.until:
        of_events += f" (events of before {_local(reader, gone)} were deleted)"
        legs = [
            {name: value for name, value in row.items() if name not in _OF_EVENTS} for row in legs
        ]
    return replace(told, rows=(legs, versions, events), titles=(title, of_versions, of_events))


def _local(reader: Reader, gone: Deleted) -> str:
    return iso(gone.until, ZoneInfo(newest_zone(reader)))


def deleted_calls(reader: Reader) -> str:
    """What to add where a contact was not found."""
    gone = read_deleted(reader, "legs", "arrival")
    return "" if gone is None else f"; calls of before {_local(reader, gone)} were deleted"
