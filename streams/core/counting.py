"""The table of counters as code: what a leg contributes, compiled once from schemas.counters.

For each outcome, in and out of opening hours, a function is generated from the table. It has the few
lines that one would write by hand. Reading the table at each event would double the cost of an event.
"""

from collections.abc import Callable
from typing import Any

from schemas.counters import COUNTER, Counter, Moment
from schemas.legs import OUTCOMES

Contribution = tuple[int, int, int]  # (event time, counter, n)
# Takes a leg, its verdict and its arrival. It reads `channel`, `missed`, `missed_extra` and
# `wrap_ended_at` of the leg, and `left_at`, `service_ended_at` and what the table names of the verdict.
Contribute = Callable[[Any, Any, int], tuple[Contribution, ...]]
Compiled = tuple[dict[str, Contribute], dict[str, Contribute]]  # [out of hours][outcome]
# Takes a leg, its verdict, and the counts to which it adds: totals, day, bucket and minute.
Add = Callable[[Any, Any, list[int], list[int], list[int], list[int]], None]
# As `Compiled`; None for a leg that perhaps adds nothing: it must not make a bucket.
Adding = tuple[dict[str, Add | None], dict[str, Add | None]]

# In the order of a leg's life, so that a new contribution is mostly added at the end (see
# streams.core.verdict.difference).
MOMENTS: tuple[Moment, ...] = (
    "arrival",
    "missed offer",
    "leaving",
    "end of service",
    "end of wrap-up",
)
Rows = list[tuple[int, Counter]]  # counters with their positions


def compiled(*moments: Moment) -> Compiled:
    """What every leg contributes at these moments."""
    made: dict[str, Contribute] = {}  # by source text, which is the same for many outcomes
    in_hours, out_of_hours = (
        {
            outcome: _function(_text(moments, outcome, out_of_hours=out_of_hours), made)
            for outcome in OUTCOMES
        }
        for out_of_hours in (False, True)
    )
    return in_hours, out_of_hours


def adding(moment: Moment) -> Adding:
    """The same for one moment that every such leg has, added at once: half of the time of a contribution went into
    making it and taking it apart. The moment is that of the caller, who finds the day, bucket and minute.
    """
    made: dict[str, Add] = {}
    in_hours, out_of_hours = (
        {
            outcome: _adds(_rows(moment, outcome, out_of_hours=out_of_hours), made)
            for outcome in OUTCOMES
        }
        for out_of_hours in (False, True)
    )
    return in_hours, out_of_hours


def _adds(rows: Rows, made: dict[str, Add]) -> Add | None:
    is_sure = any(not _condition(counter) for _, counter in rows)
    return _function(_adding_text(rows), made) if is_sure else None


def _function(text: str, made: dict[str, Any]) -> Any:
    if text not in made:
        names: dict[str, Any] = {}
        exec(text, {}, names)  # noqa: S102 - the text is made of our own table alone
        (made[text],) = names.values()
    return made[text]


def _text(moments: tuple[Moment, ...], outcome: str, *, out_of_hours: bool) -> str:
    body: list[str] = []
    for moment in moments:
        if rows := _rows(moment, outcome, out_of_hours=out_of_hours):
            body += _BLOCKS[moment](rows)
    return "\n ".join(
        ["def contribute(leg, verdict, arrived_at):", "counted = ()", *body, "return counted"]
    )


def _adding_text(rows: Rows) -> str:
    body = ["def add(leg, verdict, totals, day, bucket, minute):"]
    for position, counter in rows:
        condition, n = _condition(counter), _amount(counter) or "1"
        if condition:
            body.append(f"if {condition}:")
        body += [
            f"{' ' if condition else ''}{counts}[{position}] += {n}"
            for counts in ("totals", "day", "bucket", "minute")
        ]
    return "\n ".join(body)


def _rows(moment: Moment, outcome: str, *, out_of_hours: bool) -> Rows:
    """What may count a leg of that outcome at that moment."""
    return [
        (position, counter)
        for position, counter in enumerate(COUNTER.values())
        if counter.moment == moment and _may_count(counter, outcome, out_of_hours=out_of_hours)
    ]


def _may_count(counter: Counter, outcome: str, *, out_of_hours: bool) -> bool:
    when = counter.when
    if when.out_of_hours != out_of_hours:
        return False
    if outcome == when.except_outcome:
        return False
    if when.outcome is not None:
        return outcome == when.outcome
    if counter.moment == "leaving" and outcome == "open":
        return False
    return outcome != "rejected" or out_of_hours


def _at_arrival(rows: Rows) -> list[str]:
    return _added(rows, "arrived_at")


def _at_each_missed_offer(rows: Rows) -> list[str]:
    """Missed offers without times, which only a finished leg has, count at its arrival."""
    return [
        "for at, _ in leg.missed:",
        *_indented(_added(rows, "at")),
        "if leg.missed_extra:",
        *_indented(_added(rows, "arrived_at", "leg.missed_extra")),
    ]


def _on_leaving(rows: Rows) -> list[str]:
    return ["at = verdict.left_at", *_added(rows, "at")]


def _at_the_end_of_service(rows: Rows) -> list[str]:
    return ["at = verdict.service_ended_at", "if at is not None:", *_indented(_added(rows, "at"))]


def _at_the_end_of_wrap_up(rows: Rows) -> list[str]:
    return [
        "if verdict.wrap_ms is not None:",
        " at = leg.wrap_ended_at",
        *_indented(_added(rows, "at")),
    ]


_BLOCKS: dict[Moment, Callable[[Rows], list[str]]] = {
    "arrival": _at_arrival,
    "missed offer": _at_each_missed_offer,
    "leaving": _on_leaving,
    "end of service": _at_the_end_of_service,
    "end of wrap-up": _at_the_end_of_wrap_up,
}


def _indented(lines: list[str]) -> list[str]:
    return [f" {line}" for line in lines]


def _added(rows: Rows, at: str, one: str = "1") -> list[str]:
    """Statements that add to `counted`; counters with the same condition share one `if`."""
    by_condition: dict[str, str] = {}
    for position, counter in rows:
        condition = _condition(counter)
        each = f"({at}, {position}, {_amount(counter) or one}), "
        by_condition[condition] = by_condition.get(condition, "") + each
    return [
        f"if {condition}: counted += ({added})" if condition else f"counted += ({added})"
        for condition, added in by_condition.items()
    ]


def _amount(counter: Counter) -> str:
    if counter.sums == "wait_ms":
        return "verdict.wait_ms or 0"
    return f"verdict.{counter.sums}" if counter.sums else ""


def _condition(counter: Counter) -> str:
    """The rest of `when`: without outcomes and hours, which select the function, and without what the
    moment implies.
    """
    when = counter.when
    terms = []
    for column, value in (("in_target", when.in_target), ("short", when.short)):
        if value is not None:
            terms.append(f"verdict.{column}" if value else f"verdict.{column} is False")
    if when.channel is not None:
        terms.append(f"leg.channel == {when.channel!r}")
    if when.unknown is not None:
        terms.append(f"verdict.{when.unknown} is None")
    implied = {None, "wait_ms", "wrap_ms" if counter.moment == "end of wrap-up" else None}
    measured = dict.fromkeys((when.measured, counter.sums))
    terms += [f"verdict.{each} is not None" for each in measured if each not in implied]
    return " and ".join(terms)
