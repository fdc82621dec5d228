"""A naive recount of legs, written apart from the product: plain loops over records, no cleverness.

It shares no code with streams/: what both agree on is agreed twice. Times in ms; a record is one leg.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

BASE = ("answered", "abandoned", "exited", "transferred", "callback", "dropped")


@dataclass(frozen=True)
class Recorded:
    """One leg as a call record tells it. `left_at` is the answer or the giving up; None while open."""

    leg_id: str
    queue: str
    arrived_at: int
    outcome: str
    left_at: int | None = None
    ended_at: int | None = None
    wrap_ended_at: int | None = None
    out_of_hours: bool = False
    direction: str = "inbound"
    target_ms: int | None = 20_000
    short_ms: int | None = 5_000
    missed_at: tuple[int, ...] = ()
    channel: str = "voice"
    wait_unknown: bool = False
    contact_id: str = ""
    caller: str = ""


@dataclass
class Recount:
    """Counts of one group of legs, and the lists that percentiles and means are taken from."""

    counts: dict[str, int] = field(default_factory=dict)
    answer_waits: list[int] = field(default_factory=list)  # of those who waited in the line
    callback_waits: list[int] = field(default_factory=list)  # answered, too: they were rung back
    abandon_waits: list[int] = field(default_factory=list)
    base_waits: list[int] = field(default_factory=list)
    talks: list[int] = field(default_factory=list)
    wraps: list[int] = field(default_factory=list)

    def add(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)


def recount(legs: Iterable[Recorded], start: int, end: int, basis: str = "arrival") -> Recount:
    """Everything that `[start, end)` holds of these legs, by arrival or by event."""
    result = Recount()
    for leg in legs:
        if leg.direction == "inbound":
            _count(result, leg, start, end, basis)
    return result


def _count(result: Recount, leg: Recorded, start: int, end: int, basis: str) -> None:
    def counts_at(moment: int | None) -> bool:
        if basis == "arrival":
            moment = leg.arrived_at
        return moment is not None and start <= moment < end

    if leg.out_of_hours or leg.outcome == "rejected":
        if counts_at(leg.arrived_at):
            result.add("out_of_hours" if leg.out_of_hours else "rejected")
        return
    if counts_at(leg.arrived_at):
        result.add("offered")
        if leg.outcome == "open":
            result.add("open")
    for missed_at in leg.missed_at:
        if counts_at(missed_at):
            result.add("missed_offers")
    if leg.left_at is not None and counts_at(leg.left_at):
        _count_left(result, leg, None if leg.wait_unknown else leg.left_at - leg.arrived_at)
    if leg.outcome == "answered" and leg.left_at is not None and leg.ended_at is not None:
        if counts_at(leg.ended_at):
            result.talks.append(leg.ended_at - leg.left_at)
        if leg.wrap_ended_at is not None and counts_at(leg.wrap_ended_at):
            result.wraps.append(leg.wrap_ended_at - leg.ended_at)


def _count_left(result: Recount, leg: Recorded, wait: int | None) -> None:
    result.add(leg.outcome)
    callback = leg.channel == "callback"
    if callback and leg.outcome in BASE:
        result.add("callback_left")
    if wait is None:
        if leg.outcome == "abandoned":
            result.add("abandoned_wait_unknown")
        return
    in_target = leg.target_ms is not None and wait <= leg.target_ms
    if leg.outcome in BASE:
        result.base_waits.append(wait)
    if leg.outcome == "answered":
        waits = result.callback_waits if callback else result.answer_waits
        waits.append(wait)
        if in_target:
            result.add("answered_in_target")
            if callback:
                result.add("callback_answered_in_target")
    if leg.outcome == "abandoned":
        result.abandon_waits.append(wait)
        if in_target:
            result.add("abandoned_in_target")
            if callback:
                result.add("callback_abandoned_in_target")
        if leg.short_ms is not None and wait < leg.short_ms:
            result.add("short_abandoned")
            if callback:
                result.add("callback_short_abandoned")


def report_row(found: Recount) -> dict[str, float | None]:
    """The columns of `history summary` that are numbers, unrounded; None for no value."""
    n = {name: found[name] for name in BASE}
    base = sum(n.values())
    short, rejected = found["short_abandoned"], found["rejected"]
    # The service level is that of the line: without call backs, whatever became of them.
    in_line = base - found["callback_left"]
    good = found["answered_in_target"] - found["callback_answered_in_target"]
    good_abandons = found["abandoned_in_target"] - found["callback_abandoned_in_target"]
    line_short = short - found["callback_short_abandoned"]
    return {
        **{name: found[name] for name in (
            "offered", *BASE, "ghost", "open", "rejected", "out_of_hours", "answered_in_target",
            "abandoned_in_target", "short_abandoned",
        )},
        "sl_answered_only": _share(good, n["answered"] - len(found.callback_waits)),
        "sl_offered": _share(good, in_line),
        "sl_abandons_in_target_ignored": _share(good, in_line - good_abandons),
        "sl_abandons_in_target_good": _share(good + good_abandons, in_line),
        "sl_short_abandons_ignored": _share(good, in_line - line_short),
        "abandonment_ab1": _share(n["abandoned"], base),
        "abandonment_ab2": _share(n["abandoned"] - short, base - short),
        "unanswered_ab7": _share(base - n["answered"] + rejected, base + rejected),
        "asa_s": _mean_s(found.answer_waits),
        "wait_p50_s": nearest_rank_s(found.answer_waits, 50),
        "wait_p90_s": nearest_rank_s(found.answer_waits, 90),
        "wait_p95_s": nearest_rank_s(found.answer_waits, 95),
        "max_wait_answered_s": _most_s(found.answer_waits),
        "max_wait_s": _most_s(found.base_waits),
        "mean_time_to_abandon_s": _mean_s(found.abandon_waits),
        "aht_talk_hold_s": _mean_s(found.talks),
        "aht_with_wrap_s": (
            (_mean_s(found.talks) or 0) + (_mean_s(found.wraps) or 0)
            if found.talks and found.wraps
            else None
        ),
    }  # fmt: skip


def nearest_rank_s(waits: list[int], percent: int) -> float | None:
    """The smallest wait that at least `percent` of them did not exceed."""
    ordered = sorted(waits)
    for place, wait in enumerate(ordered, start=1):
        if place * 100 >= percent * len(ordered):
            return wait / 1000
    return None


def minute(legs: Iterable[Recorded], at: int, window_ms: int) -> dict[str, Any]:
    """The line of `history snapshots` as of `at`: short_abandons_ignored is the formula."""
    counted = [
        leg for leg in legs
        if leg.direction == "inbound" and not leg.out_of_hours and leg.outcome != "rejected"
    ]  # fmt: skip
    waiting = [
        leg for leg in counted
        if leg.arrived_at < at and (leg.left_at is None or leg.left_at >= at)
    ]  # fmt: skip
    talking = [
        leg for leg in counted
        if leg.outcome == "answered" and leg.left_at is not None and leg.left_at < at
        and (leg.ended_at is None or leg.ended_at >= at)
    ]  # fmt: skip
    window = recount(counted, at - window_ms, at, "event")
    row = report_row(window)
    in_line = sum(window[name] for name in BASE) - window["callback_left"]
    line_short = window["short_abandoned"] - window["callback_short_abandoned"]
    return {
        "waiting": len(waiting),
        "oldest_wait_s": max((at - leg.arrived_at for leg in waiting), default=0) / 1000,
        "in_service": len(talking),
        "offered": window["offered"],
        "answered": window["answered"],
        "abandoned": window["abandoned"],
        "answered_in_target": window["answered_in_target"],
        "sl": row["sl_short_abandons_ignored"],
        "asa_s": row["asa_s"],
        "n": in_line - line_short,
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean_s(values: list[int]) -> float | None:
    return sum(values) / len(values) / 1000 if values else None


def _most_s(values: list[int]) -> float | None:
    return max(values) / 1000 if values else None
