"""The rules that page: what is measured, against which limit, and the sentence that people get."""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from schemas.alerts import Alert, AlertState, RuleName, Severity
from schemas.millis import SECOND, format_duration
from schemas.targets import AbandonmentRule, OldestWaitRule, Targets
from streams.core.alerting import Change, Progress, advance

SEVERITY: dict[RuleName, Severity] = {"oldest_wait": "page", "abandonment": "warn"}
_STATE: dict[Change, AlertState] = {
    "pending": "pending", "firing": "firing", "resolved": "resolved", "inactive": "inactive",
}  # fmt: skip
Rule = OldestWaitRule | AbandonmentRule


class Seen(NamedTuple):
    """A queue as of one 5-second boundary; callers who are doubtful count in neither figure."""

    at: int
    waiting: int
    oldest_wait_ms: int
    lost: int  # abandoned and not short, of the last 30 minutes
    resolved: int  # the denominator to it (formula abandonment_ab2)
    agents: dict[str, int]
    replay: bool


class Measured(NamedTuple):
    """What a rule saw: seconds or a share, how many callers are behind it, and both comparisons."""

    value: float
    threshold: float
    n: int
    raised: bool
    calm: bool


class Cause(Struct, gc=False, frozen=True):
    """The record that made something change: its version, and the broker's time of it."""

    version: int
    known_at: int


def evaluate(
    targets: Targets, seen: Seen, progress: dict[RuleName, Progress], cause: Cause
) -> Iterator[Alert]:
    """Advance both rules of a queue in place; yields one alert record for each change.

    Only rules that are not inactive stay in `progress`.
    """
    for name, rule, measured in measured_by_rule(targets, seen):
        before = progress.get(name)
        if before is None and not measured.raised:
            continue
        before = before or Progress()
        change: Change | None
        if rule is None:  # the rule was taken away while its alert was open
            after, change = Progress(), _taken_away(before)
        else:
            after, change = advance(
                before, seen.at, raised=measured.raised, calm=measured.calm,
                hold_ms=rule.hold_ms, clear_hold_ms=rule.clear_hold_ms,
            )  # fmt: skip
        if after.stage == "inactive":
            progress.pop(name, None)
        else:
            progress[name] = after
        if change is not None:
            started = after if change in {"pending", "firing"} else before
            yield _record(name, targets, seen, started, measured, change, cause)


def measured_by_rule(
    targets: Targets, seen: Seen
) -> tuple[tuple[RuleName, Rule | None, Measured], ...]:
    return (
        ("oldest_wait", targets.oldest_wait_alert, _oldest_wait(targets.oldest_wait_alert, seen)),
        ("abandonment", targets.abandonment_alert, _abandonment(targets.abandonment_alert, seen)),
    )


def _taken_away(before: Progress) -> Change:
    return "resolved" if before.stage == "firing" else "inactive"


_NO_RULE = Measured(0.0, 0.0, 0, raised=False, calm=True)


def _oldest_wait(rule: OldestWaitRule | None, seen: Seen) -> Measured:
    if rule is None:
        return _NO_RULE
    return Measured(
        seen.oldest_wait_ms / 1000,
        rule.raise_above_ms / 1000,
        seen.waiting,
        raised=seen.oldest_wait_ms > rule.raise_above_ms,
        calm=seen.oldest_wait_ms < rule.clear_below_ms,
    )


def _abandonment(rule: AbandonmentRule | None, seen: Seen) -> Measured:
    """Share ab2 of 30 minutes; with too few callers it neither raises nor stays up."""
    if rule is None:
        return _NO_RULE
    share = seen.lost / seen.resolved if seen.resolved else 0.0
    enough = seen.resolved >= rule.minimum
    return Measured(
        share,
        rule.raise_above,
        seen.resolved,
        raised=enough and share > rule.raise_above,
        calm=not enough or share < rule.clear_below,
    )


def is_calm(targets: Targets, oldest_wait_ms: int, lost: int, resolved: int) -> bool:
    """No rule is raised: what `evaluate` would find, without making anything."""
    oldest, abandonment = targets.oldest_wait_alert, targets.abandonment_alert
    if oldest is not None and oldest_wait_ms > oldest.raise_above_ms:
        return False
    return abandonment is None or not (
        resolved >= abandonment.minimum and lost > abandonment.raise_above * resolved
    )


def sentence(name: RuleName, targets: Targets, measured: Measured) -> str:
    """What a person who is woken reads first: where, what, against which limit."""
    if name == "oldest_wait":
        wait = format_duration(int(measured.value) * SECOND)
        limit = format_duration(int(measured.threshold * SECOND))
        return f"{targets.name}: {measured.n} waiting, the oldest for {wait} (limit {limit})"
    return (
        f"{targets.name}: {measured.value:.0%} of {measured.n} callers hung up in the last "
        f"30 minutes (limit {measured.threshold:.0%}; short abandons left out)"
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
        severity=SEVERITY[name],
        onset_at=started.onset_at,
        changed_at=seen.at,
        known_at=cause.known_at,
        value=round(measured.value, 4),
        threshold=measured.threshold,
        n=measured.n,
        reason=sentence(name, targets, measured),
        fired_at=fired_at,
        resolved_at=seen.at if change == "resolved" else None,
        owner=targets.owner,
        queue_name=targets.name,
        agents=seen.agents,
        replay=seen.replay,
    )
