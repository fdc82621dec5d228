"""Routing: the agent with the skill who was idle longest, the oldest call of an agent's skills.

Heaps with lazy deletion: an entry that is no longer valid is removed when it is the first one.
"""

from heapq import heappop, heappush

from producers.simulate.people import Agent, Leg


class Floor:
    """Routing of one centre, queues by index."""

    def __init__(self, queues: int) -> None:
        self._idle: list[list[tuple[int, int, Agent, int]]] = [[] for _ in range(queues)]
        self._waiting: list[list[tuple[int, int, Leg]]] = [[] for _ in range(queues)]
        self._entries = 0
        self.staffed = [0] * queues  # agents logged in with the skill

    def is_free(self, agent: Agent) -> None:
        """The agent is idle since `agent.idle_since`."""
        self._entries += 1
        for queue in agent.queues:
            heappush(self._idle[queue], (agent.idle_since, self._entries, agent, agent.turn))

    def longest_idle(self, queue: int) -> Agent | None:
        """The agent for the next call of the queue, not removed: he is idle until his turn changes."""
        idle = self._idle[queue]
        while idle:
            _, _, agent, turn = idle[0]
            if agent.turn == turn:
                return agent
            heappop(idle)
        return None

    def waits(self, leg: Leg) -> None:
        """The leg waits in the order of arrival; after a missed offer it has its former place."""
        self._entries += 1
        heappush(self._waiting[leg.queue], (leg.arrived_at, self._entries, leg))

    def oldest(self, queues: tuple[int, ...]) -> Leg | None:
        """Remove and return the leg that has waited longest in these queues."""
        best: list[tuple[int, int, Leg]] | None = None
        for queue in queues:
            waiting = self._waiting[queue]
            while waiting and waiting[0][2].state != "waiting":
                heappop(waiting)
            if waiting and (best is None or waiting[0] < best[0]):
                best = waiting
        return heappop(best)[2] if best else None

    def everybody(self, queue: int) -> list[Leg]:
        """Remove and return all legs that wait in the queue, oldest first."""
        waiting = self._waiting[queue]
        left = [entry[2] for entry in sorted(waiting, key=lambda entry: entry[:2])]
        waiting.clear()
        return [leg for leg in left if leg.state == "waiting"]
