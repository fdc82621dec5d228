"""A growing queue_log, line by line, to events as they happen. Pure.

Rule 1: a leg is told while it lives: each line adds the events that follow from it and no others.
Rule 2: the same lines give the same events with the same ids, wherever the reading was interrupted.
Rule 3: what the log says of its own clock is not judged here: the stream compares it with the
broker's, so that a line reads the same today and tomorrow.
"""

from collections.abc import Iterator

from producers.asterisk.legs import QueueLeg
from producers.asterisk.lines import Line, parse_line
from producers.asterisk.refused_line import RefusedLine, refused
from producers.asterisk.translator import Memory, Translator
from producers.event_order import TimedEvent
from producers.growing_log import Translation
from schemas.millis import HOUR, LATEST
from schemas.privacy import TokenKey
from schemas.timing import SERVICE_CAP_MS

FORGOTTEN_MS = SERVICE_CAP_MS  # the stream does not believe in a longer conversation either


class LiveTranslation:
    """One node's live log from `memory` on: a `growing_log.LineTranslator`."""

    def __init__(self, source: str, key: TokenKey, memory: Memory | None = None) -> None:
        self._source, self._key = source, key
        self._translator = Translator(source, key, memory)
        self._hour = 0

    def memory(self) -> Memory:
        return self._translator.memory()

    @property
    def is_idle(self) -> bool:
        return self._translator.is_idle

    def translate(self, text: str) -> Translation:
        line = parse_line(text)
        items = [
            refused(item, text, self._key) if isinstance(item, RefusedLine) else item
            for item in self._events(text, line)
        ]
        return Translation(items, None if line is None else line.at)

    def _events(self, text: str, line: Line | None) -> Iterator[TimedEvent | RefusedLine]:
        for item in self._translator.read(text, LATEST):
            if isinstance(item, QueueLeg):
                yield from item.untold(self._source)
            else:
                yield item
        if line is None:
            return
        leg = self._translator.leg_of(line)
        if leg is not None:
            yield from leg.untold(self._source)
        if line.at // HOUR > self._hour:
            self._hour = line.at // HOUR
            self._translator.forget(line.at - FORGOTTEN_MS)
