"""The simulator's own engine with one plain queue: what formulas describe, and nothing else.

Constant rate, no wrap-up, no missed offers, no redials; handling and patience by a lot of one's own.
"""

from collections.abc import Callable, Iterator
from math import sqrt
from random import Random

from msgspec import Struct

from producers.simulate.callers import Answering, Callers
from producers.simulate.centre import Centre, Demand, Person, Redials, Scenario, Shift
from producers.simulate.engine import Run, Simulation
from producers.simulate.people import Leg
from producers.simulate.reporter import Said
from schemas.millis import HOUR, MINUTE, from_iso
from schemas.privacy import key_from_secret

REPLICATIONS = 20
START = from_iso("2026-11-25T00:30:00Z")  # after the change of shift at midnight
_KEY = key_from_secret(b"plain")
_PLAIN = Scenario(
    "plain", "1", day_sd=0, interval_sd=0, short_call_share=0, agent_ln_sd=0, transfer_share=0,
    hold_share=0, missed_offer_share=0, redial_share=0, absent_share=0, ring_ms=(0, 1),
)  # fmt: skip


class Plain(Struct, frozen=True):
    """Minutes throughout. `patience` draws one caller's; exponential of mean `patience_min` if None."""

    agents: int
    rate: float  # calls a minute
    handling_min: float
    patience_min: float
    within_min: float
    hours: float
    warm_up_hours: float = 1.0
    patience: Callable[[Random], float] | None = None


class Measured(Struct, frozen=True):
    """One run: shares of those who called after the warm-up, and the time that all were busy."""

    p_wait: float
    p_abandon: float
    mean_wait: float  # minutes
    sl_offered: float
    all_busy: float


class _PlainCallers(Callers):
    def __init__(self, plain: Plain, seed: int) -> None:
        super().__init__(_PLAIN, f"plain/{seed}", _KEY)
        self._plain = plain
        self._handling = Random(f"{seed}/handling")
        self._waits = Random(f"{seed}/waits")

    def talk_ms(self, demand: Demand, ln_shift: float = 0.0, handling: float = 1.0) -> int:
        return int(self._handling.expovariate(1.0) * self._plain.handling_min * MINUTE)

    def leaves_after(self, demand: Demand) -> tuple[int, str]:
        draw, plain = self._waits, self._plain
        if plain.patience is None:
            patience = draw.expovariate(1.0) * plain.patience_min
        else:
            patience = plain.patience(draw)
        return max(1, int(patience * MINUTE)), "abandoned"  # who is served at once does not leave

    def hold(self) -> None:
        return None

    def redials_after(self, tries: int, redials: Redials | None = None) -> None:
        return None


class _PlainAnswering(Answering):
    def rings(self) -> tuple[bool, int]:
        return False, 0

    def wrap_ms(self, demand: Demand, handling: float = 1.0) -> int:
        return 0


def single_queue(plain: Plain, seed: int) -> Simulation:
    """A run over the warm-up and the hours measured; it keeps its complete legs."""
    demand = Demand("plain", "plain", plain.rate * 24 * 60, plain.handling_min * 60)
    shift, every_day = Shift(0, 24 * 60), tuple(range(7))
    people = tuple(Person(f"a{n}", ("plain",), shift, every_day) for n in range(plain.agents))
    until = START + round((plain.warm_up_hours + plain.hours) * HOUR)
    assert until < START + 23 * HOUR, "beyond the shift of the agents"
    centre = Centre("plain", "UTC", (demand,), people, _PLAIN)
    simulation = Simulation(centre, Run(START, seed, _KEY, until=until))
    simulation._callers = _PlainCallers(plain, seed)
    simulation._answering = _PlainAnswering(_PLAIN, f"plain/{seed}")
    simulation.complete = []
    return simulation


def played(simulation: Simulation) -> tuple[list[Said], list[Leg]]:
    """What it said and every leg of the run."""
    said = simulation.advance(START + 40 * HOUR)
    assert simulation.finished_at is not None
    assert simulation.complete is not None
    return said, simulation.complete


def measured(plain: Plain, seed: int) -> Measured:
    began = START + round(plain.warm_up_hours * HOUR)
    ends = START + round((plain.warm_up_hours + plain.hours) * HOUR)
    _, legs = played(single_queue(plain, seed))
    mine = [leg for leg in legs if leg.arrived_at >= began]
    waits = [leg.left_at - leg.arrived_at for leg in mine]
    in_time = plain.within_min * MINUTE
    return Measured(
        p_wait=_mean([w > 0 or leg.outcome != "answered" for w, leg in zip(waits, mine, strict=True)]),
        p_abandon=_mean([leg.outcome == "abandoned" for leg in mine]),
        mean_wait=sum(waits) / len(waits) / MINUTE,
        sl_offered=_mean([
            leg.outcome == "answered" and wait <= in_time
            for wait, leg in zip(waits, mine, strict=True)
        ]),
        all_busy=_time_all_busy(legs, plain.agents, began, ends) / (ends - began),
    )  # fmt: skip


def replicated(plain: Plain) -> list[Measured]:
    return [measured(plain, seed) for seed in range(1, REPLICATIONS + 1)]


def mean_and_error(values: list[float]) -> tuple[float, float]:
    """Mean, and its standard error by the spread of independent runs."""
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return mean, sqrt(variance / len(values))


def steps(legs: list[Leg]) -> Iterator[tuple[int, int]]:
    """(time, +1 or -1) of agents on a call."""
    for leg in legs:
        if leg.outcome == "answered":
            yield leg.answered_at, 1
            yield leg.ended_at, -1


def _time_all_busy(legs: list[Leg], agents: int, began: int, ends: int) -> int:
    busy = total = 0
    since = began
    for at, change in sorted(steps(legs)):
        if busy == agents:
            total += max(0, min(at, ends) - max(since, began))
        busy += change
        since = at
    return total


def _mean(flags: list[bool]) -> float:
    return sum(flags) / len(flags)
