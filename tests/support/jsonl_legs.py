"""Platform `jsonl-legs`, the example of docs/developer.md: one JSON object a line, one line an event.

    {"at": "2026-03-02T09:00:05Z", "call": "7", "queue": "billing", "what": "queued", "caller": "0315550001"}
    {"at": "2026-03-02T09:00:17Z", "call": "7", "queue": "billing", "what": "answered", "agent": "ann"}
    {"at": "2026-03-02T09:03:17Z", "call": "7", "queue": "billing", "what": "ended"}

or, in place of the last two, `abandoned`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import msgspec
from msgspec import Struct

from producers.contract import FileItem, FinishedFile, LiveSource, Options, Platform, Refused
from producers.growing_log import GrowingLog, Translation
from producers.input_file import InputFile, InputFileError
from producers.progress import Progress, silent
from schemas import calls
from schemas.calls import FinishedLeg, LegFact, Queued
from schemas.millis import from_iso
from schemas.privacy import TokenKey, caller_token

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


def event(text: str, source: str, key: TokenKey, zone: ZoneInfo) -> LegFact:
    """The event of a line: the same line gives the same id, and no number leaves in clear."""
    line = parsed(text)
    if line is None:
        raise LineError("not a line of jsonl-legs")
    try:
        at = from_iso(line.at, zone)
    except ValueError:
        raise LineError("at: expected a time such as 2026-03-02T09:00:05Z") from None
    leg_id = f"{line.call}/{line.queue}"
    named: dict[str, Any] = {
        "event_id": f"{leg_id}:{line.what}:{at}",
        "at": at,
        "source": source,
        "queue": line.queue,
        "leg_id": leg_id,
        "contact_id": line.call,
    }
    match line.what:
        case "queued":
            return Queued(caller=caller_token(key, line.caller), **named)
        case "answered":
            return calls.Answered(agent=line.agent, **named)
        case "ended":
            return calls.Ended(**named)
        case "abandoned":
            return calls.Abandoned(**named)
        case other:
            raise LineError(f"what: unknown word {other}")


class JsonlFile(FinishedFile):
    """A finished file: legs as they end, then those that are still open."""

    def __init__(self, file: InputFile, source: str, key: TokenKey, zone: ZoneInfo) -> None:
        super().__init__(file, source, key)
        self._zone = zone
        self.time_zone = zone.key
        first = next(text for _, text in file.lines(silent()) if text.strip())
        if parsed(first) is None:
            raise InputFileError(f"{file.path}: {_EXPECTED}")

    def read(self, now: int, progress: Progress) -> Iterator[FileItem]:
        queued: dict[str, Queued] = {}
        answered: dict[str, calls.Answered] = {}
        for number, text in self.file.lines(progress):
            if not text.strip():
                continue
            try:
                told = event(text, self.source, self.key, self._zone)
            except LineError as error:
                yield Refused(str(error), text, number)
                continue
            if told.at > now:
                yield Refused("its time lies after now", text, number)
            elif isinstance(told, Queued):
                queued[told.leg_id] = told
            elif told.leg_id not in queued:
                yield Refused("a call that was never queued", text, number)
            elif isinstance(told, calls.Answered):
                answered[told.leg_id] = told
            else:
                begin = queued.pop(told.leg_id)
                yield finished(begin, answered.pop(told.leg_id, None), told)
        yield from queued.values()


def finished(begin: Queued, answer: calls.Answered | None, end: LegFact) -> FinishedLeg:
    """The whole leg in one event: `left_at` is when it left the queue, `ended_at` when it hung up."""
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
        outcome="abandoned" if answer is None else "answered",
        arrived_at=begin.at,
        answered_at=None if answer is None else answer.at,
        left_at=left_at,
        ended_at=None if answer is None else end.at,
        agent="" if answer is None else answer.agent,
    )


class Lines:
    """A growing file, line by line: a `LineTranslator` that need not remember anything."""

    is_idle = False

    def __init__(self, source: str, key: TokenKey, zone: ZoneInfo) -> None:
        self._source, self._key, self._zone = source, key, zone

    def translate(self, text: str) -> Translation:
        try:
            told = event(text, self._source, self._key, self._zone)
        except LineError as error:
            return Translation([Refused(str(error), text)])
        return Translation([told], told.at)

    def memory(self) -> None:
        """Each line says everything."""


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
        return JsonlFile(InputFile(path), source, key, _zone(given))

    def follow(self, path: Path, source: str, key: TokenKey, given: Options) -> LiveSource:
        zone = _zone(given)
        return GrowingLog(path, source, key, lambda _: Lines(source, key, zone), parsed, _EXPECTED)


def _zone(given: Options) -> ZoneInfo:
    try:
        return ZoneInfo(given["time_zone"])
    except (KeyError, ValueError, OSError):
        raise click.BadParameter("expected an IANA name", param_hint="--time-zone") from None


JSONL_LEGS = JsonlLegs()
