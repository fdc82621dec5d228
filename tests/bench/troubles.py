"""Desks and what befalls them: weeks on which all goes as planned, and one day for each trouble. Pure; seeded.

The two desks of the day are those on which rules were compared in the field's literature: 36 agents with 7.33 calls a minute
of whom 7 leave, and 8 agents with 1.1 calls of whom 2 leave; 4 minutes a call, patience 5 minutes, goal 90 % in 20 s.
"""

from collections.abc import Callable, Sequence
from random import Random

from msgspec import Struct

from schemas.millis import DAY, HOUR, MINUTE, from_iso
from streams.core.erlang_a import ErlangA
from tests.bench.desk import Desk, Extra, Phase

MONDAY = from_iso("2026-03-02T00:00:00Z")
OPENS, CLOSES = 8 * HOUR, 16 * HOUR + 30 * MINUTE
OPENING = "Mon-Fri 08:00-16:30"
NIGHT_BEGINS, NIGHT_ENDS = 22, 6  # hours
_EARLY_MS, _STAYS_MS = 5 * MINUTE, 30 * MINUTE  # agents before the first and after the last call
_PIPE_CALLS_AN_HOUR, _PIPE_HALF_LIFE_MS = 180, 40 * MINUTE
_CALL_AGAIN, _CALL_AGAIN_WITHIN_MS = 0.8, 10 * MINUTE
WATCHED_MS = 2 * HOUR  # so long after its cause a trouble is found, or not
_AREAS = tuple(f"ward-{ward:02d}" for ward in range(1, 33))
_TOPICS = ("burst pipe", "leak", "no water", "low pressure", "sewer")
_SUBJECTS = tuple(f"{topic}/{area}" for topic in _TOPICS for area in _AREAS)
_PIPE = "burst pipe/ward-07"

LARGE = Desk("large", 36, 7.33, subjects=_SUBJECTS)
SMALL = Desk("small", 8, 1.1, subjects=_SUBJECTS)
LEAVE = {"large": 7, "small": 2}
# Round the clock: share of a day's calls by hour, and as many agents as the goal takes at each.
_HOURS = (
    2.0, 1.6, 1.4, 1.4, 1.8, 2.8, 4.6, 5.6, 6.4, 6.8, 6.6, 6.0, 5.4, 5.4, 5.6, 5.6, 5.4, 5.4,
    5.2, 4.8, 4.2, 3.6, 3.0, 2.4,
)  # fmt: skip
_NIGHT_CALLS_A_DAY, _NIGHT_LEVEL = 430, 0.94
ALWAYS = Desk("night", 0, 0.0, subjects=_SUBJECTS)


class Trouble(Struct, frozen=True):
    """One day: the phases, the callers besides, and the cause; None: nothing happens."""

    desk: Desk
    phases: Sequence[Phase]
    start: int
    end: int
    cause: int | None = None
    extra: Sequence[Extra] = ()


def week(desk: Desk) -> Trouble:
    """Monday to Friday as planned, or seven days of the desk that is always open."""
    if desk is ALWAYS:
        phases = [each for day in range(7) for each in _round_the_clock(MONDAY + day * DAY)]
        return Trouble(desk, phases, MONDAY, MONDAY + 7 * DAY)
    phases = [each for day in range(5) for each in _day(desk, MONDAY + day * DAY)]
    return Trouble(desk, phases, MONDAY, MONDAY + 5 * DAY)


def _day(desk: Desk, midnight: int) -> list[Phase]:
    opens, closes = midnight + OPENS, midnight + CLOSES
    return [
        Phase(opens - _EARLY_MS, 0.0, desk.agents),
        Phase(opens, desk.calls_a_minute, desk.agents),
        Phase(closes, 0.0, desk.agents),
        Phase(closes + _STAYS_MS, 0.0, 0),
    ]


def _round_the_clock(midnight: int) -> list[Phase]:
    return [
        Phase(midnight + hour * HOUR, calls := _NIGHT_CALLS_A_DAY * share / sum(_HOURS) / 60, _agents(calls))
        for hour, share in enumerate(_HOURS)
    ]  # fmt: skip


def _agents(calls_a_minute: float) -> int:
    desk, agents = ALWAYS, 1
    load = calls_a_minute * desk.handling_ms / MINUTE
    while (
        ErlangA(agents, load, desk.handling_ms, desk.patience_ms).answered_within(20_000)
        < _NIGHT_LEVEL
    ):
        agents += 1
    return agents


Made = Callable[[Desk, int, Random], tuple[list[Phase], list[Extra]]]


def _fewer(desk: Desk, at: int, *, at_once: bool) -> list[Phase]:
    return [Phase(at, desk.calls_a_minute, desk.agents - LEAVE[desk.name], at_once)]


def _staffing_drop(desk: Desk, at: int, _: Random) -> tuple[list[Phase], list[Extra]]:
    """The agents are gone at once, and their callers call again: a room without power."""
    return _fewer(desk, at, at_once=True), []


def _sign_out(desk: Desk, at: int, _: Random) -> tuple[list[Phase], list[Extra]]:
    """The same agents leave, each after the call that goes on."""
    return _fewer(desk, at, at_once=False), []


def _surge(desk: Desk, at: int, _: Random) -> tuple[list[Phase], list[Extra]]:
    """Twice as many call, for an hour."""
    usual = Phase(at + HOUR, desk.calls_a_minute, desk.agents)
    return [Phase(at, 2 * desk.calls_a_minute, desk.agents), usual], []


def _outage(desk: Desk, at: int, draw: Random) -> tuple[list[Phase], list[Extra]]:
    """No call comes through for an hour; then most of those callers call again."""
    lost = round(desk.calls_a_minute * 60 * _CALL_AGAIN)
    again = [Extra(at + HOUR + round(draw.random() * _CALL_AGAIN_WITHIN_MS)) for _ in range(lost)]
    return [Phase(at, 0.0, desk.agents), Phase(at + HOUR, desk.calls_a_minute, desk.agents)], again


def _burst_pipe(_: Desk, at: int, draw: Random) -> tuple[list[Phase], list[Extra]]:
    """Many call about one pipe, three a minute at first, half as many every 40 minutes. The first call is the cause."""
    found, now = [Extra(at, _PIPE)], float(at)
    while now < at + WATCHED_MS:
        rate = _PIPE_CALLS_AN_HOUR / HOUR * 0.5 ** ((now - at) / _PIPE_HALF_LIFE_MS)
        now += draw.expovariate(rate)
        found.append(Extra(round(now), _PIPE))
    return [], found


TROUBLES: dict[str, Made] = {
    "staffing_drop": _staffing_drop,
    "sign_out": _sign_out,
    "surge": _surge,
    "outage": _outage,
    "burst_pipe": _burst_pipe,
}


def trouble(name: str, desk: Desk, draw: Random) -> Trouble:
    """A day as planned until the trouble comes, between 10 and 13 h."""
    at = MONDAY + 10 * HOUR + round(draw.random() * 3 * HOUR)
    phases, extra = TROUBLES[name](desk, at, draw)
    before = [each for each in _day(desk, MONDAY) if each.at < at]
    return Trouble(desk, [*before, *phases], MONDAY + OPENS - _EARLY_MS, at + WATCHED_MS, at, extra)


def nobody(draw: Random) -> Trouble:
    """At night all sign out and nobody relieves them; then callers come, one in ten minutes. The first is the cause."""
    midnight = MONDAY + DAY
    at = midnight + round(draw.random() * 3 * HOUR)
    before = [p for day in (MONDAY, midnight) for p in _round_the_clock(day) if p.at < at]
    first = now = at + HOUR  # whoever talked at that time has hung up
    extra = []
    while now < first + WATCHED_MS:
        extra.append(Extra(now, _SUBJECTS[0]))
        now += round(draw.expovariate(1 / (10 * MINUTE)))
    return Trouble(ALWAYS, [*before, Phase(at, 0.0, 0)], MONDAY, first + WATCHED_MS, first, extra)
