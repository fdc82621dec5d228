"""Seeded shifts of agents: what each of them really did, and the states that tell it.

Told as by a platform that repeats itself: each state comes, some come again word by word, some once more
at a later time, some long after a newer one; some come of a clock that is years ahead.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from schemas.agents import Activity, AgentState, RoutingState
from schemas.millis import DAY, MINUTE, SECOND
from tests.support.names import unique

_AHEAD_MS = 4_000 * DAY
_LETTERS = str.maketrans("0123456789", "abcdefghij")  # quarantine hides long numbers, in names too
What = tuple[RoutingState, Activity, str]  # the last is the reason

_SIGNED_OUT: What = ("logged_out", "idle", "")
_AVAILABLE: What = ("available", "idle", "")
_CALL: tuple[What, ...] = (
    ("available", "ringing", ""), ("available", "talking", ""), ("available", "hold", ""),
    ("available", "talking", ""), ("available", "wrap", ""),
)  # fmt: skip
_AWAY: tuple[What, ...] = (
    ("not_ready", "idle", "lunch"), ("not_ready", "idle", "training"),
    ("not_ready", "talking", "outbound"), ("unreachable", "idle", ""),
)  # fmt: skip


@dataclass(frozen=True)
class Stay:
    """One agent in one state. Queues may be joined and left in the middle of it."""

    agent: str
    since: int
    what: What
    queues_first: tuple[str, ...]
    queues_last: tuple[str, ...]


@dataclass
class Shifts:
    """Each agent's stays in order of time, and what is sent of them: `(when, state)`."""

    source: str = ""
    stays: dict[str, list[Stay]] = field(default_factory=dict)
    told: list[tuple[int, AgentState]] = field(default_factory=list)
    ahead: int = 0  # of those told, by the clock that is years ahead: for quarantine

    def add(self, stay: Stay) -> AgentState:
        """One more stay; the state that begins it is told."""
        self.stays.setdefault(stay.agent, []).append(stay)
        return self._tell(stay, stay.since, stay.queues_first)

    def _tell(self, stay: Stay, at: int, queues: tuple[str, ...]) -> AgentState:
        routing_state, activity, reason = stay.what
        state = AgentState(
            event_id=unique(stay.agent), source=self.source, at=at, agent=stay.agent,
            routing_state=routing_state, activity=activity, reason=reason, since=stay.since, queues=queues,
        )  # fmt: skip
        self.told.append((at, state))
        return state

    def again(self, chance: random.Random, stay: Stay, until: int) -> None:
        """What a platform tells besides between the beginning of the stay and `until`."""
        _, first = self.told[-1]
        if chance.random() < 0.1:
            self.told.append((stay.since, first))
        if stay.queues_last != stay.queues_first or chance.random() < 0.1:
            self._tell(stay, chance.randint(stay.since, until), stay.queues_last)
        if chance.random() < 0.05:
            self.told.append((until, replace(first, at=first.at + _AHEAD_MS)))
            self.ahead += 1

    def late(self, chance: random.Random) -> None:
        """Some states come once more, when the agent has long gone on."""
        for when, state in chance.sample(self.told, len(self.told) // 20):
            newest = self.stays[state.agent][-1].since
            if state.at < newest:  # and not one of the clock that is ahead
                self.told.append((max(when, newest), state))

    def fresh(self) -> list[AgentState]:
        """Every agent changes once more, when all is over; each state is now shown of some."""
        at = max((stays[-1].since for stays in self.stays.values()), default=0) + SECOND
        told = []
        for number, stays in enumerate(self.stays.values()):
            was = stays[-1]
            what = (_AVAILABLE, _CALL[1], _AWAY[0])[number % 3]
            told.append(self.add(Stay(was.agent, at, what, was.queues_last, was.queues_last)))
        return told


def shifts(
    queues: Sequence[str], source: str, chance: random.Random, agents: int, start: int, span_ms: int
) -> Shifts:
    """Sign in, take calls, take breaks, sign out, within the span; each agent serves some queues."""
    made = Shifts(source)
    for _ in range(agents):
        _shift(made, unique("agent").translate(_LETTERS), queues, chance, start, span_ms)
    made.late(chance)
    made.told.sort(key=lambda each: each[0])
    return made


def _shift(
    made: Shifts, agent: str, queues: Sequence[str], chance: random.Random, start: int, span_ms: int
) -> None:
    serves = _some(queues, chance)
    since = start + chance.randrange(MINUTE)
    whats = _whats(chance)
    what = next(whats)
    while what != _SIGNED_OUT:
        over = since > start + span_ms
        then = _SIGNED_OUT if over else next(whats)
        # Two states of one instant are told in order, too; the first of them lasted no time.
        until = since + chance.choice((0, 1, *[chance.randrange(SECOND, 40 * SECOND)] * 18))
        was, serves = serves, _some(queues, chance) if chance.random() < 0.05 else serves
        stay = Stay(agent, since, what, was, serves)
        made.add(stay)
        made.again(chance, stay, max(since, until - 1))
        since, what = until, then
    made.add(Stay(agent, since, what, serves, serves))


def _some(queues: Sequence[str], chance: random.Random) -> tuple[str, ...]:
    """Two to four of them."""
    return tuple(sorted(chance.sample(queues, chance.randint(2, min(4, len(queues))))))


def _whats(chance: random.Random) -> Iterator[What]:
    """For ever: available, then a call, or something else than work, and available again."""
    while True:
        yield _AVAILABLE
        if chance.random() < 0.8:
            yield from _CALL if chance.random() < 0.3 else (*_CALL[:2], _CALL[-1])
        else:
            yield chance.choice(_AWAY)
