"""The queue of future steps of a simulation, by time."""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Any

from producers.simulate.people import Agent

Step = Callable[[int, Any], None]


class Agenda:
    """A step planned for an agent is skipped if `agent.turn` has changed since: his mode is another one."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Step, Any, Agent | None, int]] = []
        self._order = 0

    def plan(self, at: int, step: Step, what: Any, agent: Agent | None = None) -> None:
        """Call `step(at, what)` at its time; steps of the same time in the order of planning."""
        self._order += 1
        turn = 0 if agent is None else agent.turn
        heappush(self._heap, (at, self._order, step, what, agent, turn))

    def due(self, to: int) -> Iterator[int]:
        """Execute the steps up to and including `to`, one by one; yields the time of each after it."""
        heap = self._heap
        while heap and heap[0][0] <= to:
            at, _, step, what, agent, turn = heappop(heap)
            if agent is None or agent.turn == turn:
                step(at, what)
                yield at

    def clear(self) -> None:
        self._heap.clear()
