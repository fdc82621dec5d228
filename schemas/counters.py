"""The integer counters of a queue: one table, and everything that counts is derived from it.

Each field of `Counts` declares what it counts. The stream's contributions, the SQL of history,
reconciliation, the columns of `minutes`, the Prometheus series and the list in docs/definitions.md are
made from these declarations; a new counter is one field at the end. Only counters and summed durations
are kept and merged; ratios are computed last (schemas.formulas).
"""

from collections.abc import Sequence
from typing import Annotated, Literal, get_type_hints

from msgspec import Struct

from schemas.calls import Channel, ClosedOutcome

Moment = Literal["arrival", "missed offer", "leaving", "end of service", "end of wrap-up"]
Amount = Literal["wait_ms", "talk_hold_ms", "wrap_ms"]  # columns of a leg
Unit = Literal["legs", "offers", "ms"]

_KNOWN_BEFORE_SERVICE = (None, "wait_ms")


class When(Struct, frozen=True):
    """Which inbound legs are counted, by columns of a leg; None accepts any value of that column.

    A leg out of hours, rejected or not, is counted only if `out_of_hours` is set. A leg that was
    rejected in opening hours is counted only if `outcome` is "rejected".
    """

    outcome: ClosedOutcome | None = None
    in_target: bool | None = None
    short: bool | None = None
    channel: Channel | None = None
    out_of_hours: bool = False
    measured: Amount | None = None  # this column is not null
    unknown: Amount | None = None  # this column is null
    except_outcome: ClosedOutcome | None = None


class Counter(Struct, frozen=True):
    """One counter. At each `moment` of a leg that fits `when`, 1 is added, or the value of column `sums`.

    Nothing is added for a moment that the leg does not have (it still waits, its end is not known,
    its wrap-up was not measured), nor if the column `sums` is null.
    """

    moment: Moment
    text: str  # what is counted, for docs/definitions.md and the help of its series
    when: When = When()
    sums: Amount | None = None

    def __post_init__(self) -> None:
        of_service = self.moment in ("end of service", "end of wrap-up")
        columns = (self.when.measured, self.when.unknown, self.sums)
        if not of_service and any(column not in _KNOWN_BEFORE_SERVICE for column in columns):
            # A fact of the service only makes the counters of the service be computed again.
            raise ValueError(f"{self.text}: talk and wrap-up are not known at {self.moment}")
        if self.moment in ("arrival", "missed offer") and columns != (None, None, None):
            raise ValueError(f"{self.text}: the wait is not known at {self.moment}")

    @property
    def unit(self) -> Unit:
        if self.sums is not None:
            return "ms"
        return "offers" if self.moment == "missed offer" else "legs"

    @property
    def needs_targets(self) -> bool:
        """Whether the counter is undefined for a queue without targets: it asks for in_target or short."""
        return self.when.in_target is not None or self.when.short is not None


_ANSWERED = When("answered")
_ABANDONED = When("abandoned")
_CALLBACK_ANSWERED = When("answered", channel="callback")
_CALLBACK_LEFT = When(channel="callback", except_outcome="ghost")


class Counts(Struct, gc=False, omit_defaults=True):
    """Counts and sums of one window, day or interval. A leg out of hours is only in `out_of_hours`."""

    offered: Annotated[int, Counter("arrival", "legs that arrived")] = 0
    answered: Annotated[int, Counter("leaving", "legs that were answered", _ANSWERED)] = 0
    abandoned: Annotated[int, Counter("leaving", "legs that were abandoned", _ABANDONED)] = 0
    exited: Annotated[
        int, Counter("leaving", "legs that a rule took out of the queue", When("exited"))
    ] = 0
    transferred: Annotated[
        int,
        Counter("leaving", "legs that moved, unanswered, to another queue", When("transferred")),
    ] = 0
    callback: Annotated[
        int, Counter("leaving", "legs that ended with a request to be rung back", When("callback"))
    ] = 0
    dropped: Annotated[int, Counter("leaving", "legs that the platform lost", When("dropped"))] = 0
    ghost: Annotated[
        int, Counter("leaving", "legs whose end nobody told, given up", When("ghost"))
    ] = 0
    answered_in_target: Annotated[
        int,
        Counter(
            "leaving", "legs answered with a wait of at most T", When("answered", in_target=True)
        ),
    ] = 0
    abandoned_in_target: Annotated[
        int,
        Counter(
            "leaving", "legs abandoned with a wait of at most T", When("abandoned", in_target=True)
        ),
    ] = 0
    short_abandoned: Annotated[
        int, Counter("leaving", "legs abandoned with a wait below s", When("abandoned", short=True))
    ] = 0
    rejected: Annotated[
        int, Counter("arrival", "callers who were refused before queueing", When("rejected"))
    ] = 0
    out_of_hours: Annotated[
        int,
        Counter("arrival", "legs that arrived outside of opening hours", When(out_of_hours=True)),
    ] = 0
    missed_offers: Annotated[int, Counter("missed offer", "rings that no agent picked up")] = 0
    service_ended: Annotated[
        int,
        Counter(
            "end of service", "answered legs whose conversation ended or was given up", _ANSWERED
        ),
    ] = 0
    service_timed: Annotated[
        int,
        Counter(
            "end of service",
            "answered legs with a measured conversation",
            When("answered", measured="talk_hold_ms"),
        ),
    ] = 0
    wrap_timed: Annotated[
        int, Counter("end of wrap-up", "answered legs with measured after-call work", _ANSWERED)
    ] = 0
    answer_wait_ms: Annotated[
        int, Counter("leaving", "waits of the answered", _ANSWERED, "wait_ms")
    ] = 0
    abandon_wait_ms: Annotated[
        int, Counter("leaving", "waits of the abandoned", _ABANDONED, "wait_ms")
    ] = 0
    talk_hold_ms: Annotated[
        int, Counter("end of service", "conversations, holds included", _ANSWERED, "talk_hold_ms")
    ] = 0
    wrap_ms: Annotated[int, Counter("end of wrap-up", "after-call work", _ANSWERED, "wrap_ms")] = 0
    callback_answered: Annotated[
        int, Counter("leaving", "answered legs that were call backs", _CALLBACK_ANSWERED)
    ] = 0
    callback_answer_wait_ms: Annotated[
        int, Counter("leaving", "waits of answered call backs", _CALLBACK_ANSWERED, "wait_ms")
    ] = 0
    abandoned_wait_unknown: Annotated[
        int,
        Counter(
            "leaving",
            "legs that were abandoned, nobody knows when",
            When("abandoned", unknown="wait_ms"),
        ),
    ] = 0
    callback_left: Annotated[
        int, Counter("leaving", "call backs that left the queue, ghosts left out", _CALLBACK_LEFT)
    ] = 0
    callback_answered_in_target: Annotated[
        int,
        Counter(
            "leaving",
            "call backs answered with a wait of at most T",
            When("answered", in_target=True, channel="callback"),
        ),
    ] = 0
    callback_abandoned_in_target: Annotated[
        int,
        Counter(
            "leaving",
            "call backs abandoned with a wait of at most T",
            When("abandoned", in_target=True, channel="callback"),
        ),
    ] = 0
    callback_short_abandoned: Annotated[
        int,
        Counter(
            "leaving",
            "call backs abandoned with a wait below s",
            When("abandoned", short=True, channel="callback"),
        ),
    ] = 0


COUNTER: dict[str, Counter] = {
    name: hint.__metadata__[0] for name, hint in get_type_hints(Counts, include_extras=True).items()
}
COUNTERS: tuple[str, ...] = Counts.__struct_fields__
LEFT_OUTCOMES: tuple[str, ...] = tuple(
    name
    for name, each in COUNTER.items()
    if (each.moment, each.when, each.sums) == ("leaving", When(name), None)  # type: ignore[arg-type]
)
WINDOW_MINUTES: tuple[int, ...] = (1, 5, 15, 30, 60)


def positions(names: Sequence[str]) -> tuple[int, ...]:
    """Where the named counters stand in a bucket, which holds them as a plain list."""
    return tuple(COUNTERS.index(name) for name in names)


def column_of(counter: str) -> str:
    """Its column where legs are counted in SQL: a name that is no column of `legs`: ClickHouse 18.16 would confuse the two."""
    return f"sum_{counter}" if COUNTER[counter].sums else f"n_{counter}"


def reported_as(counter: str) -> str:
    """Its name in reports, in files of them and in formulas: there sums of milliseconds are seconds."""
    return f"{counter.removesuffix('_ms')}_s" if COUNTER[counter].unit == "ms" else counter


def sql_condition(counter: Counter) -> str:
    """`when` as a condition over the columns of table `legs`, true only for legs that have the moment.

    The caller adds the condition on `out_of_hours`.
    """
    when = counter.when
    if when.outcome is not None:
        terms = [f"outcome = '{when.outcome}'"]
    elif counter.moment == "leaving":
        terms = ["outcome NOT IN ('open', 'rejected')"]
    else:
        terms = [] if when.out_of_hours else ["outcome != 'rejected'"]
    if when.except_outcome is not None:
        terms.append(f"outcome != '{when.except_outcome}'")
    flags = (("in_target", when.in_target), ("short", when.short))
    terms += [f"{column} = {int(value)}" for column, value in flags if value is not None]
    if False in (when.in_target, when.short):  # a leg without targets or wait has 0 there, too
        terms += ["isNotNull(answer_within_ms)", "isNotNull(wait_ms)"]
    if when.channel is not None:
        terms.append(f"channel = '{when.channel}'")
    if when.measured is not None:
        terms.append(f"isNotNull({when.measured})")
    if when.unknown is not None:
        terms.append(f"isNull({when.unknown})")
    if counter.moment == "end of service":
        terms.append("isNotNull(ended_at_ms)")
    elif counter.moment == "end of wrap-up":
        terms.append("isNotNull(wrap_ms)")
    return " AND ".join(terms) or "1"
