"""How many agents are signed in per queue and state; the newest version of each agent counts."""

from collections.abc import Sequence

from schemas.agents import RosterEntry, state_in_queue
from schemas.alerts import FreeAgents
from streams.core.crew import NOBODY_KNOWN, Crew, crew


class Roster:
    """All agents of all partitions. An agent who serves several queues counts in each of them, by the state
    that holds there: whoever paused in one queue may be available in another.
    """

    def __init__(self) -> None:
        self._entries: dict[str, RosterEntry] = {}
        self._counts: dict[str, dict[str, int]] = {}
        self.crews: dict[str, Crew] = {}  # what `crew_of` said, until it changes
        self._pauses: dict[str, dict[str, RosterEntry]] = {}  # by queue and agent
        self._free: dict[str, dict[str, RosterEntry]] = {}  # the same of those who are available
        # By queue: what was said of who could help it, and of which queues; until anybody is free, or is not any more.
        self.helping: dict[str, tuple[object, tuple[FreeAgents, ...]]] = {}
        self._out: dict[str, dict[str, RosterEntry]] = {}  # and of those who are signed out
        self._taken_out: dict[str, int] = {}  # by queue: when an agent was last taken out of it
        self._sources: dict[str, set[str]] = {}  # that ever said that an agent serves the queue
        self.changed: set[str] = set()  # queues whose counts changed since a reader last cleared it

    def update(self, entry: RosterEntry) -> None:
        known = self._entries.get(entry.agent)
        if known is not None and known.version >= entry.version:
            return
        if known is not None:
            self._count(known, -1)
            for queue in known.queues:
                if queue not in entry.queues:
                    self._taken_out[queue] = max(entry.at, self._taken_out.get(queue, 0))
        self._entries[entry.agent] = entry
        self._count(entry, 1)

    def agents_of(self, queue: str) -> dict[str, int]:
        """Agents by shown state, without those who are logged out; empty if none was ever seen.

        It is made anew when it changes, and is never changed in place: who asked may keep it.
        """
        return self.crew_of(queue).agents

    def crew_of(self, queue: str) -> Crew:
        """The same with what is added up of them."""
        known = self.crews.get(queue)
        if known is None:
            counts = self._counts.get(queue)
            if counts is None:
                known = NOBODY_KNOWN
            else:
                known = crew(counts, len(self._pauses.get(queue, ())))
            self.crews[queue] = known
        return known

    def free_besides(self, queue: str, others: Sequence[str]) -> dict[str, int]:
        """By each of the others that has some, who is available there and does not serve `queue`. A person counts once,
        in the first of them.
        """
        found, counted, every = dict[str, int](), dict[str, bool](), self._free
        for other in others:
            if other not in every:
                continue
            n, free = 0, every[other]
            for agent in free:
                if agent not in counted and queue not in free[agent].queues:
                    counted[agent] = True
                    n += 1
            if n:
                found[other] = n
        return found

    def paused(self, queue: str) -> int:
        """How many agents of the queue pause in all of their queues."""
        return len(self._pauses.get(queue, ()))

    def on_one_reason(self, queue: str, before: int) -> tuple[str, int]:
        """The reason for which most agents of the queue have paused since before this time, and how many they are.

        A pause in some queues alone is left out: nobody tells since when, nor why.
        """
        reasons: dict[str, int] = {}
        for entry in self._pauses.get(queue, {}).values():
            if entry.since < before:
                reasons[entry.reason] = reasons.get(entry.reason, 0) + 1
        if not reasons:
            return "", 0
        most = max(reasons.values())
        return min(reason for reason, n in reasons.items() if n == most), most

    def last_sign_out(self, queue: str) -> int:
        """When the last one of those left who are signed out, or was taken out of the queue since this roster is read; 0 where nobody
        is. (Where Asterisk removes a member, the agent serves the queue no more.)
        """
        signed_out = max((each.since for each in self._out.get(queue, {}).values()), default=0)
        return max(signed_out, self._taken_out.get(queue, 0))

    def is_told_since(self, agent: str, at: int) -> bool:
        """Whether anything was told of the agent that came after `at`."""
        entry = self._entries.get(agent)
        return entry is not None and entry.at > at

    def queues(self) -> list[str]:
        """Every queue that an agent ever served, in the order in which they became known."""
        return list(self._counts)

    def sources_of(self, queue: str) -> set[str]:
        """Who told of agents of the queue."""
        return self._sources.get(queue, set())

    def _count(self, entry: RosterEntry, n: int) -> None:
        for queue in entry.queues:
            counts = self._counts.setdefault(queue, {})
            state = state_in_queue(entry, queue)
            counts[state] = counts.get(state, 0) + n
            self.crews.pop(queue, None)
            if state == "available":
                _note(self._free, queue, entry, n)
                self.helping.clear()
            elif state == "logged_out":
                _note(self._out, queue, entry, n)
            self._sources.setdefault(queue, set()).add(entry.source)
            if entry.routing_state == "not_ready" and entry.activity == "idle":
                _note(self._pauses, queue, entry, n)
            self.changed.add(queue)


def _note(kept: dict[str, dict[str, RosterEntry]], queue: str, entry: RosterEntry, n: int) -> None:
    """Keep the agent under the queue, or no more."""
    agents = kept.setdefault(queue, {})
    if n > 0:
        agents[entry.agent] = entry
    else:
        agents.pop(entry.agent, None)
