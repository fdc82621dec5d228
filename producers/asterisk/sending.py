"""`send queue-log`: a finished queue_log into Kafka, as history or as live traffic."""

from collections.abc import Callable, Iterator
from typing import TextIO

from msgspec import Struct

from producers.asterisk.legs import QueueLeg
from producers.asterisk.lines import parse_line
from producers.asterisk.translator import Strange, Told, Translator
from producers.delivery import Clock, Delivered
from producers.event_order import TimedEvent
from producers.input_file import InputFile, InputFileError
from producers.live_file import send_live
from producers.progress import Progress, silent
from producers.publisher import Publisher
from producers.timeline import Marks
from schemas.privacy import TokenKey, mask
from schemas.quarantine import Quarantined

LOOKED_AT = 1_000  # lines; a log that begins with others is none
LONGEST_ORIGINAL = 4_000


class LogTally(Struct):
    """What became of the lines."""

    legs: int = 0
    open_legs: int = 0
    strange: int = 0
    first_strange: str = ""


class QueueLog:
    """A checked file; InputFileError when it is no queue_log."""

    def __init__(self, file: InputFile, key: TokenKey, source: str) -> None:
        self.file, self._key, self._source = file, key, source
        file.check()
        if not any(parse_line(text) for _, text in self._start()):
            raise InputFileError(
                f"{file.path}: no queue_log; expected lines such as epoch|callid|queue|agent|VERB|…"
            )

    def told(
        self,
        now: int,
        tally: LogTally,
        refuse: Callable[[Quarantined], None],
        progress: Progress,
    ) -> Iterator[Told]:
        """All that the log tells, strange lines apart; legs that are still open come last."""
        translator = Translator(self._source, self._key)
        for number, text in self.file.lines(progress):
            if not text.strip():
                continue
            for item in translator.read(text, now):
                if isinstance(item, Strange):
                    tally.strange += 1
                    tally.first_strange = tally.first_strange or f"line {number}: {item.detail}"
                    origin = (self.file.name, number)
                    refuse(refused_line(item, text, origin, now, self._key, self._source))
                else:
                    tally.legs += isinstance(item, QueueLeg)
                    yield item
        for leg in translator.still_open():
            tally.open_legs += 1
            yield leg

    def _start(self) -> Iterator[tuple[int, str]]:
        for number, text in self.file.lines(silent()):
            if number > LOOKED_AT:
                return
            yield number, text


def refused_line(
    strange: Strange, text: str, origin: tuple[str, int], now: int, key: TokenKey, source: str
) -> Quarantined:
    """`origin`: the file, and the line's number or offset in it."""
    return Quarantined(
        origin=origin[0],
        position=origin[1],
        reason=strange.reason,
        detail=strange.detail,
        known_at=now,
        original=masked_line(key, text)[:LONGEST_ORIGINAL],
        source=source,
    )


def masked_line(key: TokenKey, text: str) -> str:
    """Time, ids and verb stay; numbers in what follows become tokens."""
    if parse_line(text) is None:
        return mask(key, text)
    fields = text.split("|")
    callid = fields[1] if "." in fields[1] else mask(key, fields[1])
    kept = [fields[0], callid, fields[2], fields[3], fields[4]]
    return "|".join((*kept, *(mask(key, field) for field in fields[5:])))


def send_history(
    log: QueueLog, source: str, publisher: Publisher, clock: Clock, stream: TextIO
) -> tuple[LogTally, Delivered]:
    """One `leg` event a call and queue; calls that are still open are counted, not sent."""
    tally = LogTally()
    progress = Progress("sending", log.file.size, "B", stream)
    try:
        for item in log.told(clock.now(), tally, publisher.quarantine, progress):
            if isinstance(item, QueueLeg) and not tally.open_legs:
                publisher.send_call(item.finished(source))
        publisher.flush()
    finally:
        progress.close()
    return tally, Delivered(events=tally.legs)


def send_as_live(
    log: QueueLog, marks: Marks, publisher: Publisher, clock: Clock, stream: TextIO
) -> tuple[LogTally, Delivered]:
    """Events of legs and agents in the order of their times, and a mark for each restart."""
    tally = LogTally()
    progress = Progress("reading", log.file.size, "B", stream)
    try:
        told = log.told(clock.now(), tally, publisher.quarantine, progress)
        return tally, send_live(_events(told, marks.source), marks, publisher, clock, stream)
    finally:
        progress.close()


def _events(told: Iterator[Told], source: str) -> Iterator[TimedEvent]:
    for item in told:
        if isinstance(item, QueueLeg):
            yield from item.events(source)
        elif not isinstance(item, Strange):
            yield item
