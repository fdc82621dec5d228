"""How much work callers bring to a queue, and how many agents take it: what staffing rules start from."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from schemas.counters import positions
from schemas.formulas import TALK_HOLD, WRAP
from schemas.millis import HOUR, SECOND

(_ANSWERED,) = positions(("answered",))
_TALK_MS, _TALKS = positions((*TALK_HOLD.numerator, *TALK_HOLD.denominator))
_WRAP_MS, _WRAPS = positions((*WRAP.numerator, *WRAP.denominator))


class Handled(Struct, frozen=True, gc=False):
    """Legs of today and yesterday that were answered, those whose conversation was measured, and their mean handling time, in whole
    seconds, as people are told; 0 where none was measured. See `Work.handling_ms`.
    """

    answered: int
    measured: int
    handling_ms: int


class Work(Struct, frozen=True, gc=False):
    """`handling_ms`: the mean conversation plus the mean after-call work, each over the legs for which it was
    measured, as `aht_with_wrap_s` of history; without measured after-call work the conversation alone.
    """

    arrivals: int  # in one hour
    measured: int  # conversations behind the handling time
    handling_ms: int  # whole seconds, as people are told; 0 where none was measured
    load: float  # Erlangs


def handled(lately: Iterable[Sequence[int]]) -> Handled:
    """Of the counts of the days that count, by place.

    The handling time of the last hour alone varies so much by chance that it made five times as many false alarms
    (docs/runbooks/Understaffed.md).
    """
    answered = talks = talk_ms = wraps = wrap_ms = 0
    for counts in lately:
        answered += counts[_ANSWERED]
        talks, talk_ms = talks + counts[_TALKS], talk_ms + counts[_TALK_MS]
        wraps, wrap_ms = wraps + counts[_WRAPS], wrap_ms + counts[_WRAP_MS]
    mean_ms = (talk_ms / talks if talks > 0 else 0.0) + (wrap_ms / wraps if wraps > 0 else 0.0)
    return Handled(answered, talks, round(mean_ms / SECOND) * SECOND)


def work(arrivals: int, lately: Handled) -> Work:
    """So many arrivals an hour, each with the mean handling time of `lately`."""
    handling_ms = lately.handling_ms
    return Work(arrivals, lately.measured, handling_ms, arrivals * handling_ms / HOUR)


def effective_n(n: int, load: float) -> float:
    """To how many independent calls a share of `n` calls amounts.

    Calls of one window wait in the same line: if one is late, so is the next. The variance of a service level is
    about 1.5 times the load in Erlangs larger than that of independent calls.
    """
    widened = 1.5 * load
    return n / widened if widened > 1 else float(n)
