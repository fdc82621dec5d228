"""Platform `jsonl-legs`, the example of docs/developer.md: one JSON object a line, one line an event.

    {"at": "2026-03-02T09:00:05Z", "call": "7", "queue": "billing", "what": "queued", "caller": "0315550001"}
    {"at": "2026-03-02T09:00:17Z", "call": "7", "queue": "billing", "what": "answered", "agent": "ann"}
    {"at": "2026-03-02T09:03:17Z", "call": "7", "queue": "billing", "what": "ended"}

or, in place of the last two, `abandoned`. A call may come into the same queue again: another stay, another leg.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import msgspec
from msgspec import Struct

from producers.contract import (
    DetailedLeg,
    FileItem,
    FinishedFile,
    LiveSource,
    Options,
    Platform,
    Refused,
    input_file,
)
from producers.growing_log import GrowingLog, Translation
from producers.input_file import InputFile, InputFileError
from producers.progress import Progress, silent
from schemas.calls import Abandoned, Answered, Ended, FinishedLeg, LegFact, Queued
from schemas.codec import UndecodableError, decode_call, encode
from schemas.millis import LATEST, from_iso
from schemas.privacy import TokenKey, caller_token

LOOKED_AT = 1_000  # lines; a file that begins with others is none of ours
REMEMBERED = 10_000  # open stays; of more than that the oldest is forgotten
_EXPECTED = 'no jsonl-legs; expected lines such as {"at": "2026-03-02T09:00:05Z", "call": "7", …}'


class Line(Struct):
    """One line as the platform writes it."""

    at: str
    call: str
    queue: str
    what: str
    caller: str = ""
    agent: str = ""


class LineError(Exception):
    """What is wrong with a line, in a few words."""


def parsed(text: str) -> Line | None:
    try:
        return msgspec.json.decode(text, type=Line)
    except msgspec.DecodeError:
        return None


class Stay(Struct):
    """One call in one queue, not over yet."""

    leg_id: str
    is_answered: bool = False


class Memory(Struct):
    """What must be known to go on in the middle of a log; no number stands in it."""

    stays: dict[str, Stay] = {}  # by call and queue, the newest last


class Stays:
    """Lines in the order of the log, to events. Pure: the same lines give the same events."""

    def __init__(
        self, source: str, key: TokenKey, zone: ZoneInfo, memory: Memory | None = None
    ) -> None:
        self._source, self._key, self._zone = source, key, zone
        self._open = (memory or Memory()).stays

    def event(self, text: str, now: int) -> LegFact:
        """What a line tells; LineError when it cannot be counted, and then nothing is remembered."""
        line = parsed(text)
        if line is None:
            raise LineError("not a line of jsonl-legs")
        try:
            at = from_iso(line.at, self._zone)
        except (ValueError, OverflowError):
            raise LineError("at: expected a time such as 2026-03-02T09:00:05Z") from None
        if at > now:
            raise LineError("its time lies after now")
        place = _place(line.call, line.queue)
        stay = Stay(f"{place}/{at}") if line.what == "queued" else self._open.get(place)
        if stay is None:
            raise LineError("a call that is not in the queue")
        told = checked(self._told(line, at, stay.leg_id))
        self._remember(place, stay, told)
        return told

    def is_open(self, told: LegFact) -> bool:
        """Whether more can follow of the leg of this event."""
        stay = self._open.get(_place(told.contact_id, told.queue))
        return stay is not None and stay.leg_id == told.leg_id

    @property
    def is_idle(self) -> bool:
        return not self._open

    def memory(self) -> Memory:
        return Memory(self._open)

    def _told(self, line: Line, at: int, leg_id: str) -> LegFact:
        named: dict[str, Any] = {
            # From the log alone, with the word of schemas/calls.py, whatever the platform calls it.
            "event_id": f"{leg_id}:{line.what}:{at}",
            "at": at,
            "source": self._source,
            "queue": line.queue,
            "leg_id": leg_id,
            "contact_id": line.call,
        }
        match line.what:
            case "queued":
                return Queued(caller=caller_token(self._key, line.caller), **named)
            case "answered":
                return Answered(agent=line.agent, **named)
            case "ended":
                return Ended(**named)
            case "abandoned":
                return Abandoned(**named)
            case other:
                raise LineError(f"what: unknown word {other}")

    def _remember(self, place: str, stay: Stay, told: LegFact) -> None:
        self._open.pop(place, None)
        is_answered = stay.is_answered or isinstance(told, Answered)
        is_over = isinstance(told, Ended) or (isinstance(told, Abandoned) and not is_answered)
        if not is_over:
            self._open[place] = Stay(stay.leg_id, is_answered)
        if len(self._open) > REMEMBERED:
            del self._open[next(iter(self._open))]


def _place(call: str, queue: str) -> str:
    return f"{call}/{queue}"


def checked(event: LegFact) -> LegFact:
    """The event, if the stream will take it: a struct does not look at its values when it is made."""
    try:
        decode_call(encode(event))
    except UndecodableError as error:
        raise LineError(error.detail) from None
    return event


class JsonlFile(FinishedFile):
    """A finished file: legs as they end, then those whose end it does not tell."""

    def __init__(self, file: InputFile, source: str, key: TokenKey, zone: ZoneInfo) -> None:
        super().__init__(file, source, key)
        self._zone = zone
        self.time_zone = zone.key
        if not any(parsed(text) for _, text in islice(file.lines(silent()), LOOKED_AT)):
            raise InputFileError(f"{file.path}: {_EXPECTED}")

    def read(self, now: int, progress: Progress) -> Iterator[FileItem]:
        stays = Stays(self.source, self.key, self._zone)
        legs: dict[str, list[LegFact]] = {}
        for number, text in self.file.lines(progress):
            if not text.strip():
                continue
            try:
                told = stays.event(text, now)
            except LineError as error:
                yield Refused(str(error), text, number)
                continue
            legs.setdefault(told.leg_id, []).append(told)
            if not stays.is_open(told):
                facts = legs.pop(told.leg_id)
                yield DetailedLeg(finished(facts), facts)
        for facts in legs.values():
            yield DetailedLeg(begin_of(facts), facts)


def begin_of(facts: list[LegFact]) -> Queued:
    return next(each for each in facts if isinstance(each, Queued))


def finished(facts: list[LegFact]) -> FinishedLeg:
    """The whole leg in one event, as the stream judges its facts (docs/definitions.md).

    The first answer counts. A conversation that ended was answered; when, and how long it was, nobody
    knows if no line told of the answer.
    """
    begin, end = begin_of(facts), facts[-1]
    answer = next((each for each in facts if isinstance(each, Answered)), None)
    was_answered = answer is not None or isinstance(end, Ended)
    left_at = end.at if answer is None else answer.at
    return FinishedLeg(
        event_id=f"{begin.leg_id}:leg:{left_at}",
        at=left_at,
        source=begin.source,
        feed="history",
        queue=begin.queue,
        leg_id=begin.leg_id,
        contact_id=begin.contact_id,
        caller=begin.caller,
        outcome="answered" if was_answered else "abandoned",
        arrived_at=begin.at,
        answered_at=left_at if was_answered else None,
        left_at=left_at,
        ended_at=None if answer is None else end.at,
        agent="" if answer is None else answer.agent,
    )


class Lines:
    """A growing file, line by line: a `LineTranslator`."""

    def __init__(self, stays: Stays) -> None:
        self._stays = stays

    @property
    def is_idle(self) -> bool:
        return self._stays.is_idle

    def translate(self, text: str) -> Translation:
        try:
            told = self._stays.event(text, LATEST)  # the stream compares it with the broker's clock
        except LineError as error:
            return Translation([Refused(str(error), text)])
        return Translation([told], told.at)

    def memory(self) -> Memory:
        return self._stays.memory()


class JsonlLegs(Platform):
    help = """Send calls from a file of JSON lines, or follow one that grows.

    \b
    Example:
      queuewatch send jsonl-legs calls.jsonl --time-zone Europe/Berlin
    """
    options = (
        click.option(
            "--time-zone", default="UTC", show_default=True, help="Of times without an offset."
        ),
    )
    follows = "Live, for ever: what is written from now on, over rotations and restarts."

    def open(self, path: Path, source: str, key: TokenKey, given: Options) -> FinishedFile:
        return JsonlFile(input_file(path, given), source, key, _zone(given))

    def follow(self, path: Path, source: str, key: TokenKey, given: Options) -> LiveSource:
        zone = _zone(given)

        def translator(memory: bytes | None) -> Lines:
            known = None if memory is None else msgspec.json.decode(memory, type=Memory)
            return Lines(Stays(source, key, zone, known))

        return GrowingLog(path, source, key, translator, parsed, _EXPECTED)


def _zone(given: Options) -> ZoneInfo:
    try:
        return ZoneInfo(given["time_zone"])
    except (KeyError, ValueError, OSError):
        raise click.BadParameter("expected an IANA name", param_hint="--time-zone") from None


JSONL_LEGS = JsonlLegs()
