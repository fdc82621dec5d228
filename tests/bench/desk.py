"""One simulated desk: callers at random who wait in one line, agents who are alike, and what goes wrong. Pure; seeded.

Arrivals are a Poisson process, handling times lognormal, patience exponential, as in Erlang A but for the handling
times, whose spread is that of real calls: tests/unit/bench/test_desk.py compares it with `streams.core.erlang_a`. A desk
that is well staffed on average has no other trouble than chance: whatever pages then is false.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from math import exp, inf, log, sqrt
from random import Random
from typing import Literal, NamedTuple

from msgspec import Struct

from schemas.millis import MINUTE

Kind = Literal["queued", "answered", "ended", "abandoned", "signed_in", "signed_out"]


class Happened(NamedTuple):
    """`who` is the number of a call, or of an agent where one signs in or out."""

    at: int
    kind: Kind
    who: int
    agent: int = -1
    subject: str = ""  # of a call: what it is about


class Desk(Struct, frozen=True):
    """`spread` is the coefficient of variation of the handling time; `subjects`: what ordinary callers call about,
    each as often as the others.
    """

    name: str
    agents: int
    calls_a_minute: float
    handling_ms: int = 4 * MINUTE
    patience_ms: int = 5 * MINUTE
    spread: float = 1.3
    subjects: tuple[str, ...] = ()


class Phase(Struct, frozen=True):
    """From `at` on so many call and so many agents are there. `at_once`: who leaves drops the call, and that caller
    calls again within a minute.
    """

    at: int
    calls_a_minute: float
    agents: int
    at_once: bool = False


class Extra(NamedTuple):
    """A caller who calls besides the others."""

    at: int
    subject: str = ""


def simulate(
    desk: Desk, phases: Sequence[Phase], until: int, draw: Random, extra: Sequence[Extra] = ()
) -> Iterator[Happened]:
    """What happens on the desk from the first phase to `until`, in order of time."""
    return _Floor(desk, draw).run(phases, until, extra)


class _Floor:
    def __init__(self, desk: Desk, draw: Random) -> None:
        self._desk = desk
        self._draw = draw
        self._sigma = sqrt(log(1 + desk.spread**2))
        self._mu = log(desk.handling_ms) - self._sigma**2 / 2
        self._waiting: deque[int] = deque()
        self._gone: set[int] = set()  # left the line; still in it
        self._idle: deque[int] = deque()
        self._busy: dict[int, int] = {}  # the call of each agent
        self._leaving: set[int] = set()
        self._calls = 0
        self._agents = 0
        self._agenda: list[tuple[int, int, str, int, int]] = []
        self._planned = 0

    def run(
        self, phases: Sequence[Phase], until: int, extra: Sequence[Extra]
    ) -> Iterator[Happened]:
        for place, phase in enumerate(phases):
            self._plan(phase.at, "phase", place)
        for place, each in enumerate(extra):
            self._plan(each.at, "extra", place)
        phase = phases[0]
        number = 0
        while self._agenda and self._agenda[0][0] < until:
            at, _, what, who, agent = heappop(self._agenda)
            if what == "phase":
                phase, number = phases[who], who
                yield from self._staff(at, phase)
                self._next_call(at, phase, number)
            elif what == "call" and who == number:  # planned in an earlier phase: drawn anew there
                subjects = self._desk.subjects
                yield from self._arrives(at, self._draw.choice(subjects) if subjects else "")
                self._next_call(at, phase, number)
            elif what == "again":
                yield from self._arrives(at, "")
            elif what == "extra":
                yield from self._arrives(at, extra[who].subject)
            elif what == "patience" and who in self._waiting and who not in self._gone:
                self._gone.add(who)
                yield Happened(at, "abandoned", who)
            elif what == "end" and self._busy.get(agent) == who:
                del self._busy[agent]
                yield Happened(at, "ended", who, agent)
                yield from self._is_free(at, agent)

    def _plan(self, at: int, what: str, who: int, agent: int = -1) -> None:
        self._planned += 1
        heappush(self._agenda, (at, self._planned, what, who, agent))

    def _next_call(self, at: int, phase: Phase, number: int) -> None:
        gap = self._draw.expovariate(phase.calls_a_minute) * MINUTE if phase.calls_a_minute else inf
        if gap < inf:
            self._plan(at + max(1, round(gap)), "call", number)

    def _arrives(self, at: int, subject: str) -> Iterator[Happened]:
        call = self._calls
        self._calls += 1
        yield Happened(at, "queued", call, subject=subject)
        if self._idle:
            yield self._answers(at, call, self._idle.popleft())
            return
        self._waiting.append(call)
        patience = self._draw.expovariate(1 / self._desk.patience_ms)
        self._plan(at + max(1, round(patience)), "patience", call)

    def _answers(self, at: int, call: int, agent: int) -> Happened:
        self._busy[agent] = call
        handling = exp(self._draw.gauss(self._mu, self._sigma))
        self._plan(at + max(1, round(handling)), "end", call, agent)
        return Happened(at, "answered", call, agent)

    def _is_free(self, at: int, agent: int) -> Iterator[Happened]:
        if agent in self._leaving:
            self._leaving.discard(agent)
            yield Happened(at, "signed_out", agent)
            return
        while self._waiting:
            call = self._waiting.popleft()
            if call in self._gone:
                self._gone.discard(call)
                continue
            yield self._answers(at, call, agent)
            return
        self._idle.append(agent)

    def _staff(self, at: int, phase: Phase) -> Iterator[Happened]:
        there = [*self._idle, *(each for each in self._busy if each not in self._leaving)]
        for _ in range(phase.agents - len(there)):
            agent = self._agents
            self._agents += 1
            yield Happened(at, "signed_in", agent)
            yield from self._is_free(at, agent)
        leave = self._draw.sample(there, max(0, len(there) - phase.agents))
        for agent in leave:
            if agent in self._idle:
                self._idle.remove(agent)
                yield Happened(at, "signed_out", agent)
            elif phase.at_once:
                yield Happened(at, "ended", self._busy.pop(agent), agent)
                yield Happened(at, "signed_out", agent)
                self._plan(at + 1 + round(self._draw.random() * MINUTE), "again", -1)
            else:
                self._leaving.add(agent)
