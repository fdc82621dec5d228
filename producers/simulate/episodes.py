"""The effects of a scenario's episodes at a time: more callers, slower work, missing agents, wrong menu.

They have their own random streams: the callers of an ordinary day call too, at the same times.
"""

from random import Random

from producers.simulate.centre import Burst, Centre, Demand, Episode, WrongTurn
from schemas.millis import HOUR, MINUTE

_SPENT = 0.02  # a burst ends when its rate has fallen to this share of its first rate


class Episodes:
    """The episodes of a run that begins at `start`. Queues by index."""

    def __init__(self, centre: Centre, seed: str, start: int) -> None:
        self._start = start
        self._seed = seed
        self._draw = Random(f"{seed}/episodes")
        index = {demand.queue: place for place, demand in enumerate(centre.demands)}
        everywhere = frozenset(index.values())
        concerned = [
            (each, frozenset(index[queue] for queue in each.queues) or everywhere)
            for each in centre.scenario.episodes
        ]
        self._busier = [(e, queues) for e, queues in concerned if e.more_calls]
        self._slower = [(e, queues) for e, queues in concerned if e.handling != 1.0]
        self._missing = [(e, queues) for e, queues in concerned if e.missing_share]
        self._menus = [
            (e, e.wrong_turn, queues) for e, queues in concerned if e.wrong_turn is not None
        ]

    def more_calls(self, rates: list[float], begin: int, end: int) -> list[tuple[int, int]]:
        """(time, queue) of additional calls in `[begin, end)`; `rates`: ordinary calls a ms, by queue."""
        found: list[tuple[int, int]] = []
        for episode, queues in self._busier:
            for queue in sorted(queues):
                if rates[queue] <= 0:
                    continue
                gap_ms = 1 / (rates[queue] * episode.more_calls)
                at = begin + self._draw.expovariate(1.0) * gap_ms
                while at < end:
                    if self._is_on(episode, int(at)):
                        found.append((int(at), queue))
                    at += self._draw.expovariate(1.0) * gap_ms
        return found

    def handling(self, queue: int, at: int) -> float:
        """The factor of talking time and wrap-up at that time."""
        factor = 1.0
        for episode, queues in self._slower:
            if queue in queues and self._is_on(episode, at):
                factor *= episode.handling
        return factor

    def wrong_turn(self, queue: int, at: int) -> WrongTurn | None:
        """The wrong queue into which the menu sends this caller instead of `queue`; None: it does not."""
        for episode, turn, queues in self._menus:
            if queue in queues and self._is_on(episode, at) and self._draw.random() < turn.share:
                return turn
        return None

    def is_one_of(self, share: float) -> bool:
        return self._draw.random() < share

    def within(self, span: tuple[int, int]) -> int:
        return self._draw.randrange(*span)

    def is_missing(self, agent: str, queues: tuple[int, ...], at: int) -> bool:
        """Whether an episode keeps this agent at home; the same agents every day."""
        return any(
            self._is_on(episode, at)
            and not concerned.isdisjoint(queues)
            and Random(f"{self._seed}/missing/{agent}").random() < episode.missing_share
            for episode, concerned in self._missing
        )

    def burst(self, burst: Burst, demand: Demand, start: int) -> tuple[list[int], str, Random]:
        """Times of the calls of one burst, its area, and the random stream of its callers."""
        draw = Random(f"{self._seed}/burst/{start}")
        area = draw.choice(demand.areas) if demand.areas else ""
        half_life_ms = burst.half_life_min * MINUTE
        gap_ms = HOUR / burst.calls_an_hour
        times, passed = [], draw.expovariate(1.0) * gap_ms
        while (left := 0.5 ** (passed / half_life_ms)) > _SPENT:
            if draw.random() < left:
                times.append(start + int(passed))
            passed += draw.expovariate(1.0) * gap_ms
        return times, area, draw

    def _is_on(self, episode: Episode, at: int) -> bool:
        passed = at - self._start - episode.after_min * MINUTE
        if passed >= 0 and episode.every_min is not None:
            passed %= episode.every_min * MINUTE
        return passed >= 0 and (episode.lasts_min is None or passed < episode.lasts_min * MINUTE)
