"""Makes the board from the latest state, a time and what its viewer may see. Pure: no server, no browser, no clock."""

from collections.abc import Mapping, Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from dashboards.access.rights import WHOLE, Scope
from dashboards.wallboard import words
from dashboards.wallboard.filters import EVERYTHING, Chosen
from dashboards.wallboard.freshness import SHOWN
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page import AgentLine, Board, Part, Row, ShownLine
from dashboards.wallboard.rows import KnownQueue, OpenAlert, row
from dashboards.wallboard.sign import rank
from dashboards.wallboard.totals import by_centre, by_department, totals
from schemas.agents import RosterEntry, state_in_any
from schemas.alerts import Alert
from schemas.formulas import formula
from schemas.health import HEALTH_STALE_MS, Health
from schemas.millis import to_datetime
from schemas.targets import Targets

BoardState = Literal["live", "replay", "behind", "stale", "dead"]
_OF_OTHERS_TOO = {
    "incident": "callers about one thing, in other departments, too",
    "passed_around": "a caller who has waited in several queues",
}
REQUIRED = ("stream", "archive")  # `/healthz` of the board answers 503 without these parts


def board(
    latest: Latest,
    now: int,
    *,
    build: str = "",
    problem: str = "",
    scope: Scope = WHOLE,
    chosen: Chosen = EVERYTHING,
) -> Board:
    """The board at `now`; `problem` is why the board cannot read its data, "" if it can.

    Rows are chosen before anything is summed: no figure, sentence or state of the board is made of what lies outside
    of `scope`.
    """
    targets, zone = latest.book.all_at(now), latest.book.zone_at(now)
    rows = _rows(latest, targets, zone, now, scope, chosen)
    known = [each.as_of for each in rows if each.as_of is not None]
    as_of = max(known) if known else None
    state, banner = _state(rows, as_of, zone, now)
    parts = parts_of(latest.health, now)
    if state == "dead":
        banner += _why_dead(parts)
    people = list(latest.roster.values())
    offset = to_datetime(now, ZoneInfo(zone)).utcoffset()
    return Board(
        now=now,
        as_of=as_of,
        age_ms=None if as_of is None else max(0, now - as_of),
        zone=zone,
        zone_offset_ms=round(offset.total_seconds() * 1000) if offset else 0,
        build=build,
        condition=state,
        banner=banner,
        all=totals("all", "All queues", rows, people),
        departments=by_department(rows, targets, people),
        centres=by_centre(rows, targets, people),
        rows=rows,
        parts=parts,
        messages=_messages(rows, state, parts, problem),
        definition=_definition(rows),
        lines=_lines(latest, now, scope, chosen),
    )


def parts_of(health: Mapping[str, Health], now: int) -> tuple[Part, ...]:
    """Each process by its fresh records; a silent instance is ignored while another one reports."""
    by_name: dict[str, list[Health]] = {}
    for record in health.values():
        by_name.setdefault(record.process, []).append(record)
    return tuple(_part(name, records, now) for name, records in sorted(by_name.items()))


def not_ready(health: Mapping[str, Health], now: int, problem: str) -> dict[str, str]:
    """The parts that are not ready, with the reason of each; empty when all are ready."""
    parts = {part.name: part for part in parts_of(health, now)}
    missing = {"board": problem} if problem else {}
    for name in REQUIRED:
        part = parts.get(name, Part(name, ready=False, text="never heard of"))
        if not part.ready:
            missing[name] = part.text
    return missing


def _as_seen(alert: Alert, targets: Mapping[str, Targets], scope: Scope) -> Alert:
    """Its sentence names all queues that it is about: who may not see one of them gets another sentence."""
    is_inside = all(scope.has(department_of(targets.get(queue))) for queue in alert.queues)
    if scope == WHOLE or (is_inside and alert.rule != "passed_around"):
        return alert
    return replace(alert, reason=_OF_OTHERS_TOO.get(alert.rule, "in other departments, too"))


def _rows(
    latest: Latest,
    targets: Mapping[str, Targets],
    zone: str,
    now: int,
    scope: Scope,
    chosen: Chosen,
) -> tuple[Row, ...]:
    alerts: dict[str, list[OpenAlert]] = {}
    for alert in latest.alerts.values():
        book = latest.commands
        seen = _as_seen(alert, targets, scope)
        known = OpenAlert(seen, book.why_quiet(alert, now), book.acknowledged(alert))
        for queue in alert.queues or (alert.queue,):
            alerts.setdefault(queue, []).append(known)
    queues = (
        KnownQueue(
            queue=queue,
            snapshot=latest.snapshots.get(queue),
            targets=targets.get(queue),
            alerts=alerts.get(queue, ()),
            advanced_at=latest.advanced_at.get(queue, 0),
            zone=targets[queue].time_zone if queue in targets else zone,
        )
        for queue in {*targets, *latest.snapshots}
        if scope.has(department_of(targets.get(queue))) and chosen.has(queue, targets.get(queue))
    )
    shown = (made for each in queues if chosen.shows((made := row(each, now)).sign))
    if scope.named_to:
        people = sorted(latest.roster.values(), key=lambda each: each.agent)
        shown = (_with_people(each, people, targets.get(each.queue), scope) for each in shown)
    return tuple(sorted(shown, key=rank))


def department_of(targets: Targets | None) -> str:
    """A queue that nobody configured is of no department: who sees some departments does not see it."""
    return targets.department if targets else ""


def _with_people(
    shown: Row, people: Sequence[RosterEntry], targets: Targets | None, scope: Scope
) -> Row:
    if targets is None or shown.agents is None:
        return shown
    if not scope.has_names(targets.department, targets.agents_named_to):
        return shown
    return replace(
        shown,
        people=tuple(
            AgentLine(person.agent, state, person.since, person.reason)
            for person in people
            if (state := state_in_any(person, (shown.queue,)))
        ),
    )


def _state(rows: Sequence[Row], as_of: int | None, zone: str, now: int) -> tuple[BoardState, str]:
    """The best condition of any queue, and the banner, which is "" if that is `live`."""
    conditions = {each.condition for each in rows}
    if as_of is None:
        return "dead", "NO LIVE DATA · nothing received yet"
    moment = words.clock(as_of, zone, now)
    if "replay" in conditions:
        return "replay", f"REPLAY · {_days_of(rows, zone)}"
    if "live" in conditions:
        return "live", ""
    if "behind" in conditions:
        return "behind", f"CATCHING UP · as of {moment} · {words.behind(now - as_of)} behind"
    if "stale" in conditions:
        return "stale", f"DATA IS STALE · as of {moment}"
    return "dead", f"NO LIVE DATA since {moment}"


def _why_dead(parts: Sequence[Part]) -> str:
    """Whose fault it is that nothing is live, where it is ours: else the sources of the calls are silent."""
    stream = next((part for part in parts if part.name == "stream" and not part.ready), None)
    return f" · STREAM {stream.text}" if stream else ""


def _days_of(rows: Sequence[Row], zone: str) -> str:
    """The original day of the replays on the board, or the first and the last of these days."""
    moments = [each.replay_of for each in rows if each.replay_of is not None]
    first, last = words.day(min(moments), zone), words.day(max(moments), zone)
    return first if first == last else f"{first} to {last}"


def _part(name: str, records: Sequence[Health], now: int) -> Part:
    fresh = [record for record in records if now - record.at < HEALTH_STALE_MS]
    running = [record for record in fresh if record.state != "stopped"]
    if fresh and not running:
        return Part(name, ready=False, text="stopped")
    if not fresh:
        last = max(record.at for record in records)
        return Part(name, ready=False, text=f"silent for {words.behind(now - last)}")
    for record in running:
        if not record.ready:
            detail = f": {record.detail}" if record.detail else ""
            return Part(name, ready=False, text=f"{record.state.replace('_', ' ')}{detail}")
    return Part(name, ready=True)


def _messages(
    rows: Sequence[Row], state: BoardState, parts: Sequence[Part], problem: str
) -> tuple[str, ...]:
    """Problems that people must know of before they trust the figures."""
    messages = [problem] if problem else []
    messages += [f"{part.name}: {part.text}" for part in parts if not part.ready]
    dark = sum(each.condition not in SHOWN and each.as_of is not None for each in rows)
    if dark and state != "dead":
        messages.append(f"{dark} of {len(rows)} queues without data")
    return tuple(messages)


def _lines(latest: Latest, now: int, scope: Scope, chosen: Chosen) -> tuple[ShownLine, ...]:
    """What people wrote for these boards: one for all, and those of the departments that are shown."""
    return tuple(
        ShownLine(line.line_id, line.note, line.who, line.until, line.department)
        for line in latest.commands.lines(now)
        if not line.department
        or (
            scope.has(line.department)
            and (not chosen.departments or line.department in chosen.departments)
        )
    )


def _definition(rows: Sequence[Row]) -> str:
    """The meaning of the figures in one line: formulas, targets, and what n is."""
    titles = {each.formula_title for each in rows if each.formula_title}
    title = titles.pop() if len(titles) == 1 else "each queue by its own formula"
    return (
        f"Service level (closed): {title}; target and goal of each queue."
        f" Abandoned: {formula('abandonment_ab1').title}. n: calls counted."
    )
