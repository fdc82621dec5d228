"""`send records`: a file of call records into Kafka, as history or as live traffic."""

from typing import TextIO

from msgspec import Struct

from producers.delivery import Clock, Delivered
from producers.live_file import send_live
from producers.progress import Progress
from producers.publisher import Publisher
from producers.records.life import life
from producers.records.reading import RecordsFile, Tally
from producers.timeline import Marks
from schemas.calls import FinishedLeg


class Sent(Struct, frozen=True):
    """What became of the rows, and what was handed to Kafka."""

    tally: Tally
    delivered: Delivered


def send_history(records: RecordsFile, publisher: Publisher, clock: Clock, stream: TextIO) -> Sent:
    """One `leg` event a row, in the order of the rows; open legs are counted, not sent."""
    tally = Tally()
    progress = Progress("sending", records.file.size, "B", stream)
    try:
        for leg in records.legs(clock.now(), tally, publisher.quarantine, progress):
            if isinstance(leg, FinishedLeg):
                publisher.send_call(leg)
        publisher.flush()
    finally:
        progress.close()
    return Sent(tally, Delivered(events=tally.legs))


def send_as_live(
    records: RecordsFile, marks: Marks, publisher: Publisher, clock: Clock, stream: TextIO
) -> Sent:
    """Rows unpacked into events and merged by time; `marks` says whether it is a replay."""
    tally = Tally()
    progress = Progress("reading", records.file.size, "B", stream)
    try:
        legs = records.legs(clock.now(), tally, publisher.quarantine, progress)
        events = (event for leg in legs for event in life(leg))
        return Sent(tally, send_live(events, marks, publisher, clock, stream))
    finally:
        progress.close()
