"""How many agents are signed in per queue and state; the newest version of each agent counts."""

from collections.abc import Sequence

from schemas.agents import RosterEntry, state_in_queue


class Roster:
    """All agents of all partitions. An agent who serves several queues counts in each of them, by the state
    that holds there: whoever paused in one queue may be available in another.
    """

    def __init__(self) -> None:
        self._entries: dict[str, RosterEntry] = {}
        self._counts: dict[str, dict[str, int]] = {}
        self._sources: dict[str, set[str]] = {}  # that ever said that an agent serves the queue
        self.changed: set[str] = set()  # queues whose counts changed since a reader last cleared it

    def update(self, entry: RosterEntry) -> None:
        known = self._entries.get(entry.agent)
        if known is not None and known.version >= entry.version:
            return
        if known is not None:
            self._count(known, -1)
        self._entries[entry.agent] = entry
        self._count(entry, 1)

    def agents_of(self, queue: str) -> dict[str, int]:
        """Agents by shown state, without those who are logged out; empty if none was ever seen."""
        counts = self._counts.get(queue)
        if counts is None:
            return {}
        return {state: n for state, n in counts.items() if n and state != "logged_out"} or {
            "available": 0
        }

    def free_besides(self, queue: str, others: Sequence[str]) -> dict[str, int]:
        """By each of the others, who is available there and does not serve `queue`. A person counts once, in the
        first of them. It goes through all agents.
        """
        found, places = dict.fromkeys(others, 0), {other: n for n, other in enumerate(others)}
        for entry in self._entries.values():
            if entry.routing_state != "available" or queue in entry.queues:
                continue
            free = [
                other
                for other in entry.queues
                if other in found and state_in_queue(entry, other) == "available"
            ]
            if free:
                found[min(free, key=places.__getitem__)] += 1
        return found

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
            self._sources.setdefault(queue, set()).add(entry.source)
            self.changed.add(queue)
