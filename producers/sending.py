"""Sends a finished file to Kafka, as history or as live traffic, or surveys it without sending.

Rule 1: what is refused goes to quarantine, masked, with its file, position and reason, and is counted.
Rule 2: as history one `leg` event is sent for each leg, in the order of the file, also for those that
still went on when it ended; agents and restarts are not sent. As live traffic everything is sent, in the
order of time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import time
from typing import Any, Literal, TextIO
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from producers.contract import DetailedLeg, FinishedFile, Refused, Sent
from producers.event_order import TimedEvent
from producers.handing_over import WallClock
from producers.leg_events import leg_events
from producers.live_file import send_live
from producers.progress import Progress
from producers.publisher import Publisher
from producers.replay import Begin
from producers.survey import Survey
from producers.timeline import Marks
from producers.told_twice import Place, Told, ToldTwice
from schemas.agents import AgentState
from schemas.calls import FinishedLeg, Queued, Restarted
from schemas.codec import encode
from schemas.deliveries import DeliveryCounts
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
    kept: Mapping[str, Any] = {}  # what it leaves out and history knows, to be sent with it


# Asks history of at most `ASKED_AT_ONCE` legs; None: it cannot be asked.
AskHistory = Callable[[Sequence[FinishedLeg]], Sequence[ToHistory] | None]
ASKED_AT_ONCE = 1_000
Refuse = Callable[[Quarantined], None]


def nobody_asked(_: Sequence[FinishedLeg]) -> None:
    """Where there is no history to be asked."""


class FileSent(Struct, frozen=True):
    """What became of the records, and what was handed to Kafka."""

    counts: DeliveryCounts
    sent: Sent


Accepted = FinishedLeg | Queued | DetailedLeg | AgentState | Restarted
_LEGS = (FinishedLeg, Queued)  # a union would be asked in twice the time, twice a row
_FIRST = Told("first", ("", 0))


def send_history(
    file: FinishedFile,
    publisher: Publisher,
    clock: WallClock,
    stream: TextIO,
    ask: AskHistory = nobody_asked,
    *,
    delivery: str = "",
    counts: DeliveryCounts | None = None,
) -> FileSent:
    """Send the legs of a file, each with the id of the delivery; returns when Kafka has everything.

    `counts` rise while it is sent, so that they are known where it is stopped in between.
    """
    counts = DeliveryCounts() if counts is None else counts

    def refuse(row: Quarantined) -> None:
        publisher.quarantine(replace(row, delivery=delivery))

    progress = Progress("sending", file.size, "B", stream)
    try:
        for leg in _legs(file, clock.now(), counts, refuse, progress, ask):
            publisher.send_call(replace(leg, delivery=delivery))
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
    *,
    counts: DeliveryCounts | None = None,
) -> FileSent:
    """Send the events of all legs, merged by time; `marks` decides whether it is a replay.

    `begin`: the time of day, on the clock of the file's zone, at which the replay begins.
    """
    counts = DeliveryCounts() if counts is None else counts
    progress = Progress("reading", file.size, "B", stream)
    try:
        accepted = _accepted(file, clock.now(), counts, publisher.quarantine, progress)
        named = None if begin is None else Begin(begin, ZoneInfo(file.time_zone))
        events = _events(accepted)
        sent = send_live(events, marks, publisher, clock, stream, begin=named)
        counts.events = sent.events
        return FileSent(counts, sent)
    finally:
        progress.close()


def surveyed(
    file: FinishedFile, now: int, stream: TextIO, ask: AskHistory = nobody_asked
) -> tuple[Survey, DeliveryCounts]:
    """What would be sent of the file, and refused; nothing is sent."""
    survey, counts = Survey(), DeliveryCounts()
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
    counts: DeliveryCounts,
    refuse: Refuse,
    progress: Progress,
) -> Iterator[tuple[Accepted, Told]]:
    """What can be counted, and what it is to what the file has told before."""
    twice = ToldTwice()
    for item in file.read(now, progress):
        if type(item) is FinishedLeg:  # nearly all of a file of call records
            leg: Accepted = item
        elif isinstance(item, Refused):
            row = quarantined(item, file.file.name, file.source, file.key, now)
            counts.refused += 1
            counts.first_refusal = counts.first_refusal or f"line {row.position}: {row.detail}"
            refuse(row)
            continue
        else:
            leg = item.whole if isinstance(item, DetailedLeg) else item
        if isinstance(leg, _LEGS):
            at = (file.reading, file.position)
            told = twice.check(as_history(leg), at)
            if told.known == "first":
                _take(counts, told, leg)
                yield item, told
                continue
            if told.known == "again":
                counts.again += 1
                continue
            if told.known == "collides":
                place = _shown(told.before, at)
                why = f"{_named(leg)}, and {place} says otherwise: a correction, or another call?"
                _set_aside(leg, why, file, at, now, counts, refuse)
                continue
            _take(counts, told, leg)
            yield item, told
        else:
            yield item, _FIRST


def _legs(
    file: FinishedFile,
    now: int,
    counts: DeliveryCounts,
    refuse: Refuse,
    progress: Progress,
    ask: AskHistory,
) -> Iterator[FinishedLeg]:
    """The legs as history gets them, without those that history knows as another call."""
    waiting: list[tuple[FinishedLeg, Told, Place]] = []

    def asked() -> Iterator[FinishedLeg]:
        answers = ask([leg for leg, _, _ in waiting])
        counts.is_compared = answers is not None
        for (leg, told, place), known in zip(waiting, answers or (), strict=answers is not None):
            if known.known == "collides":
                _take(counts, told, leg, times=-1)
                why = f"{_named(leg)}, and history has another caller or contact there"
                _set_aside(leg, why, file, place, now, counts, refuse)
                continue
            if told.known == "first":
                _count(known, counts)
            # Sent all the same: it holds where what was known is withdrawn, and takes nothing back before.
            if known.known == "less":
                yield replace(leg, says_less=True)
            elif known.known == "corrected" or known.kept:
                yield replace(leg, corrects=known.known == "corrected", **known.kept)
            else:
                yield leg
        if answers is None:
            yield from (leg for leg, _, _ in waiting)
        waiting.clear()

    for item, told in _accepted(file, now, counts, refuse, progress):
        leg = item.whole if isinstance(item, DetailedLeg) else item
        if isinstance(leg, _LEGS):
            whole = as_history(leg)
            kept = replace(whole, **told.kept) if told.kept else whole
            waiting.append((kept, told, (file.reading, file.position)))
            if len(waiting) == ASKED_AT_ONCE:
                yield from asked()
    yield from asked()


def _count(told: ToHistory, counts: DeliveryCounts) -> None:
    """Count what history says of a leg that the file tells for the first time."""
    counts.known += told.known in ("same", "less", "completed", "corrected")
    counts.completed += told.known == "completed"
    if told.known == "elsewhere":
        counts.elsewhere[told.other] = counts.elsewhere.get(told.other, 0) + 1
    if told.known == "corrected":
        counts.corrected += 1
        for name in told.changed:
            counts.changes[name] = counts.changes.get(name, 0) + 1


def _take(counts: DeliveryCounts, told: Told, leg: FinishedLeg | Queued, *, times: int = 1) -> None:
    """Count a record that is sent; with `times=-1` it is not sent after all."""
    counts.open_legs += times * (_goes_on(leg) - told.went_on)
    if told.known == "first":
        counts.legs += times
        counts.told_alike += times * leg.told_alike
    elif told.known == "completed":
        counts.completed_here += times
    elif told.known == "corrected":
        counts.corrected_here += times
        for name in told.changed:
            counts.changes_here[name] = counts.changes_here.get(name, 0) + times


def _set_aside(
    leg: FinishedLeg | Queued,
    why: str,
    file: FinishedFile,
    place: Place,
    now: int,
    counts: DeliveryCounts,
    refuse: Refuse,
) -> None:
    """A leg that collides goes to quarantine: nobody but a person can say which one is right."""
    counts.colliding += 1
    name, position = place[0] or file.file.name, place[1]
    where = f"line {position}: " if position else ""
    counts.first_refusal = counts.first_refusal or f"{where}{why}"
    refused = Refused(why, encode(leg).decode(), position, is_masked=True, is_detail_masked=True)
    refuse(quarantined(refused, name, file.source, file.key, now))


def _shown(before: Place, at: Place) -> str:
    """Where a leg was told before, for a person who looks at the line that tells it again."""
    if not before[1]:
        return "an earlier record"
    return f"line {before[1]}" if before[0] == at[0] else f"line {before[1]} of {before[0]}"


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
        told_alike=leg.told_alike,
    )


def _events(accepted: Iterator[tuple[Accepted, Told]]) -> Iterator[TimedEvent]:
    for item, _ in accepted:
        if isinstance(item, DetailedLeg):
            yield from item.events
        elif isinstance(item, FinishedLeg | Queued):
            yield from leg_events(item)
        else:
            yield item
