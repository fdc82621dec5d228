"""Whether a file tells of one leg twice, and whether it contradicts itself.

Rule 1: what agrees in queue, id and visit is one leg (schemas.identity). The same words again are the same
call; a call that went on before is completed.
Rule 2: other words are either a correction or another call whose id was used again within a second. Inside of
one file nothing says which, so the later one collides: it is set aside, and never replaces the former.
"""

from hashlib import blake2b
from typing import Literal

from msgspec.structs import replace

from schemas.calls import FinishedLeg, Queued
from schemas.codec import encode
from schemas.identity import leg_key

Told = Literal["first", "again", "completed", "collides"]


class ToldTwice:
    """Of one file; it holds 16 bytes and a line number of each leg."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[bytes, bool, int]] = {}

    def check(self, leg: FinishedLeg | Queued, position: int) -> tuple[Told, int]:
        """What the leg is to the file so far, and the position at which it was told first."""
        began_at = leg.arrived_at if isinstance(leg, FinishedLeg) else leg.at
        visit_at = began_at if leg.visit_at is None else leg.visit_at
        key = _digest(repr((leg.queue, *leg_key(leg.leg_id, leg.source, visit_at))).encode())
        words = _digest(encode(replace(leg, event_id="-")))
        goes_on = isinstance(leg, Queued) or leg.goes_on
        known = self._known.get(key)
        if known is None:
            self._known[key] = words, goes_on, position
            return "first", position
        if words == known[0] or (goes_on and not known[1]):
            return "again", known[2]
        if known[1]:
            self._known[key] = words, goes_on, known[2]
            return "completed", known[2]
        return "collides", known[2]


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=8).digest()
