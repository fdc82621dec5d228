"""A naive reader of legs for the figures of the board room, written apart from the product.

Plain loops over rows of topic `legs`, no SQL and nothing of streams/history: what both agree on is agreed
twice. Times in ms.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import structs

from schemas.legs import LegRow
from schemas.targets import Targets, TargetsVersion
from tests.support.legs import leg_row_of
from tests.support.recount import BASE, Recorded

# Queues of two centres and one without; each promises something else.
PROMISES = {
    "accounts": ("first", "offered", 20_000, 5_000, 0.8),
    "answers": ("first", "answered_only", 30_000, 0, 0.9),
    "billing": ("second", "short_abandons_ignored", 20_000, 5_000, 0.75),
    "cards": ("second", "abandons_in_target_ignored", 60_000, 5_000, 0.7),
    "dials": ("second", "abandons_in_target_good", 10_000, 5_000, 0.6),
}

# One queue has a clock of its own, whose half hours begin at a quarter to and past of everybody else's.
OTHER_ZONE = {"cards": "Asia/Kathmandu"}


def promising_targets(zone: str, version: int = 1, **more: object) -> TargetsVersion:
    queues = tuple(
        Targets(
            queue, queue.title(), centre, centre.title(), "town", "Town", OTHER_ZONE.get(queue, zone), within, goal,
            formula=formula, short_abandon_ms=short,  # type: ignore[arg-type]
            **more,  # type: ignore[arg-type]
        )
        for queue, (centre, formula, within, short, goal) in PROMISES.items()
    )  # fmt: skip
    return TargetsVersion(version, 0, 1_790_000_000_000, zone, queues)


def promised_row(leg: Recorded, version: int = 1, known_at: int = 1_790_000_000_000) -> LegRow:
    """The row of this record, judged by what its own queue promised."""
    row = leg_row_of(leg, version, known_at)
    if leg.queue not in PROMISES:
        return structs.replace(
            row, answer_within_ms=None, short_abandon_ms=None, goal=None, formula=None,
            targets_version=0, in_target=False, short=False,
        )  # fmt: skip
    _, formula, within, short, goal = PROMISES[leg.queue]
    wait = row.wait_ms
    return structs.replace(
        row, answer_within_ms=within, short_abandon_ms=short, goal=goal, formula=formula,
        in_target=wait is not None and wait <= within, short=wait is not None and wait < short,
        reason=random.Random(leg.leg_id).choice(["", "timeout", "key 0"]),
        caller=random.Random(leg.leg_id).choice(["", *(f"caller-{n}" for n in range(150))]),
    )  # fmt: skip


@dataclass
class Tally:
    good: int = 0
    due: int = 0
    should: float = 0.0  # calls that should have been served
    offered: int = 0

    @property
    def share(self) -> float | None:
        return self.good / self.due if self.due else None

    @property
    def met(self) -> bool:
        return self.good >= self.should - 1e-6


def is_judged(row: LegRow, start: int, end: int) -> bool:
    return row.direction == "inbound" and not row.out_of_hours and start <= row.arrived_at < end


def tally(rows: Iterable[LegRow], start: int, end: int) -> Tally:
    """What these legs that arrived in `[start, end)` were promised, and got."""
    found = Tally()
    for row in rows:
        if not is_judged(row, start, end) or row.outcome == "rejected":
            continue
        found.offered += 1
        if row.formula is None or row.channel == "callback" or row.outcome not in BASE:
            continue
        good, due = _judged(row)
        found.good += good
        found.due += due
        found.should += (row.goal or 0) * due
    return found


def _judged(row: LegRow) -> tuple[bool, bool]:
    answered_in_time = row.outcome == "answered" and row.in_target
    gave_up = row.outcome == "abandoned"
    match row.formula:
        case "answered_only":
            return answered_in_time, row.outcome == "answered"
        case "offered":
            return answered_in_time, True
        case "abandons_in_target_ignored":
            return answered_in_time, not (gave_up and row.in_target)
        case "abandons_in_target_good":
            return answered_in_time or (gave_up and row.in_target), True
    return answered_in_time, not (gave_up and row.short)


@dataclass
class NaiveHalfHours:
    """What `history consistency` says of one group."""

    eligible: int = 0
    missed: int = 0
    low: int = 0
    calls: int = 0
    calls_in_missed: int = 0
    worst: tuple[float, int, int] | None = None  # share, less calls, start
    run: int = 0


def naive_half_hours(rows: Iterable[LegRow], start: int, end: int, zone: str) -> NaiveHalfHours:
    """Every half hour of the range in its order, also the empty ones, by the clock on the wall."""
    found, run, before = NaiveHalfHours(), 0, list(rows)
    by_start: dict[int, list[LegRow]] = {}
    for row in before:
        by_start.setdefault(half_hour_of(row.arrived_at, zone), []).append(row)
    starts = sorted({half_hour_of(at, zone) for at in range(start, end, 15 * 60_000)})
    for at in starts:
        counted = tally(by_start.get(at, []), start, end)
        if counted.due >= 5 and counted.share is not None:
            found.eligible += 1
            found.calls += counted.due
            mark = (counted.share, -counted.due, max(at, start))
            found.worst = mark if found.worst is None or mark < found.worst else found.worst
            if counted.met:
                run = 0
            else:
                found.missed += 1
                found.calls_in_missed += counted.due
                run += 1
                found.run = max(found.run, run)
        elif counted.due:
            found.low += 1
        else:
            run = 0
    return found


def half_hour_of(at: int, zone: str) -> int:
    local = datetime.fromtimestamp(at / 1000, ZoneInfo(zone))
    past = local.minute % 30 * 60_000 + local.second * 1000 + local.microsecond // 1000
    return at - past


def naive_losses(rows: Iterable[LegRow], start: int, end: int) -> dict[tuple[str, str], int]:
    """Legs by step and reason, as `history losses` names them."""
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.direction != "inbound" or not start <= row.arrived_at < end:
            continue
        step: str = row.outcome
        reason = row.reason
        if row.out_of_hours:
            step, reason = "out_of_hours", ""
        elif row.outcome == "abandoned":
            step = "abandoned_short" if row.short else "abandoned"
        elif row.outcome == "answered":
            step = "answered_in_target" if row.in_target else "answered_late"
        if (
            row.formula is None
            and not row.out_of_hours
            and row.outcome in ("abandoned", "answered")
        ):
            step = f"{row.outcome}_without_target"
        found[step, reason] = found.get((step, reason), 0) + 1
    return found


@dataclass
class NaiveUnserved:
    attempts: int = 0
    nameless: int = 0
    callers: int = 0
    unserved: int = 0
    unknown: int = 0
    abandoned: int = 0
    redialled: int = 0
    decided: int = 0

    @property
    def told(self) -> int | None:
        if self.attempts and self.attempts == self.nameless:
            return None  # nobody knows whose they were
        return self.unserved if self.decided or not self.unknown else None


def naive_unserved(
    everybody: list[LegRow], queues: set[str], start: int, end: int
) -> NaiveUnserved:
    """`everybody`: legs of all queues; the attempts are those of `queues`."""
    day, half_hour = 24 * 3_600_000, 30 * 60_000
    known_to = max(
        (row.arrived_at for row in everybody if row.arrived_at < end + 8 * day), default=0
    )
    found = NaiveUnserved()
    lost: set[str] = set()
    unknown: set[str] = set()
    callers: set[str] = set()
    decided: set[str] = set()
    for row in everybody:
        if row.queue not in queues or not is_judged(row, start, end):
            continue
        if row.outcome not in ("abandoned", "rejected"):
            continue
        found.attempts += 1
        if not row.caller:
            found.nameless += 1
            continue
        callers.add(row.caller)
        if row.arrived_at + day <= known_to:
            decided.add(row.caller)
        others = [other for other in everybody if other.caller == row.caller]
        served = any(
            other.outcome == "answered"
            and other.answered_at is not None
            and 0 <= other.answered_at - row.arrived_at <= day
            and (other.direction == "inbound" or other.channel == "callback")
            for other in others
        )
        if not served:
            (lost if row.arrived_at + day <= known_to else unknown).add(row.caller)
        over = row.left_at if row.left_at is not None else row.arrived_at
        if row.outcome == "abandoned" and over + half_hour <= known_to:
            found.abandoned += 1
            found.redialled += any(
                0 < other.arrived_at - over <= half_hour and other.direction == "inbound"
                for other in others
            )
    found.callers, found.unserved = len(callers), len(lost)
    found.decided = len(decided)
    found.unknown = len(unknown - lost)
    return found
