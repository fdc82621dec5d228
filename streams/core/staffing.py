"""How much work callers bring to a queue, and how many agents take it: what staffing rules start from."""

from typing import NamedTuple

from schemas.agents import ShownState
from schemas.counters import Counts
from schemas.formulas import TALK_HOLD, WRAP, above_and_below
from schemas.millis import HOUR, SECOND

BUSY: tuple[ShownState, ...] = ("ringing", "talking", "hold", "wrap")
GONE: tuple[ShownState, ...] = ("logged_out", "unreachable")
_talk_hold, _wrap = above_and_below(TALK_HOLD), above_and_below(WRAP)


class Work(NamedTuple):
    """`handling_ms`: the mean conversation plus the mean after-call work, each over the legs for which it was
    measured, as `aht_with_wrap_s` of history; without measured after-call work the conversation alone.
    """

    arrivals: int  # in one hour
    measured: int  # conversations behind the handling time
    handling_ms: int  # whole seconds, as people are told; 0 where none was measured
    load: float  # Erlangs


def mean_handling_ms(lately: Counts) -> int:
    """Of the legs of today and yesterday for which it was measured: see `Work.handling_ms`.

    The handling time of the last hour alone varies so much by chance that it made five times as many false alarms
    (docs/runbooks/Understaffed.md).
    """
    talk_ms, talks = _talk_hold(lately)
    wrap_ms, wraps = _wrap(lately)
    mean_ms = (talk_ms / talks if talks > 0 else 0.0) + (wrap_ms / wraps if wraps > 0 else 0.0)
    return round(mean_ms / SECOND) * SECOND


def work(arrivals: int, lately: Counts, handling_ms: int | None = None) -> Work:
    """So many arrivals an hour, each with the mean handling time of `lately`: `handling_ms`, where it is known."""
    handling_ms = mean_handling_ms(lately) if handling_ms is None else handling_ms
    return Work(arrivals, lately.service_timed, handling_ms, arrivals * handling_ms / HOUR)


def taking_calls(agents: dict[str, int]) -> int:
    """Agents who are available or busy with a call or its wrap-up: all but those who pause or cannot be reached."""
    return agents.get("available", 0) + busy_with_calls(agents)


def busy_with_calls(agents: dict[str, int]) -> int:
    """Of these, who has a call, its wrap-up, or a phone that rings: nobody can be given another one."""
    found = 0
    for state in BUSY:
        if state in agents:
            found += agents[state]
    return found


def reachable(agents: dict[str, int]) -> int:
    """Agents who are signed in and whose phone can be reached, those who pause included."""
    found = 0
    for state, number in agents.items():
        if state not in GONE:
            found += number
    return found


def counted(agents: dict[str, int]) -> tuple[int, int, int]:
    """(busy with calls, taking calls, reachable)."""
    busy = busy_with_calls(agents)
    return busy, agents.get("available", 0) + busy, reachable(agents)


def effective_n(n: int, load: float) -> float:
    """To how many independent calls a share of `n` calls amounts.

    Calls of one window wait in the same line: if one is late, so is the next. The variance of a service level is
    about 1.5 times the load in Erlangs larger than that of independent calls.
    """
    return n / max(1.0, 1.5 * load)
