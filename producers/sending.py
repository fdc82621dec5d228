"""Sends a finished file to Kafka, as history or as live traffic, or surveys it without sending.

Rule 1: what is refused goes to quarantine, masked, with its file, position and reason, and is counted.
Rule 2: as history one `leg` event is sent for each leg, in the order of the file, also for those that
still went on when it ended; agents and restarts are not sent. As live traffic everything is sent, in the
order of time.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import time
from typing import Literal, TextIO
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from producers.contract import DetailedLeg, FinishedFile, Refused, Sent
from producers.delivery import WallClock
from producers.event_order import TimedEvent
from producers.leg_events import leg_events
from producers.live_file import send_live
from producers.progress import Progress
from producers.publisher import Publisher
from producers.replay import Begin
from producers.survey import Survey
from producers.timeline import Marks
from producers.told_twice import Place, ToldTwice
from schemas.agents import AgentState
from schemas.calls import FinishedLeg, Queued, Restarted
from schemas.codec import encode
from schemas.millis import SECOND, iso
from schemas.printable import printable
from schemas.privacy import TokenKey, mask
from schemas.quarantine import Quarantined

LONGEST_ORIGINAL = 4_000
LONGEST_DETAIL = 500


class ToHistory(Struct, frozen=True):
    """What a leg is to history: new, the same, corrected (in which columns), or another call."""

    known: Literal["new", "elsewhere", "same", "less", "completed", "corrected", "collides"]
    changed: tuple[str, ...] = ()
    other: str = ""  # the other source


class FileCounts(Struct):
    """What became of the records of a file, in legs as history counts them.

    `legs` were sent; `open_legs` of them still went on at its end; `again`: told again in the same file, not
    sent twice; `colliding`: another call has the same identity, in the file or in history, so they were set
    aside. Of those sent history had `known` already: `completed` of these say what it did not know yet,
    `corrected` say something else now, by column in `changes`. `elsewhere`: by source, those that history
    has from another source, too, with the same id, queue and second. `is_compared`: whether history could
    be asked at all.
    """

    legs: int = 0
    open_legs: int = 0
    again: int = 0
    colliding: int = 0
    known: int = 0
    completed: int = 0
    corrected: int = 0
    elsewhere: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    is_compared: bool = False
    refused: int = 0
    first_refusal: str = ""

    def compare(self, told: ToHistory) -> None:
        """Count what history says of a leg that the file tells for the first time."""
        self.known += told.known in ("same", "less", "completed", "corrected")
        self.completed += told.known == "completed"
        if told.known == "elsewhere":
            self.elsewhere[told.other] += 1
        if told.known == "corrected":
            self.corrected += 1
            self.changes.update(told.changed)

    @property
    def is_clean(self) -> bool:
        return not (self.refused or self.colliding)

    def in_words(self) -> list[str]:
        """`3 legs`, and what else is to be said of them."""
        words = [f"{self.legs:,} legs"]
        if self.open_legs:
            words.append(f"{self.open_legs:,} of them still open at its end")
        if self.is_compared:
            words.append(f"{self.legs - self.known:,} new")
            words.append(f"{self.known - self.completed - self.corrected:,} known already")
            if self.completed:
                words.append(f"{self.completed:,} completed")
            if self.corrected:
                columns = ", ".join(f"{name} {n:,}" for name, n in self.changes.most_common())
                words.append(f"{self.corrected:,} corrected ({columns})")
        for source, n in self.elsewhere.most_common():
            words.append(f"{n:,} also told by source {source} (the same node? --source {source})")
        if self.again:
            words.append(f"{self.again:,} told again in the file")
        if self.colliding:
            words.append(f"{self.colliding:,} colliding, set aside")
        return words


# Asks history of at most `ASKED_AT_ONCE` legs; None: it cannot be asked.
AskHistory = Callable[[Sequence[FinishedLeg]], Sequence[ToHistory] | None]
ASKED_AT_ONCE = 1_000
Refuse = Callable[[Quarantined], None]


def nobody_asked(_: Sequence[FinishedLeg]) -> None:
    """Where there is no history to be asked."""


class FileSent(Struct, frozen=True):
    """What became of the records, and what was handed to Kafka."""

    counts: FileCounts
    sent: Sent


Accepted = FinishedLeg | Queued | DetailedLeg | AgentState | Restarted


def send_history(
    file: FinishedFile,
    publisher: Publisher,
    clock: WallClock,
    stream: TextIO,
    ask: AskHistory = nobody_asked,
) -> FileSent:
    """Send the legs of a file; returns when Kafka has everything."""
    counts = FileCounts()
    progress = Progress("sending", file.size, "B", stream)
    try:
        for leg in _legs(file, clock.now(), counts, publisher.quarantine, progress, ask):
            publisher.send_call(leg)
        publisher.flush()
    finally:
        progress.close()
    return FileSent(counts, Sent(calls=counts.legs))


def send_as_live(
    file: FinishedFile,
    marks: Marks,
    publisher: Publisher,
    clock: WallClock,
    stream: TextIO,
    begin: time | None = None,
) -> FileSent:
    """Send the events of all legs, merged by time; `marks` decides whether it is a replay.

    `begin`: the time of day, on the clock of the file's zone, at which the replay begins.
    """
    counts = FileCounts()
    progress = Progress("reading", file.size, "B", stream)
    try:
        accepted = _accepted(file, clock.now(), counts, publisher.quarantine, progress)
        named = None if begin is None else Begin(begin, ZoneInfo(file.time_zone))
        events = _events(accepted)
        return FileSent(counts, send_live(events, marks, publisher, clock, stream, begin=named))
    finally:
        progress.close()


def surveyed(
    file: FinishedFile, now: int, stream: TextIO, ask: AskHistory = nobody_asked
) -> tuple[Survey, FileCounts]:
    """What would be sent of the file, and refused; nothing is sent."""
    survey, counts = Survey(), FileCounts()
    progress = Progress("reading", file.size, "B", stream)
    try:
        for leg in _legs(file, now, counts, survey.refuse, progress, ask):
            survey.add(leg)
    finally:
        progress.close()
    return survey, counts


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
    refuse: Refuse,
    progress: Progress,
) -> Iterator[tuple[Accepted, bool]]:
    """What can be counted, each leg once, and whether the file has not told of it before."""
    twice = ToldTwice()
    for item in file.read(now, progress):
        if isinstance(item, Refused):
            row = quarantined(item, file.file.name, file.source, file.key, now)
            counts.refused += 1
            counts.first_refusal = counts.first_refusal or f"line {row.position}: {row.detail}"
            refuse(row)
            continue
        leg = item.whole if isinstance(item, DetailedLeg) else item
        if isinstance(leg, FinishedLeg | Queued):
            at = (file.reading, file.position)
            told, before = twice.check(leg, at)
            if told == "again":
                counts.again += 1
                continue
            if told == "collides":
                place = f"line {before[1]}" if before[1] else "an earlier record"
                why = f"{_named(leg)}, and {place} says otherwise: a correction, or another call?"
                _set_aside(leg, why, file, at, now, counts, refuse)
                continue
            if told == "first":
                counts.legs += 1
            counts.open_legs += _goes_on(leg) - (told == "completed")
            yield item, told == "first"
        else:
            yield item, True


def _legs(
    file: FinishedFile,
    now: int,
    counts: FileCounts,
    refuse: Refuse,
    progress: Progress,
    ask: AskHistory,
) -> Iterator[FinishedLeg]:
    """The legs as history gets them, without those that history knows as another call."""
    waiting: list[tuple[FinishedLeg, bool, Place]] = []

    def asked() -> Iterator[FinishedLeg]:
        answers = ask([leg for leg, _, _ in waiting])
        counts.is_compared = answers is not None
        for (leg, is_first, place), known in zip(
            waiting, answers or (), strict=answers is not None
        ):
            if known.known == "collides":
                counts.legs -= is_first
                counts.open_legs -= leg.goes_on
                why = f"{_named(leg)}, and history has another caller or contact there"
                _set_aside(leg, why, file, place, now, counts, refuse)
                continue
            if is_first:
                counts.compare(known)
            # an older report takes nothing back that a later one has told
            if known.known != "less":
                yield leg
        if answers is None:
            yield from (leg for leg, _, _ in waiting)
        waiting.clear()

    for item, is_first in _accepted(file, now, counts, refuse, progress):
        leg = item.whole if isinstance(item, DetailedLeg) else item
        if isinstance(leg, FinishedLeg | Queued):
            waiting.append((as_history(leg), is_first, (file.reading, file.position)))
            if len(waiting) == ASKED_AT_ONCE:
                yield from asked()
    yield from asked()


def _set_aside(
    leg: FinishedLeg | Queued,
    why: str,
    file: FinishedFile,
    place: Place,
    now: int,
    counts: FileCounts,
    refuse: Refuse,
) -> None:
    """A leg that collides goes to quarantine: nobody but a person can say which one is right."""
    counts.colliding += 1
    name, position = place[0] or file.file.name, place[1]
    where = f"line {position}: " if position else ""
    counts.first_refusal = counts.first_refusal or f"{where}{why}"
    refused = Refused(why, encode(leg).decode(), position, is_masked=True, is_detail_masked=True)
    refuse(quarantined(refused, name, file.source, file.key, now))


def _named(leg: FinishedLeg | Queued) -> str:
    began_at = leg.arrived_at if isinstance(leg, FinishedLeg) else leg.at
    return (
        f"id {leg.leg_id} in queue {leg.queue} at {iso(began_at // SECOND * SECOND)} is told twice"
    )


def _goes_on(leg: FinishedLeg | Queued) -> bool:
    return isinstance(leg, Queued) or leg.goes_on


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


def _events(accepted: Iterator[tuple[Accepted, bool]]) -> Iterator[TimedEvent]:
    for item, _ in accepted:
        if isinstance(item, DetailedLeg):
            yield from item.events
        elif isinstance(item, FinishedLeg | Queued):
            yield from leg_events(item)
        else:
            yield item
