"""When callers come: a Poisson process with a random factor for each day and for each half hour.

Its rate is the profile of the day x the factor of the day x the factor of the half hour. Without the
random factors all days would be alike, and forecasts and alerts would look better than they are.
"""

from datetime import date
from math import exp, sqrt
from random import Random
from zoneinfo import ZoneInfo

from producers.simulate.centre import Centre, Demand
from producers.simulate.episodes import Episodes
from schemas.millis import MINUTE, to_datetime
from schemas.opening import is_open

BLOCK_MS = 30 * MINUTE
_ALIKE = 1e-6  # the shape of a gamma distribution is infinite for a spread of 0


class Arrivals:
    """The calls of one half hour after another."""

    def __init__(self, centre: Centre, seed: str, episodes: Episodes | None = None) -> None:
        self._centre = centre
        self._episodes = episodes
        self._zone = ZoneInfo(centre.time_zone)
        self._seed = seed
        self._draw = Random(f"{seed}/arrivals")
        self._busyness = Random(f"{seed}/busyness")
        self._centres = tuple(dict.fromkeys(demand.centre for demand in centre.demands))
        self._interval = dict.fromkeys(self._centres, 0.0)
        self._totals = [sum(demand.hours) for demand in centre.demands]
        self._day: date | None = None
        self._day_factor: dict[str, float] = {}

    def block(self, start: int, begin: int) -> list[tuple[int, int]]:
        """(time, index of the queue) in the half hour from `start`, none before `begin`; sorted."""
        self._turn(start)
        found: list[tuple[int, int]] = []
        local = to_datetime(start, self._zone)
        end, draw = start + BLOCK_MS, self._draw
        rates = [0.0] * len(self._totals)
        for index, demand in enumerate(self._centre.demands):
            share = demand.hours[local.hour] / self._totals[index] / 2
            expected = demand.calls_a_day * share * demand.weekdays[local.weekday()]
            expected *= self._factor(demand, start)
            if expected <= 0:
                continue
            gap_ms = BLOCK_MS / expected
            rates[index] = 1 / gap_ms
            at = begin + draw.expovariate(1.0) * gap_ms
            while at < end:
                found.append((int(at), index))
                at += draw.expovariate(1.0) * gap_ms
        if self._episodes is not None:
            found += self._episodes.more_calls(rates, begin, end)
        found.sort()
        return found

    def _factor(self, demand: Demand, start: int) -> float:
        scenario = self._centre.scenario
        log_factor = self._interval[demand.centre] - scenario.interval_sd**2 / 2
        factor = scenario.volume * self._day_factor[demand.centre] * exp(log_factor)
        if not is_open(demand.opening, self._centre.time_zone, start):
            factor *= scenario.closed_share
        return factor

    def _turn(self, start: int) -> None:
        """Draw the factor of the half hour, and that of the day if a new one begins."""
        scenario = self._centre.scenario
        memory = scenario.interval_memory
        step = scenario.interval_sd * sqrt(1 - memory**2)
        for centre in self._centres:
            previous = self._interval[centre]
            self._interval[centre] = memory * previous + self._busyness.gauss(0, step)
        day = to_datetime(start, self._zone).date()
        if day != self._day:
            self._day = day
            # Seeded with the date: a day is as busy whenever the simulation began.
            draw, shape = Random(f"{self._seed}/{day}"), 1 / max(scenario.day_sd, _ALIKE) ** 2
            self._day_factor = {c: draw.gammavariate(shape, 1 / shape) for c in self._centres}
