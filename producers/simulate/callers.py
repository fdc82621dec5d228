"""Random properties of callers and agents: patience, talking time, redials. Seeded; reads no clock.

Patience: inverse of a piecewise hazard measured at a bank's call centre (peak at the announcement, 60 s).
Talking time: lognormal, five per cent of the calls far shorter.
"""

from bisect import bisect_right
from math import exp, log
from random import Random

from producers.simulate.centre import Demand, Redials, Scenario
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.privacy import TokenKey, caller_token

# From this second on, hazard of hanging up per 100 s.
HAZARD: tuple[tuple[float, float], ...] = (
    (0, 0.23),
    (5, 0.43),
    (10, 0.55),
    (15, 0.40),
    (20, 0.30),
    (30, 0.26),
    (50, 0.34),
    (55, 0.46),
    (60, 0.34),
    (65, 0.28),
    (80, 0.24),
    (100, 0.18),
    (200, 0.14),
    (450, 0.13),
)
_EDGES_S = tuple(start for start, _ in HAZARD)
LONGEST_TALK_MS = HOUR
_LONGEST_WRAP_MS = 10 * MINUTE
_CITIZENS = 400_000
_SHORT_CALL_MS = (2 * SECOND, 10 * SECOND)
_HOLD_MS = (15 * SECOND, 90 * SECOND)
_KNOWN_TOKENS = 200_000


def cumulative_hazard(seconds: float) -> float:
    """H(t) of the table above; the share that still waits is exp(-H)."""
    total = 0.0
    for place, (start, per_100_s) in enumerate(HAZARD):
        end = _EDGES_S[place + 1] if place + 1 < len(HAZARD) else seconds
        if seconds <= start:
            break
        total += (min(seconds, end) - start) * per_100_s / 100
    return total


_CUMULATIVE = tuple(cumulative_hazard(edge) for edge in _EDGES_S)


def patience_ms(draw: Random, impatience: float) -> int:
    """How long this caller is ready to wait, at least a millisecond."""
    wanted = draw.expovariate(1.0) / impatience
    place = bisect_right(_CUMULATIVE, wanted) - 1
    seconds = _EDGES_S[place] + (wanted - _CUMULATIVE[place]) * 100 / HAZARD[place][1]
    return max(1, int(seconds * SECOND))


class Callers:
    """Draws for callers, from separate random streams: with other staff the same people still call."""

    def __init__(self, scenario: Scenario, seed: str, key: TokenKey) -> None:
        self._scenario = scenario
        self._key = key
        self._who = Random(f"{seed}/callers")
        self._talk = Random(f"{seed}/service")
        self._patience = Random(f"{seed}/patience")
        self._redial = Random(f"{seed}/redials")
        self._tokens: dict[int, str] = {}

    def new_caller(self, draw: Random | None = None) -> str:
        """The token of a random citizen with a made-up number; empty if the number is withheld."""
        who = draw or self._who
        if who.random() < self._scenario.withheld_share:
            return ""
        citizen = int(who.random() * _CITIZENS)
        token = self._tokens.get(citizen)
        if token is None:
            if len(self._tokens) >= _KNOWN_TOKENS:
                self._tokens.clear()
            token = caller_token(self._key, f"555{citizen:07d}")
            self._tokens[citizen] = token
        return token

    def subject(self, demand: Demand) -> tuple[str, str]:
        """Topic and area of a call; empty if the queue has none."""
        topics, areas = demand.topics, demand.areas
        if not topics:
            return "", ""
        return _pick(self._who, topics), _pick(self._who, areas) if areas else ""

    def is_let_in(self) -> bool:
        """Whether a caller outside opening hours is let into the queue."""
        return self._who.random() < self._scenario.closed_waits_share

    def talk_ms(self, demand: Demand, ln_shift: float = 0.0, handling: float = 1.0) -> int:
        """Talking time; `ln_shift` is the agent's deviation from others (logarithm), `handling` a factor."""
        scenario = self._scenario
        if self._talk.random() < scenario.short_call_share:
            return self.short_talk_ms()
        seconds = self._talk.lognormvariate(log(demand.talk_median_s), scenario.talk_ln_sd)
        talk = min(LONGEST_TALK_MS, max(SECOND, int(seconds * SECOND)))
        if talk >= _SHORT_CALL_MS[1]:
            talk = int(talk * exp(ln_shift) * handling)
        return talk

    def short_talk_ms(self) -> int:
        """Talking time of a caller in the wrong queue."""
        return _between(self._talk, _SHORT_CALL_MS)

    def hold(self) -> tuple[float, int] | None:
        """(share of the talk after which the caller is put on hold, length); None, mostly: no hold."""
        if self._talk.random() >= self._scenario.hold_share:
            return None
        return self._talk.uniform(0.2, 0.7), _between(self._talk, _HOLD_MS)

    def leaves_after(self, demand: Demand) -> tuple[int, str]:
        """When this caller leaves if nobody answers, and how: abandoned, exited or callback."""
        after, how = patience_ms(self._patience, demand.impatience), "abandoned"
        if demand.give_up_after_s is not None and after > demand.give_up_after_s * SECOND:
            after, how = int(demand.give_up_after_s * SECOND), "exited"
        if (
            demand.callback_after_s is not None
            and after > demand.callback_after_s * SECOND
            and self._patience.random() < self._scenario.callback_share
        ):
            asked = int(demand.callback_after_s * SECOND) + self._patience.randrange(20 * SECOND)
            if asked < after:
                return asked, "callback"
        return after, how

    def redials_after(self, tries: int, redials: Redials | None = None) -> int | None:
        """Milliseconds until somebody who hung up calls again; None if he does not."""
        scenario = self._scenario
        share = scenario.redial_share if redials is None else redials.share
        if tries >= scenario.tries or self._redial.random() >= share:
            return None
        median_min = scenario.redial_median_min if redials is None else redials.median_min
        minutes = median_min * exp(self._redial.gauss(0, scenario.redial_ln_sd))
        return max(5 * SECOND, int(minutes * MINUTE))

    def transfer_target(self, demand: Demand) -> str | None:
        if not demand.transfers_to or self._talk.random() >= self._scenario.transfer_share:
            return None
        return _pick(self._talk, demand.transfers_to)

    def hangs_up_first(self) -> bool:
        """Whether the caller, and not the agent, ends the conversation."""
        return self._talk.random() < 0.6  # noqa: PLR2004 - a share


class Answering:
    """Draws for agents."""

    def __init__(self, scenario: Scenario, seed: str) -> None:
        self._scenario = scenario
        self._draw = Random(f"{seed}/agents")

    def rings(self) -> tuple[bool, int]:
        """(whether the agent misses the offer, duration of ringing in milliseconds)."""
        scenario = self._scenario
        missed = self._draw.random() < scenario.missed_offer_share
        return missed, self._draw.randrange(
            *(scenario.missed_ring_ms if missed else scenario.ring_ms)
        )

    def pause_ms(self) -> int:
        """How long an agent is not ready after a missed offer."""
        return self._draw.randrange(*self._scenario.missed_pause_ms)

    def wrap_ms(self, demand: Demand, handling: float = 1.0) -> int:
        wrap_s = self._draw.lognormvariate(log(demand.wrap_median_s), self._scenario.wrap_ln_sd)
        return min(_LONGEST_WRAP_MS, max(SECOND, int(wrap_s * handling * SECOND)))


def _between(draw: Random, span: tuple[int, int]) -> int:
    return span[0] + int(draw.random() * (span[1] - span[0]))


def _pick(draw: Random, of: tuple[str, ...]) -> str:
    return of[int(draw.random() * len(of))]
