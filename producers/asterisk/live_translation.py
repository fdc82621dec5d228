"""A growing queue_log, line by line, as live events. Pure.

Rule 1: the events of a leg are sent as it goes on: each line adds the events that follow from it.
Rule 2: the same lines give the same events with the same ids, wherever reading was interrupted.
Rule 3: times are not compared with now: a line must give the same events today and tomorrow. The
stream compares them with the broker's clock.
"""

from collections.abc import Iterator

from producers.asterisk.left_out import LeftOut
from producers.asterisk.legs import QueueLeg
from producers.asterisk.lines import Line, parse_line
from producers.asterisk.refused_line import RefusedLine, refused
from producers.asterisk.translator import Memory, Translator
from producers.event_order import TimedEvent
from producers.growing_log import Translation
from schemas.millis import HOUR, LATEST
from schemas.privacy import TokenKey
from schemas.timing import SERVICE_CAP_MS

FORGOTTEN_MS = SERVICE_CAP_MS  # the stream closes longer conversations as well


class LiveTranslation:
    """One node's live log from `memory` on: a `growing_log.LineTranslator`."""

    def __init__(
        self,
        source: str,
        key: TokenKey,
        memory: Memory | None = None,
        left_out: LeftOut | None = None,
        *,
        keep_text: bool = False,
    ) -> None:
        self._source, self._key = source, key
        self._keep_text = keep_text
        self._left_out = left_out or LeftOut()
        self._translator = Translator(source, key, memory)
        self._hour = 0

    def memory(self) -> Memory:
        return self._translator.memory()

    @property
    def is_idle(self) -> bool:
        return self._translator.is_idle

    def translate(self, text: str) -> Translation:
        line = parse_line(text)
        if self._left_out.takes(text):
            return Translation([], None if line is None else line.at)
        items = [
            refused(item, text, self._key, keep_text=self._keep_text)
            if isinstance(item, RefusedLine)
            else item
            for item in self._events(text, line)
        ]
        return Translation(items, None if line is None else line.at)

    def _events(self, text: str, line: Line | None) -> Iterator[TimedEvent | RefusedLine]:
        for item in self._translator.read(text, LATEST):
            if isinstance(item, QueueLeg):
                yield from item.new_events(self._source)
            else:
                yield item
        if line is None:
            return
        leg = self._translator.leg_of(line)
        if leg is not None:
            yield from leg.new_events(self._source)
        if line.at // HOUR > self._hour:
            self._hour = line.at // HOUR
            self._translator.forget(line.at - FORGOTTEN_MS)
