"""Makes the row of one queue from its newest snapshot, its promise, its alerts and a time.

A figure that is not known, or too old to be shown, is absent; 0 always means that none was counted.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from dashboards.wallboard import words
from dashboards.wallboard.freshness import MOVING, SHOWN, Condition, clock_of, condition
from dashboards.wallboard.notes import notes, replay_of
from dashboards.wallboard.page import AgentCounts, AlertLine, Note, Row, SaidLine, Share, Sign
from dashboards.wallboard.said import ENGLISH, in_english, note, partly_seen
from dashboards.wallboard.sign import sign
from dashboards.wallboard.texts import Clock, moment
from schemas.alerts import SEVERITIES, Alert
from schemas.attention import Attention
from schemas.commands_book import Quiet
from schemas.counters import Counts
from schemas.formulas import Formula, denominator, formula, numerator, service_level
from schemas.goal import ENOUGH_CALLS, FEW_CALLS, GOAL_WINDOW_MINUTES, against_goal
from schemas.millis import format_duration
from schemas.opening import closed_until, is_open, next_opening
from schemas.snapshots import QueueSnapshot
from schemas.targets import Targets

_NO_COUNTS = Counts()


class OpenAlert(Struct, frozen=True):
    """A firing alert; `quiet` says in English who has it or who muted it, empty if people are told, and `why_quiet` as data.
    `is_partly_seen`: it is about queues, too, that the reader does not see.
    """

    alert: Alert
    quiet: str = ""
    why_quiet: Quiet | None = None
    said: tuple[SaidLine, ...] = ()
    is_partly_seen: bool = False

    @property
    def had_by(self) -> str:
        return self.why_quiet.who if self.why_quiet and self.why_quiet.kind == "had" else ""

    @property
    def had_at(self) -> int:
        return self.why_quiet.at if self.why_quiet and self.had_by else 0


class KnownQueue(Struct, frozen=True):
    """All that is known of one queue; `advanced_at` is when its event time last rose."""

    queue: str
    snapshot: QueueSnapshot | None
    targets: Targets | None
    alerts: Sequence[OpenAlert]
    advanced_at: int
    zone: str
    zone_told: str = ""  # as of Row


class Promise(Struct, frozen=True):
    """The targets that the counts were judged by: those of the snapshot, if it carries any."""

    within_ms: int | None
    short_ms: int | None
    goal: float | None
    rule: Formula | None


class Readable(Struct, frozen=True):
    """The figures of a queue that may be shown; empty if none may."""

    oldest_wait_ms: int | None = None
    level: Share | None = None
    today: Share | None = None
    abandonment: Share | None = None
    abandonment_long: Share | None = None
    agents: AgentCounts | None = None
    alerts: tuple[AlertLine, ...] = ()


def row(known: KnownQueue, now: int) -> Row:
    state = condition(known.snapshot, known.advanced_at, now)
    snapshot = known.snapshot if state in SHOWN else None
    promise = _promise(known)
    figures = _figures(known, snapshot, promise, state, now)
    wait, within = figures.oldest_wait_ms, promise.within_ms
    named = known.targets
    remarks = notes(named, snapshot, state, now)
    clock = Clock(known.zone, known.zone_told)
    as_of = known.snapshot.as_of if known.snapshot else None
    as_of_text = "" if as_of is None else moment(as_of, clock, now)
    shown = sign(
        state,
        _attention(snapshot, known.alerts),
        _closed(named, now) if state == "unseen" else None,
        as_of_text,
    )
    return Row(
        queue=known.queue,
        name=named.name if named else known.queue,
        centre=named.centre_name if named else "",
        department=named.department_name if named else "",
        sign=_had_by(shown, _worst_first(known.alerts) if snapshot else (), remarks),
        condition=state,
        as_of=as_of,
        as_of_text=as_of_text,
        replay_of=replay_of(snapshot),
        waiting=snapshot.waiting if snapshot else None,
        waiting_late=snapshot.waiting_past_target if snapshot else None,
        doubtful=snapshot.doubtful if snapshot else 0,
        in_service=snapshot.in_service if snapshot else None,
        oldest_arrived_at=snapshot.oldest_arrived_at if snapshot else None,
        oldest_wait_ms=wait,
        ticking=wait is not None and state in MOVING,
        late=wait is not None and within is not None and wait > within,
        service_level=figures.level,
        service_level_today=figures.today,
        abandonment=figures.abandonment,
        abandonment_long=figures.abandonment_long,
        agents=figures.agents,
        agent_states=dict(snapshot.agents) if snapshot and snapshot.agents else None,
        alerts=figures.alerts,
        notes=(
            *_incidents(shown, figures.alerts),
            *in_english(note(each, clock, now, ENGLISH) for each in remarks),
        ),
        remarks=remarks,
        centre_id=named.centre if named else "",
        department_id=named.department if named else "",
        zone=known.zone,
        zone_told=known.zone_told,
        **_hours(named, now),
        **_promised(promise),
    )


def _figures(
    known: KnownQueue,
    snapshot: QueueSnapshot | None,
    promise: Promise,
    state: Condition,
    now: int,
) -> Readable:
    if snapshot is None:
        return Readable()
    at = clock_of(snapshot, state, known.advanced_at, now)
    counts = snapshot.windows.get(GOAL_WINDOW_MINUTES, _NO_COUNTS)
    arrived = snapshot.oldest_arrived_at
    abandoned, without_short = (
        _share(formula(name), counts) for name in ("abandonment_ab1", "abandonment_ab2")
    )
    return Readable(
        oldest_wait_ms=None if arrived is None else max(0, at - arrived),
        level=_share(promise.rule, counts, promise.goal),
        today=_share(promise.rule, snapshot.today, promise.goal),
        abandonment=_too_many(known, abandoned, without_short),
        abandonment_long=without_short,
        agents=agent_counts(snapshot.agents),
        alerts=tuple(_line(alert) for alert in _worst_first(known.alerts)),
    )


def share_of(above: int, n: int, goal: float | None = None) -> Share:
    value = above / n if n > 0 else None
    against = against_goal(above, n, goal)
    return Share(
        n=n,
        numerator=above,
        value=value,
        text=words.percent(value, goal),
        against_goal=against,
        note=FEW_CALLS if against == "few" else "",
    )


def agent_counts(states: Mapping[str, int]) -> AgentCounts | None:
    """None when agents are not measured; that is not the same as 0 agents."""
    if not states:
        return None
    return AgentCounts(
        free=states.get("available", 0),
        busy=sum(states.get(state, 0) for state in ("ringing", "talking", "hold")),
        wrap=states.get("wrap", 0),
        away=states.get("not_ready", 0) + states.get("unreachable", 0),
    )


def _share(rule: Formula | None, counts: Counts | None, goal: float | None = None) -> Share | None:
    """None without a formula or counts; a share without a value if no call was counted."""
    if rule is None or counts is None:
        return None
    return share_of(numerator(rule, counts), denominator(rule, counts), goal)


def _too_many(known: KnownQueue, shown: Share | None, judged: Share | None) -> Share | None:
    """Abandoned of all offered; `missed` above the limit of the queue's alert, by the share which that one judges."""
    rule = known.targets.alerts.get("abandonment") if known.targets else None
    limit = rule.get("raise_above") if rule else None
    if shown is None or shown.value is None or judged is None or limit is None:
        return shown
    if (judged.value or 0) <= limit:
        return replace(shown, against_goal="met")
    return replace(shown, against_goal="missed" if judged.n >= ENOUGH_CALLS else "few")


def _promise(known: KnownQueue) -> Promise:
    snapshot, targets = known.snapshot, known.targets
    if snapshot is not None and snapshot.goal is not None and snapshot.formula is not None:
        rule = service_level(snapshot.formula)
        return Promise(snapshot.answer_within_ms, snapshot.short_abandon_ms, snapshot.goal, rule)
    if targets is None or (snapshot is not None and not snapshot.configured):
        return Promise(None, None, None, None)  # counted without targets: no service level
    rule = service_level(targets.formula)
    return Promise(targets.answer_within_ms, targets.short_abandon_ms, targets.goal, rule)


def _promised(promise: Promise) -> dict[str, Any]:
    """The promise as fields of a row."""
    kept = promise.goal is not None and promise.within_ms is not None
    within = format_duration(promise.within_ms or 0)
    return {
        "answer_within_ms": promise.within_ms,
        "short_abandon_ms": promise.short_ms,
        "goal": promise.goal,
        "formula": promise.rule.name if promise.rule else "",
        "formula_title": promise.rule.title if promise.rule else "",
        "promise": f"{words.percent(promise.goal)} % within {within}" if kept else "",
    }


def _closed(targets: Targets | None, at: int) -> str | None:
    return closed_until(targets.opening, targets.time_zone, at) if targets else None


def _hours(targets: Targets | None, now: int) -> dict[str, Any]:
    """Whether the queue is closed, and when it opens, as fields of a row."""
    if targets is None or is_open(targets.opening, targets.time_zone, now):
        return {}
    opens = next_opening(targets.opening, targets.time_zone, now)
    return {"closed": True, "opens_at": opens}


def _worst_first(alerts: Sequence[OpenAlert]) -> list[OpenAlert]:
    """Without rehearsals, which are decided and archived and shown to nobody."""
    shown = [each for each in alerts if each.alert.severity != "rehearse"]
    return sorted(
        shown, key=lambda each: (SEVERITIES.index(each.alert.severity), each.alert.onset_at)
    )


def _line(known: OpenAlert) -> AlertLine:
    alert = known.alert
    since = alert.onset_at if alert.fired_at is None else alert.fired_at
    return AlertLine(
        alert_id=alert.alert_id,
        rule=alert.rule,
        severity=alert.severity,
        reason=alert.reason,
        since=since,
        quiet=known.quiet,
        had_by=known.had_by,
        place=alert.place,
        place_name=alert.queue_name or alert.place,
        is_partly_seen=known.is_partly_seen,
        why_quiet=known.why_quiet,
        **({} if known.is_partly_seen else _figures_of(known)),
    )


def _figures_of(known: OpenAlert) -> dict[str, Any]:
    """What the sentence of an alert is made of, and what people said of it, as fields of its line."""
    alert = known.alert
    return {
        "value": alert.value,
        "threshold": alert.threshold,
        "n": alert.n,
        "minutes": alert.minutes,
        "calm": alert.calm,
        "doubtful": alert.doubtful,
        "not_evaluated": alert.not_evaluated,
        "said": known.said,
    }


def _attention(snapshot: QueueSnapshot | None, alerts: Sequence[OpenAlert]) -> Attention | None:
    """Its cause may be the sentence of an alert that names queues which the reader does not see."""
    found = snapshot.attention if snapshot else None
    if found is None or not any(
        each.is_partly_seen and each.alert.rule == found.rule for each in alerts
    ):
        return found
    (cause,) = in_english([partly_seen(found.rule, ENGLISH)])
    return replace(found, cause=cause)


def _had_by(shown: Sign, alerts: Sequence[OpenAlert], remarks: Sequence[Note]) -> Sign:
    """With who has the alerts behind it, if somebody has each of them: the others need somebody.

    Several answers are said with their rules: who has one alert of a queue does not have the others. Who has several is
    named once, with the time that is true of each. Maintenance that stands in the notes already is not said twice.
    """
    if not alerts or not all(each.quiet for each in alerts):
        return shown
    answers: dict[str, list[OpenAlert]] = {}
    for each in alerts:
        answers.setdefault(each.had_by or each.quiet, []).append(each)
    said = []
    is_planned = any(each.kind == "maintenance" for each in remarks)
    for of_it in answers.values():
        newest = max(of_it, key=lambda each: each.had_at)
        rules = ", ".join(dict.fromkeys(each.alert.rule for each in of_it))
        is_maintenance = newest.why_quiet is not None and newest.why_quiet.kind == "maintenance"
        if not (is_planned and is_maintenance):
            said.append(newest.quiet if len(answers) == 1 else f"{rules}: {newest.quiet}")
    return replace(shown, why=" · ".join(part for part in (shown.why, *said) if part))


def _incidents(shown: Sign, alerts: Sequence[AlertLine]) -> tuple[str, ...]:
    """What happened: an incident is of no single queue, so no other figure of the row tells of it."""
    told = [alert.reason for alert in alerts if alert.rule == "incident"]
    return tuple(reason for reason in told if reason != shown.why)
