"""Stretches of time in which something is wrong, with calm in between; endless, drawn as needed.

Both ends lie on the source's ticks, so that all partitions see them at once.
"""

from random import Random

from msgspec import Struct

from schemas.timing import STEP_MS


class Spell(Struct, frozen=True):
    """`[start, end)`, and a lot of its own that says of which kind it is."""

    start: int
    end: int
    lot: int


class Spells:
    """The first begins after at most one calm; the same lots give the same spells, however asked."""

    def __init__(self, lot: Random, begin: int, calm_ms: int, length_ms: tuple[int, int]) -> None:
        self._lot = lot
        self._calm_ms = calm_ms
        self._length_ms = length_ms
        self._drawn_to = begin
        self.drawn: list[Spell] = []

    def at(self, moment: int) -> Spell | None:
        """The spell that `moment` lies in."""
        while self._drawn_to <= moment:
            self._draw()
        return next((each for each in self.drawn if each.start <= moment < each.end), None)

    def begun(self, moment: int) -> int:
        """How many spells have begun by then."""
        return sum(each.start <= moment for each in self.drawn)

    def _draw(self) -> None:
        lot = self._lot
        calm = lot.randrange(self._calm_ms // 2, self._calm_ms)
        start = (self._drawn_to + calm) // STEP_MS * STEP_MS
        end = start + lot.randrange(*self._length_ms) // STEP_MS * STEP_MS
        self.drawn.append(Spell(start, end, lot.getrandbits(30)))
        self._drawn_to = end
