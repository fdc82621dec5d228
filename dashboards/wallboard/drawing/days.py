"""Today over yesterday and the same weekday last week: what changed, two charts, and the table that they are made of. Pure."""

from collections.abc import Callable, Mapping, Sequence

from dashboards.wallboard.board_page import Seen
from dashboards.wallboard.changes import CallsChange, LevelChange, changes
from dashboards.wallboard.drawing.chart import chart
from dashboards.wallboard.drawing.notes import notes_of
from dashboards.wallboard.page import Row
from dashboards.wallboard.past import Known
from dashboards.wallboard.rows import share_of
from dashboards.wallboard.texts import NO_VALUE, Texts, moment
from schemas.goal import ENOUGH_CALLS
from schemas.half_hours import HalfHour, PastDay, PastDays
from schemas.millis import HOUR
from streams.charts.html import Html, el, every
from streams.charts.lines import Axis, Line, Rank, lines
from streams.charts.scale import QUARTERS, counts

LATE_MS = HOUR // 4  # an archive that is so far behind is said to be
_TROUBLE = {
    "asking": "past_asking",
    "no_archive": "past_no_archive",
    "unreachable": "past_unreachable",
    "slow": "past_slow",
}
_TITLES = {"today": "trend_today", "yesterday": "trend_yesterday", "last_week": "trend_last_week"}
_RANKS: Mapping[str, Rank] = {"today": "first", "yesterday": "second", "last_week": "third"}


def days_of(seen: Seen, rows: Sequence[Row]) -> Html:
    say, known = seen.say, seen.beside.past or Known(problem="no_archive")
    trouble = el("p", {"class": "trouble"}, say(_TROUBLE[known.problem])) if known.problem else None
    if known.days is None:
        return el("section", {"id": "days"}, trouble)
    days = known.days
    shown = clocks(days)
    promises = {(row.formula, row.answer_within_ms) for row in rows if row.formula}
    title = say("trend_promised" if len(promises) > 1 else "trend_level")
    return el(
        "section", {"id": "days"},
        trouble,
        el("p", {"id": "changed", "class": "changed"}, what_changed(days, say)),
        el("p", {"class": "as-of"}, _as_of(days, say, seen.board.now)),
        notes_of(days, say),
        every((_levels(days, shown, _goal(rows), title, say), _calls(days, shown, say))) if shown else None,
        _table(days, shown, title, say) if shown else el("p", {}, say("past_empty")),
    )  # fmt: skip


def what_changed(days: PastDays, say: Texts) -> Html:
    """One or two sentences; that nothing changed beyond chance is one, too."""
    found = changes(days)
    said = [
        _level_said(found.level, days, say) if found.level else None,
        _calls_said(found.calls, days, say) if found.calls else None,
    ]
    if any(said):
        return Html(" ".join(each for each in said if each))
    return say("changed_not" if found.compared else "changed_unknown")


def clocks(days: PastDays) -> list[str]:
    """The names of the half hours from the first to the last of which anything is known, in the order of a day.

    The day with the most of them gives the order, so that the hour that a night has twice stands twice.
    """
    each = (days.today, days.yesterday, days.last_week)
    base = max(each, key=lambda day: len(day.halves))
    names = [half.clock for half in base.halves]
    first = names[0] if names else ""
    for day in each:
        for half in day.halves:
            if half.clock not in names:
                later = (
                    at
                    for at, name in enumerate(names)
                    if _place(name, first) > _place(half.clock, first)
                )
                names.insert(next(later, len(names)), half.clock)
    told = {half.clock for day in each for half in day.halves if half.offered is not None}
    places = [at for at, name in enumerate(names) if name in told]
    return names[places[0] : places[-1] + 1] if places else []


def _place(clock: str, first: str) -> tuple[bool, str]:
    return clock[:5] < first[:5], clock


def _levels(
    days: PastDays, shown: Sequence[str], goal: float | None, title: Html, say: Texts
) -> Html:
    line = (goal, say("trend_goal", goal=f"{100 * goal:g} %")) if goal else None
    return _chart(
        title, _lines(days, shown, _level, say), Axis(_hours(shown), 1.0, QUARTERS), say, line
    )


def _calls(days: PastDays, shown: Sequence[str], say: Texts) -> Html:
    made = _lines(days, shown, lambda half: half.offered, say)
    top, marks = counts(
        max((value or 0 for each in made for value in each.values), default=0), say.number
    )
    return _chart(say("trend_calls"), made, Axis(_hours(shown), top, marks), say)


def _chart(
    title: Html, made: Sequence[Line], axis: Axis, say: Texts, goal: tuple[float, str] | None = None
) -> Html:
    return chart(title, lambda frame: lines(frame, made, axis, goal), say)


def _hours(shown: Sequence[str]) -> list[str]:
    """Every second hour has its name."""
    return [clock if clock[2:] == ":00" and int(clock[:2]) % 2 == 0 else "" for clock in shown]


def _lines(
    days: PastDays, shown: Sequence[str], value: Callable[[HalfHour], float | None], say: Texts
) -> list[Line]:
    made = []
    for name, day in _named(days):
        halves = _by_clock(day)
        last = day.halves[-1] if day.halves else None
        running = last.clock if last and last.end > days.as_of and last.clock in shown else None
        # Of a half hour that the archive has in part no line says how it went.
        whole = {clock for clock, half in halves.items() if half.is_whole or clock == running}
        values = [value(halves[clock]) if clock in whole else None for clock in shown]
        place = shown.index(running) if running else None
        made.append(Line(say(_TITLES[name]), values, _RANKS[name], place))
    return made


def _level(half: HalfHour) -> float | None:
    """Of few calls it is no point of the line; the table has the calls themselves."""
    return (
        half.in_time / half.n
        if half.n and half.in_time is not None and half.n >= ENOUGH_CALLS
        else None
    )


def _goal(rows: Sequence[Row]) -> float | None:
    """The goal that all queues of the page have; queues of different goals have none together."""
    goals = {row.goal for row in rows}
    return goals.pop() if len(goals) == 1 else None


def _named(days: PastDays) -> tuple[tuple[str, PastDay], ...]:
    return ("today", days.today), ("yesterday", days.yesterday), ("last_week", days.last_week)


def _by_clock(day: PastDay) -> dict[str, HalfHour]:
    return {half.clock: half for half in day.halves}


def _as_of(days: PastDays, say: Texts, now: int) -> Html:
    at = moment(days.as_of, days.zone, now)
    if days.reaches_to is None:
        return say("past_nothing_today", time=at)
    if days.as_of - days.reaches_to > LATE_MS:
        return say(
            "past_reaches", time=at, until=moment(days.reaches_to, days.zone, now, seconds=False)
        )
    return say("past_as_of", time=at)


def _table(days: PastDays, shown: Sequence[str], level: Html, say: Texts) -> Html:
    each = [(name, _by_clock(day)) for name, day in _named(days)]
    dated = [
        el("th", {"scope": "col"}, say(_TITLES[name]), el("small", {}, day.date))
        for name, day in _named(days)
    ]
    groups = every(
        el("th", {"scope": "colgroup", "colspan": count, "class": name}, text)
        for name, text, count in (
            ("calls", say("trend_calls"), 3),
            ("level", level, 3),
            ("abandoned", say("trend_abandoned"), 1),
        )
    )
    return el(
        "table", {"class": "days"},
        el("caption", {}, say("trend_table")),
        el("thead", {},
           el("tr", {}, el("th", {"scope": "col", "rowspan": 2, "class": "half"}, say("trend_half_hour")), groups),
           el("tr", {}, every(dated), every(dated), el("th", {"scope": "col", "class": "abandoned"}, say(_TITLES["today"])))),
        el("tbody", {}, every(_row(clock, each, say, days.as_of) for clock in shown)),
    )  # fmt: skip


def _row(clock: str, days: Sequence[tuple[str, dict[str, HalfHour]]], say: Texts, now: int) -> Html:
    halves = [day.get(clock) for _, day in days]
    today = halves[0]
    is_running = today is not None and today.offered is not None and today.end > now
    mark = el("small", {}, say("trend_running")) if is_running else None
    pairs = [(name, half) for (name, _), half in zip(days, halves, strict=True)]
    return el(
        "tr", {"data-key": clock, "data-running": is_running},
        el("th", {"scope": "row", "class": "half"}, el("bdi", {}, clock), mark),
        every(el("td", {"class": name}, _calls_of(half, say, now)) for name, half in pairs),
        every(el("td", {"class": f"{name} level"}, _share(half, say)) for name, half in pairs),
        el("td", {"class": "today abandoned"}, _count(today.abandoned if today else None, say)),
    )  # fmt: skip


def _calls_of(half: HalfHour | None, say: Texts, now: int) -> Html:
    """What the archive has in part is said to be that."""
    if half is None or half.offered is None:
        return Html(NO_VALUE)
    is_part = not half.is_whole and half.end <= now
    return every((_count(half.offered, say), el("small", {}, say("trend_part")) if is_part else ""))


def _count(n: int | None, say: Texts) -> str:
    return NO_VALUE if n is None else say.number(n)


def _share(half: HalfHour | None, say: Texts) -> Html:
    if half is None or half.n is None or half.in_time is None:
        return Html(NO_VALUE)
    return said_share(half.in_time, half.n, say)


def said_share(part: int, n: int, say: Texts) -> Html:
    """`54 % of 61`; of few calls the calls themselves, as everywhere."""
    if not n:
        return Html(NO_VALUE)
    if n < ENOUGH_CALLS:
        return el("bdi", {"class": "few"}, f"{part}/{n}")
    shown = el("bdi", {}, _percent(part, n))
    return every((shown, el("small", {}, say("of_calls", n=n))))


def _percent(part: int, n: int) -> str:
    """As reports and the axis have it; never on two lines."""
    return f"{share_of(part, n).text}\N{NO-BREAK SPACE}%"


def _level_said(found: LevelChange, days: PastDays, say: Texts) -> Html:
    return say(
        "changed_level", since=found.since, until=moment(found.until, days.zone, days.as_of, seconds=False),
        now=_percent(found.in_time, found.n), n=found.n,
        before=_percent(found.before_in_time, found.before_n), m=found.before_n,
    )  # fmt: skip


def _calls_said(found: CallsChange, days: PastDays, say: Texts) -> Html:
    until = moment(found.until, days.zone, days.as_of, seconds=False)
    return say(
        "changed_more" if found.more > 0 else "changed_fewer", n=abs(found.more), until=until
    )
