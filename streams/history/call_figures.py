"""Calls by group and interval: the columns that `summary` and `intervals` share, and how they are computed.

Counts come from SQL. An interval in opening hours without calls has zeros. Ratios are computed last.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from schemas.counters import COUNTER, COUNTERS, Counts, reported_as
from schemas.formulas import (
    ABANDONMENTS,
    ASA,
    FORMULAS,
    SERVICE_LEVELS,
    TALK_HOLD,
    TIME_TO_ABANDON,
    WRAP,
    denominator,
    ratio,
)
from schemas.millis import iso
from schemas.targets import Targets
from streams.history.catalogue import Catalogue
from streams.history.counted_groups import Counted, counted_groups
from streams.history.counting_sql import PERCENTILES, counts_of, knows
from streams.history.promises_kept import COLUMNS as PROMISED
from streams.history.promises_kept import promises_kept
from streams.history.question import Basis, Question
from streams.history.report import Column, Part, Row
from streams.sinks.clickhouse.database import Reader

# The counters that come first, in this order; all others follow at the end of the row.
_FIRST = (
    "offered", "answered", "abandoned", "short_abandoned", "exited", "transferred", "callback",
    "dropped", "ghost", "rejected", "out_of_hours", "answered_in_target", "abandoned_in_target",
)  # fmt: skip
_LAST = tuple(name for name in COUNTERS if name not in _FIRST)
_NEED_TARGETS = frozenset({*(rule.name for rule in SERVICE_LEVELS), "abandonment_ab2"})

_NOBODY_ANSWERED = "nobody was answered"
_NOT_MEASURED = "no conversation was measured"
_NO_ONE_TARGET = "not configured, or the queues of the group differ"


def _counts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "legs", COUNTER[name].text) for name in names)


def _last_counts() -> Iterator[Column]:
    for name in _LAST:
        counter = COUNTER[name]
        unknown = "basis `event`: a leg knows how many, not when"
        yield Column(
            reported_as(name),
            "s" if counter.unit == "ms" else counter.unit,
            counter.text,
            unknown if counter.moment == "missed offer" else "",
        )


def _ratios() -> tuple[Column, ...]:
    return tuple(
        Column(
            rule.name,
            "share",
            rule.title,
            "no such calls"
            + (", or a leg of them had no target" if rule.name in _NEED_TARGETS else ""),
        )
        for rule in FORMULAS
    )


_WAITS = (
    Column("asa_s", "s", ASA.title, _NOBODY_ANSWERED),
    *(
        Column(
            f"wait_p{percent}_s",
            "s",
            f"the smallest wait that at least {percent} % of the answered, call backs left out, did not"
            " exceed",
            _NOBODY_ANSWERED,
        )
        for percent in PERCENTILES
    ),
    Column(
        "max_wait_answered_s",
        "s",
        "longest wait of the answered, call backs left out",
        _NOBODY_ANSWERED,
    ),
    Column(
        "max_wait_s",
        "s",
        "longest known wait of all that left the queue, ghosts left out",
        "nobody left it, or no wait is known",
    ),
    Column(
        "mean_time_to_abandon_s", "s", TIME_TO_ABANDON.title, "nobody abandoned whose wait is known"
    ),
    Column("aht_talk_hold_s", "s", TALK_HOLD.title, _NOT_MEASURED),
    Column("aht_with_wrap_s", "s", "the same with mean after-call work", "not measured"),
)
_TARGETS = (
    Column("formula", "text", "the promised formula", _NO_ONE_TARGET),
    Column("answer_within_s", "s", "the target T", _NO_ONE_TARGET),
    Column("short_abandon_s", "s", "the short-abandon limit s", _NO_ONE_TARGET),
)
COLUMNS: tuple[Column, ...] = (
    Column("start", "time", "start of the interval, on the clock of the queue or group"),
    Column(
        "queue", "text", "id of the queue, or name of the group (a centre, a department, a channel)"
    ),
    *_counts("offered", "answered", "abandoned", "short_abandoned", "exited", "transferred"),
    *_counts("callback", "dropped", "ghost"),
    Column("open", "legs", "legs that arrived and have not left yet"),
    *_counts("rejected", "out_of_hours", "answered_in_target", "abandoned_in_target"),
    *_ratios(),
    *_WAITS,
    *_TARGETS,
    Column("basis", "text", "when a leg counts: `arrival` or `event`"),
    Column(
        "channel", "text", "the channel whose legs alone are counted", "legs of every channel are"
    ),
    *_last_counts(),
    Column(
        "told_alike",
        "legs",
        "of rows without an id that say the same as one before them: other calls, or the same ones twice",
    ),
    *PROMISED,
)
PART = Part(
    COLUMNS,
    in_table=(
        "start",
        "queue",
        "offered",
        "answered",
        "abandoned",
        "open",
        "sl_promised",
        "goal",
        "against_goal",
        "promised_calls",
        "abandonment_ab1",
        "asa_s",
        "wait_p90_s",
        "max_wait_s",
        "formula",
        "answer_within_s",
        "basis",
    ),
)


def call_figures(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    """One row a group and interval, by start and then by name."""
    return [figures_of(each, question) for each in counted_groups(reader, catalogue, question)]


def figures_of(counted: Counted, question: Question) -> Row:
    return figures_row(counted.record, counted.members, question.basis) | {
        "start": iso(counted.start, ZoneInfo(counted.zone)),
        "queue": counted.group,
        "channel": counted.group if question.by == "channel" else question.channel,
    }


def figures_row(record: Mapping[str, Any], members: Sequence[Targets], basis: Basis) -> Row:
    """The row of a report. `record`: a row of `counting_sql`, empty if nobody called. `members`: the newest
    targets of the group.
    """
    counts = counts_of(record)
    row: Row = {name: getattr(counts, name) for name in _FIRST}
    row |= {reported_as(name): _shown(name, counts) for name in _LAST if knows(name, basis)}
    row["open"] = int(record.get("n_open", 0))
    row["told_alike"] = int(record.get("n_told_alike", 0))
    judged = not record.get("n_untargeted", 0)
    for rule in (*SERVICE_LEVELS, *ABANDONMENTS):
        if judged or rule.name not in _NEED_TARGETS:
            row[rule.name] = _rounded(ratio(rule, counts), 6)
    row |= _waits(record, counts) | _targets(record, members) | {"basis": basis}
    row |= promises_kept(record)
    return {column.name: row.get(column.name) for column in COLUMNS}


def _shown(counter: str, counts: Counts) -> float | None:
    n: int = getattr(counts, counter)
    return _seconds(n) if COUNTER[counter].unit == "ms" else n


def _waits(record: Mapping[str, Any], counts: Counts) -> Row:
    row: Row = {
        "asa_s": _seconds(ratio(ASA, counts)),
        "mean_time_to_abandon_s": _seconds(ratio(TIME_TO_ABANDON, counts)),
    }
    if denominator(ASA, counts):
        row |= {f"wait_p{p}_s": _seconds(record[f"wait_p{p}"]) for p in PERCENTILES}
        row["max_wait_answered_s"] = _seconds(record["max_answer_wait"])
    if record.get("n_waits", 0):
        row["max_wait_s"] = _seconds(record["max_wait"])
    talk, wrap = ratio(TALK_HOLD, counts), ratio(WRAP, counts)
    row["aht_talk_hold_s"] = _seconds(talk)
    if talk is not None and wrap is not None:
        row["aht_with_wrap_s"] = _seconds(talk + wrap)
    return row


def _targets(record: Mapping[str, Any], members: Sequence[Targets]) -> Row:
    """The targets of the legs; the newest ones if those of a single queue changed. Without legs, the targets
    of the newest configuration. Empty if the queues of a group differ: then no single target applies.
    """
    configured = {(t.formula, t.answer_within_ms, t.short_abandon_ms) for t in members}
    of_legs = str(record.get("newest_targets", "")).split()
    single_queue = len(members) <= 1
    if of_legs and (single_queue or (record["n_targets"] == 1 and len(configured) <= 1)):
        formula, answer_within, short_abandon = of_legs[0], int(of_legs[1]), int(of_legs[2])
    elif len(configured) == 1 and not of_legs:
        formula, answer_within, short_abandon = next(iter(configured))
    else:
        return {}
    return {
        "formula": formula,
        "answer_within_s": _seconds(answer_within),
        "short_abandon_s": _seconds(short_abandon),
    }


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds / 1000, 3)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
