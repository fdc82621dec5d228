"""Compiled contributions equal a plain walk through the table, whatever the leg."""

from collections import Counter as Multiset
from dataclasses import dataclass
from itertools import product

import pytest

from schemas.counters import COUNTER, Counter, Moment, When
from schemas.legs import OUTCOMES
from streams.core import counting
from streams.core.counting import MOMENTS, Contribution, adding, compiled

ARRIVED = 1_000
SERVICES = list(product((None, 2_000), (None, 500), (None, 70)))  # end, talk, wrap-up


@dataclass(frozen=True)
class Judged:
    """A leg and its verdict in one."""

    outcome: str
    in_target: bool
    short: bool
    out_of_hours: bool
    channel: str
    missed: tuple[tuple[int, str], ...]
    missed_extra: int
    left_at: int | None
    wait_ms: int | None
    service_ended_at: int | None
    talk_hold_ms: int | None
    wrap_ended_at: int | None
    wrap_ms: int | None


def judged() -> list[Judged]:
    """Every shape that a leg may have."""
    flags = product((False, True), (False, True), (False, True), ("voice", "callback"))
    missed = ((), ((1_010, "ann"), (1_010, "bob")))
    return [
        Judged(
            outcome, in_target, short, closed, channel, told, len(told),
            left_at=None if outcome == "open" else ARRIVED + 60,
            wait_ms=None if outcome in ("open", "rejected") else wait,
            service_ended_at=ended, talk_hold_ms=talk if ended else None,
            wrap_ended_at=wrap and 2_500, wrap_ms=wrap,
        )
        for outcome, (in_target, short, closed, channel), told in product(OUTCOMES, flags, missed)
        for wait in ((60, None) if outcome == "abandoned" and not (in_target or short) else (60,))
        for ended, talk, wrap in (SERVICES if outcome == "answered" else [(None, None, None)])
    ]  # fmt: skip


def naive(leg: Judged, moments: tuple[Moment, ...]) -> list[Contribution]:
    found = []
    for position, counter in enumerate(COUNTER.values()):
        if counter.moment in moments and fits(counter.when, leg):
            amount = 1 if counter.sums is None else getattr(leg, counter.sums)
            if counter.sums == "wait_ms" and leg.outcome == "abandoned":
                amount = amount or 0  # an unknown wait is in the sum as nothing
            if counter.moment == "missed offer":
                found += [(at, position, 1) for at, _ in leg.missed]
                found += [(ARRIVED, position, leg.missed_extra)] if leg.missed_extra else []
                continue
            at = {
                "arrival": ARRIVED,
                "leaving": leg.left_at,
                "end of service": leg.service_ended_at,
                "end of wrap-up": leg.wrap_ended_at,
            }[counter.moment]
            if at is not None and amount is not None:
                found.append((at, position, amount))
    return found


def fits(when: When, leg: Judged) -> bool:
    if when.out_of_hours != leg.out_of_hours:
        return False
    if when.outcome is None and leg.outcome == "rejected" and not leg.out_of_hours:
        return False
    return (
        when.outcome in (None, leg.outcome)
        and when.except_outcome != leg.outcome
        and when.in_target in (None, leg.in_target)
        and when.short in (None, leg.short)
        and when.channel in (None, leg.channel)
        and (when.measured is None or getattr(leg, when.measured) is not None)
        and (when.unknown is None or getattr(leg, when.unknown) is None)
    )


def check(*moments: Moment) -> None:
    made = compiled(*moments)
    for leg in judged():
        found = made[leg.out_of_hours][leg.outcome](leg, leg, ARRIVED)
        assert Multiset(found) == Multiset(naive(leg, moments)), leg


def check_adding(moment: Moment, legs: list[Judged]) -> None:
    """`legs` have that moment. What perhaps adds nothing has no such function."""
    made = adding(moment)
    for leg in legs:
        add, wanted = made[leg.out_of_hours][leg.outcome], [0] * len(COUNTER)
        for _, position, n in naive(leg, (moment,)):
            wanted[position] += n
        if add is None:
            continue
        found = [[0] * len(wanted) for _ in range(4)]  # totals, day, bucket, minute
        add(leg, leg, *found)
        assert found == [wanted] * 4, leg
        assert any(naive(leg, (moment,))), leg


def test_the_whole_of_a_leg() -> None:
    check(*MOMENTS)


def test_a_part_of_a_leg() -> None:
    check("end of service", "end of wrap-up")
    check("arrival", "leaving")


def test_a_part_that_is_added_at_once() -> None:
    legs = judged()
    left = [leg for leg in legs if leg.left_at is not None]
    check_adding("arrival", legs)
    check_adding("leaving", left)
    check_adding("end of service", [leg for leg in left if leg.service_ended_at is not None])
    check_adding("end of wrap-up", [leg for leg in left if leg.wrap_ended_at is not None])
    assert None not in (
        adding("arrival")[False]["open"],
        adding("leaving")[False]["answered"],
        adding("leaving")[False]["abandoned"],
    )
    assert adding("leaving")[True]["answered"] is None  # a leg out of hours is in one counter alone


def test_every_kind_of_declaration(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up = [
        Counter(moment, "x", When(outcome, in_target, short, channel, out_of_hours=closed))  # type: ignore[arg-type]
        for moment, outcome, in_target, short, channel, closed in product(
            MOMENTS, (None, "answered", "rejected"), (None, True, False), (None, True),
            (None, "callback"), (False, True),
        )
    ]  # fmt: skip
    sums = [
        Counter("leaving", "x", When(), "wait_ms"),
        Counter("end of service", "x", When(measured="wrap_ms"), "talk_hold_ms"),
        Counter("end of wrap-up", "x", When(measured="talk_hold_ms"), "wrap_ms"),
        Counter("end of wrap-up", "x", When("answered", channel="callback"), "wait_ms"),
        *(Counter(moment, "x", When(except_outcome="answered")) for moment in MOMENTS),
    ]
    table = {str(number): counter for number, counter in enumerate([*made_up, *sums])}
    monkeypatch.setattr(counting, "COUNTER", table)
    monkeypatch.setitem(globals(), "COUNTER", table)
    check(*MOMENTS)
    for moment in ("arrival", "leaving"):
        check_adding(moment, judged())


def test_what_is_contributed_later_stands_at_the_end() -> None:
    """Then the usual life of a leg only adds, which streams.core.verdict.difference makes use of."""
    whole, service = compiled(*MOMENTS), compiled("end of service", "end of wrap-up")
    for leg in judged():
        made = whole[leg.out_of_hours][leg.outcome](leg, leg, ARRIVED)
        of_service = service[leg.out_of_hours][leg.outcome](leg, leg, 0)
        assert made[len(made) - len(of_service) :] == of_service
        assert not leg.out_of_hours or made == ((ARRIVED, 12, 1),)
