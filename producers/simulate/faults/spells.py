"""Stretches of time in which a fault is active, with pauses in between; drawn as needed, without end.

Both ends are on ticks of the source, so that they are the same in all partitions.
"""

from random import Random

from msgspec import Struct

from schemas.timing import STEP_MS


class Spell(Struct, frozen=True):
    """`[start, end)`; `number` is a random number by which a fault chooses a kind."""

    start: int
    end: int
    number: int


class Spells:
    """Spells of one fault; the same random stream gives the same spells, whatever is asked."""

    def __init__(self, draw: Random, begin: int, calm_ms: int, length_ms: tuple[int, int]) -> None:
        self._draw = draw
        self._calm_ms = calm_ms
        self._length_ms = length_ms
        self._drawn_to = begin
        self.drawn: list[Spell] = []

    def at(self, moment: int) -> Spell | None:
        """The spell that contains `moment`, or None."""
        while self._drawn_to <= moment:
            self._draw_next()
        return next((each for each in self.drawn if each.start <= moment < each.end), None)

    def begun(self, moment: int) -> int:
        """How many spells have begun at `moment`."""
        return sum(each.start <= moment for each in self.drawn)

    def _draw_next(self) -> None:
        draw = self._draw
        calm = draw.randrange(self._calm_ms // 2, self._calm_ms)
        start = (self._drawn_to + calm) // STEP_MS * STEP_MS
        end = start + draw.randrange(*self._length_ms) // STEP_MS * STEP_MS
        self.drawn.append(Spell(start, end, draw.getrandbits(30)))
        self._drawn_to = end
