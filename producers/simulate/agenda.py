"""What is to happen, by time: a heap of (time, order, step, what, agent, turn)."""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Any

from producers.simulate.people import Agent

Step = Callable[[int, Any], None]


class Agenda:
    """Steps planned for an agent are void once his turn has passed: he hung up, logged out, went on."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Step, Any, Agent | None, int]] = []
        self._order = 0

    def plan(self, at: int, step: Step, what: Any, agent: Agent | None = None) -> None:
        """`step(at, what)` at its time; among equal times in the order of planning."""
        self._order += 1
        turn = 0 if agent is None else agent.turn
        heappush(self._heap, (at, self._order, step, what, agent, turn))

    def due(self, to: int) -> Iterator[int]:
        """Does what is due up to and including `to`, one step after another; yields the time of each."""
        heap = self._heap
        while heap and heap[0][0] <= to:
            at, _, step, what, agent, turn = heappop(heap)
            if agent is None or agent.turn == turn:
                step(at, what)
                yield at

    def clear(self) -> None:
        self._heap.clear()
