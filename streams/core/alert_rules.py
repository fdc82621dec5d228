"""The rules that page: what is measured, against which limit, and the sentence that people get."""

from collections.abc import Iterator
from typing import NamedTuple

from schemas.alerts import Alert, AlertState, RuleName, Severity
from schemas.counters import Counts
from schemas.formulas import denominator, formula, numerator
from schemas.millis import format_duration
from schemas.targets import AbandonmentRule, OldestWaitRule, Targets
from streams.core.alerting import Change, Progress, advance

_SEVERITY: dict[RuleName, Severity] = {"oldest_wait": "page", "abandonment": "warn"}
_STATE: dict[Change, AlertState] = {
    "pending": "pending", "firing": "firing", "resolved": "resolved", "inactive": "inactive",
}  # fmt: skip
_AB2 = formula("abandonment_ab2")


class Seen(NamedTuple):
    """A queue as of one 5-second boundary; callers who are doubtful count in neither figure."""

    at: int
    waiting: int
    oldest_wait_ms: int | None
    last_30_minutes: Counts
    agents: dict[str, int]


class Measured(NamedTuple):
    """What a rule saw: seconds or a share, how many callers are behind it, and both comparisons."""

    value: float
    threshold: float
    n: int
    raised: bool
    calm: bool
    sentence: str


class Cause(NamedTuple):
    """The record that made something change: its version, and the broker's time of it."""

    version: int
    known_at: int


def evaluate(
    targets: Targets, seen: Seen, progress: dict[RuleName, Progress], cause: Cause
) -> Iterator[Alert]:
    """Advance both rules of a queue in place; yields one alert record for each change."""
    for name, rule in (
        ("oldest_wait", targets.oldest_wait_alert),
        ("abandonment", targets.abandonment_alert),
    ):
        before = progress.get(name, Progress())
        if isinstance(rule, OldestWaitRule):
            measured = _oldest_wait(rule, seen, targets)
        elif isinstance(rule, AbandonmentRule):
            measured = _abandonment(rule, seen, targets)
        elif before.stage != "inactive":  # the rule was taken away while its alert was open
            progress.pop(name)
            yield _record(name, targets, seen, before, _GONE, "resolved", cause)
            continue
        else:
            continue
        after, change = advance(
            before, seen.at, raised=measured.raised, calm=measured.calm,
            hold_ms=rule.hold_ms, clear_hold_ms=rule.clear_hold_ms,
        )  # fmt: skip
        if after is not before:
            progress[name] = after
        if change is not None:
            started = after if change in {"pending", "firing"} else before
            yield _record(name, targets, seen, started, measured, change, cause)


_GONE = Measured(0.0, 0.0, 0, raised=False, calm=True, sentence="the rule was taken out")


def _oldest_wait(rule: OldestWaitRule, seen: Seen, targets: Targets) -> Measured:
    wait_ms = seen.oldest_wait_ms or 0
    return Measured(
        wait_ms / 1000,
        rule.raise_above_ms / 1000,
        seen.waiting,
        raised=wait_ms > rule.raise_above_ms,
        calm=wait_ms < rule.clear_below_ms,
        sentence=(
            f"{targets.name}: the oldest of {seen.waiting} waiting callers has waited "
            f"{format_duration(wait_ms // 1000 * 1000)}, limit {format_duration(rule.raise_above_ms)}"
        ),
    )


def _abandonment(rule: AbandonmentRule, seen: Seen, targets: Targets) -> Measured:
    """Share ab2 of 30 minutes; with too few callers it neither raises nor stays up."""
    lost = numerator(_AB2, seen.last_30_minutes)
    n = denominator(_AB2, seen.last_30_minutes)
    share = lost / n if n else 0.0
    enough = n >= rule.minimum
    return Measured(
        share,
        rule.raise_above,
        n,
        raised=enough and share > rule.raise_above,
        calm=not enough or share < rule.clear_below,
        sentence=(
            f"{targets.name}: {lost} of {n} callers hung up in the last 30 minutes "
            f"({share:.0%}, limit {rule.raise_above:.0%}; short abandons left out)"
        ),
    )


def _record(
    name: RuleName, targets: Targets, seen: Seen, started: Progress, measured: Measured,
    change: Change, cause: Cause,
) -> Alert:  # fmt: skip
    fired_at = seen.at if change == "firing" else started.fired_at or None
    return Alert(
        alert_id=f"{name}/{targets.queue}/{started.onset_at}",
        version=cause.version,
        rule=name,
        queue=targets.queue,
        state=_STATE[change],
        severity=_SEVERITY[name],
        onset_at=started.onset_at,
        changed_at=seen.at,
        known_at=cause.known_at,
        value=round(measured.value, 4),
        threshold=measured.threshold,
        n=measured.n,
        reason=measured.sentence,
        fired_at=fired_at,
        resolved_at=seen.at if change == "resolved" else None,
        owner=targets.owner,
        queue_name=targets.name,
        agents=seen.agents,
    )
