"""Sends a finished file to Kafka, as history or as live traffic, or surveys it without sending.

Rule 1: what is refused goes to quarantine, masked, with its file, position and reason, and is counted.
Rule 2: as history one `leg` event is sent for each leg, in the order of the file, also for those that
still went on when it ended; agents and restarts are not sent. As live traffic everything is sent, in the
order of time.
"""

from collections.abc import Callable, Iterator
from typing import TextIO

from msgspec import Struct

from producers.contract import DetailedLeg, FileItem, FinishedFile, Refused, Sent
from producers.delivery import WallClock
from producers.event_order import TimedEvent
from producers.leg_events import leg_events
from producers.live_file import send_live
from producers.progress import Progress
from producers.publisher import Publisher
from producers.survey import Survey
from producers.timeline import Marks
from schemas.agents import AgentState
from schemas.calls import FinishedLeg, Queued, Restarted
from schemas.printable import printable
from schemas.privacy import TokenKey, mask
from schemas.quarantine import Quarantined

LONGEST_ORIGINAL = 4_000
LONGEST_DETAIL = 500


class FileCounts(Struct):
    """What became of the records of a file. `open_legs`: those of `legs` that still went on at its end."""

    legs: int = 0
    open_legs: int = 0
    refused: int = 0
    first_refusal: str = ""


class FileSent(Struct, frozen=True):
    """What became of the records, and what was handed to Kafka."""

    counts: FileCounts
    sent: Sent


Accepted = FinishedLeg | Queued | DetailedLeg | AgentState | Restarted


def send_history(
    file: FinishedFile, publisher: Publisher, clock: WallClock, stream: TextIO
) -> FileSent:
    """Send finished legs; returns when Kafka has everything."""
    counts = FileCounts()
    progress = Progress("sending", file.size, "B", stream)
    try:
        for item in _accepted(file, clock.now(), counts, publisher.quarantine, progress):
            leg = item.whole if isinstance(item, DetailedLeg) else item
            if isinstance(leg, FinishedLeg | Queued):
                publisher.send_call(as_history(leg))
        publisher.flush()
    finally:
        progress.close()
    return FileSent(counts, Sent(calls=counts.legs))


def send_as_live(
    file: FinishedFile, marks: Marks, publisher: Publisher, clock: WallClock, stream: TextIO
) -> FileSent:
    """Send the events of all legs, merged by time; `marks` decides whether it is a replay."""
    counts = FileCounts()
    progress = Progress("reading", file.size, "B", stream)
    try:
        accepted = _accepted(file, clock.now(), counts, publisher.quarantine, progress)
        return FileSent(counts, send_live(_events(accepted), marks, publisher, clock, stream))
    finally:
        progress.close()


def surveyed(file: FinishedFile, now: int, stream: TextIO) -> Survey:
    """What would be sent of the file, and refused; nothing is sent."""
    survey = Survey()
    progress = Progress("reading", file.size, "B", stream)
    try:
        for item in _accepted(file, now, FileCounts(), survey.refuse, progress):
            leg = item.whole if isinstance(item, DetailedLeg) else item
            if isinstance(leg, FinishedLeg | Queued):
                survey.add(leg)
    finally:
        progress.close()
    return survey


def quarantined(
    refused: Refused, origin: str, source: str, key: TokenKey, known_at: int, *, live: bool = False
) -> Quarantined:
    """The record of what a platform refused; `origin` is used where it names none, `live` if it is followed.

    A platform may quote the line in `detail`, so that is masked too.
    """
    original = refused.original if refused.is_masked else mask(key, refused.original)
    detail = refused.detail if refused.is_detail_masked else mask(key, refused.detail)
    return Quarantined(
        origin=refused.origin or origin,
        position=refused.position,
        reason=refused.reason,
        detail=printable(detail)[:LONGEST_DETAIL],
        known_at=known_at,
        original=original[:LONGEST_ORIGINAL],
        source=source,
        live=live,
    )


def _accepted(
    file: FinishedFile,
    now: int,
    counts: FileCounts,
    refuse: Callable[[Quarantined], None],
    progress: Progress,
) -> Iterator[Accepted]:
    for item in file.read(now, progress):
        if isinstance(item, Refused):
            row = quarantined(item, file.file.name, file.source, file.key, now)
            counts.refused += 1
            counts.first_refusal = counts.first_refusal or f"line {row.position}: {row.detail}"
            refuse(row)
            continue
        _count(item, counts)
        yield item


def _count(item: FileItem, counts: FileCounts) -> None:
    leg = item.whole if isinstance(item, DetailedLeg) else item
    if isinstance(leg, FinishedLeg | Queued):
        counts.legs += 1
        counts.open_legs += isinstance(leg, Queued) or leg.goes_on


def as_history(leg: FinishedLeg | Queued) -> FinishedLeg:
    """The event of feed `history` of a leg, also of a caller who still waits."""
    if isinstance(leg, FinishedLeg):
        return leg
    return FinishedLeg(
        event_id=f"{leg.leg_id}:leg:{leg.at}:open",
        at=leg.at,
        source=leg.source,
        feed="history",
        queue=leg.queue,
        leg_id=leg.leg_id,
        visit_at=leg.visit_at,
        contact_id=leg.contact_id,
        outcome="open",
        goes_on=True,
        arrived_at=leg.at,
        channel=leg.channel,
        direction=leg.direction,
        caller=leg.caller,
        topic=leg.topic,
        area=leg.area,
        priority=leg.priority,
    )


def _events(accepted: Iterator[Accepted]) -> Iterator[TimedEvent]:
    for item in accepted:
        if isinstance(item, DetailedLeg):
            yield from item.events
        elif isinstance(item, FinishedLeg | Queued):
            yield from leg_events(item)
        else:
            yield item
