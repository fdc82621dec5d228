"""Makes the board from the latest state, a time and what its viewer may see. Pure: no server, no browser, no clock."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from dashboards.access.rights import WHOLE, Scope
from dashboards.wallboard.filters import EVERYTHING, Chosen
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.order import urgency
from dashboards.wallboard.page import (
    SILENT,
    AgentLine,
    Board,
    Part,
    Row,
    SaidLine,
    ShownLine,
)
from dashboards.wallboard.rows import KnownQueue, OpenAlert, row
from dashboards.wallboard.said import ENGLISH, in_english, part_state, partly_seen, troubles
from dashboards.wallboard.spare import with_neighbours
from dashboards.wallboard.totals import by_centre, by_department, people_of, totals
from dashboards.wallboard.truth import banner, truth_of
from schemas.agents import RosterEntry, state_in_any
from schemas.alerts import Alert
from schemas.formulas import formula
from schemas.health import HEALTH_STALE_MS, STOPPED, Health
from schemas.millis import to_datetime
from schemas.targets import Targets

SIMULATOR = "simulate"  # its process in topic `health`
_NOTES_SHOWN = 5  # of one alert, the newest
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
    rows = _rows(latest, targets, zone, now, scope)
    whole = _of_rows(rows, latest, now, build, problem, scope, EVERYTHING)
    return whole if chosen == EVERYTHING else narrowed(whole, latest, scope, chosen, problem)


def narrowed(
    whole: Board, latest: Latest, scope: Scope, chosen: Chosen, problem: str = ""
) -> Board:
    """Of the whole board of a scope, as of its moment, what is chosen, summed anew; its rows are not made again."""
    rows = tuple(row for row in whole.rows if chosen.has(row) and chosen.shows(row.sign))
    return _of_rows(rows, latest, whole.now, whole.build, problem, scope, chosen)


def _of_rows(
    rows: tuple[Row, ...],
    latest: Latest,
    now: int,
    build: str,
    problem: str,
    scope: Scope,
    chosen: Chosen,
) -> Board:
    targets, zone = latest.book.all_at(now), latest.book.zone_at(now)
    parts = parts_of(latest.health, now)
    truth = truth_of(rows, parts, now)
    dark = 0 if truth.state in {"dead", "recovering"} else truth.dark
    as_of, state = truth.as_of, truth.state
    simulated = any(part.name == SIMULATOR and part.ready for part in parts)
    (said,) = in_english([banner(truth, ENGLISH, zone, now, simulated=simulated)])
    people = people_of(latest.roster.values())
    offset = _offset(zone, now)
    made = Board(
        now=now,
        as_of=as_of,
        age_ms=truth.age_ms,
        zone=zone,
        zone_offset_ms=round(offset.total_seconds() * 1000) if offset else 0,
        build=build,
        condition=state,
        banner=said,
        all=totals("all", "All queues", rows, people),
        departments=by_department(rows, targets, people),
        centres=by_centre(rows, targets, people),
        rows=rows,
        parts=parts,
        problem=problem,
        dark=dark,
        definition=_definition(rows),
        lines=_lines(latest, now, scope, chosen),
        simulated=simulated,
    )
    return replace(made, messages=in_english(troubles(made, ENGLISH)))


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


def _as_seen(
    alert: Alert, latest: Latest, targets: Mapping[str, Targets], scope: Scope, now: int
) -> OpenAlert:
    """Its sentence names all queues that it is about: who may not see one of them gets another sentence."""
    book = latest.commands
    quiet, why_quiet = book.why_quiet(alert, now), book.quiet(alert, now)
    is_inside = all(scope.has(department_of(targets.get(queue))) for queue in alert.queues)
    if scope == WHOLE or (is_inside and alert.rule != "passed_around"):
        written = [each for each in book.told(alert.alert_id) if each.note]
        said = tuple(SaidLine(each.who, each.at, each.note) for each in written[-_NOTES_SHOWN:])
        return OpenAlert(alert, quiet, why_quiet, said)
    (reason,) = in_english([partly_seen(alert.rule, ENGLISH)])
    return OpenAlert(replace(alert, reason=reason), quiet, why_quiet, is_partly_seen=True)


def _rows(
    latest: Latest,
    targets: Mapping[str, Targets],
    zone: str,
    now: int,
    scope: Scope,
) -> tuple[Row, ...]:
    alerts: dict[str, list[OpenAlert]] = {}
    for alert in latest.alerts.values():
        known = _as_seen(alert, latest, targets, scope, now)
        for queue in alert.queues or (alert.queue,):
            alerts.setdefault(queue, []).append(known)
    zones = {each.time_zone for each in targets.values()}  # of a thousand queues a few
    others = {each for each in zones if _offset(each, now) != _offset(zone, now)}
    queues = (
        KnownQueue(
            queue=queue,
            snapshot=latest.snapshots.get(queue),
            targets=targets.get(queue),
            alerts=alerts.get(queue, ()),
            advanced_at=latest.advanced_at.get(queue, 0),
            zone=(its_zone := targets[queue].time_zone if queue in targets else zone),
            zone_told=its_zone if its_zone in others else "",
        )
        for queue in {*targets, *latest.snapshots}
        if scope.has(department_of(targets.get(queue)))
    )
    shown = (row(each, now) for each in queues)
    if scope.named_to:
        people = sorted(latest.roster.values(), key=lambda each: each.agent)
        shown = (_with_people(each, people, targets.get(each.queue), scope) for each in shown)
    together = with_neighbours(tuple(shown), latest.roster.values())
    return tuple(sorted(together, key=urgency))


def _offset(zone: str, now: int) -> timedelta | None:
    return to_datetime(now, ZoneInfo(zone)).utcoffset()


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


def _part(name: str, records: Sequence[Health], now: int) -> Part:
    fresh = [record for record in records if now - record.at < HEALTH_STALE_MS]
    running = [record for record in fresh if record.state != STOPPED]
    if not fresh:
        last = max(record.at for record in records)
        return _not_ready(Part(name, ready=False, state=SILENT, silent_ms=now - last))
    if not running:
        return _not_ready(Part(name, ready=False, state=STOPPED))
    for record in running:
        if not record.ready:
            return _not_ready(Part(name, ready=False, state=record.state, detail=record.detail))
    return Part(name, ready=True)


def _not_ready(part: Part) -> Part:
    (text,) = in_english([part_state(part, ENGLISH)])
    return replace(part, text=text)


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
