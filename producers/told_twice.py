"""Whether a file tells of one leg twice, and whether it contradicts itself.

Rule 1: what agrees in queue, id and visit is one leg (schemas.identity). The same words again are the same
call; a call that went on before is completed.
Rule 2: other words are either a correction or another call whose id was used again within a second. Inside of
one file nothing says which, so the later one collides: it is set aside, and never replaces the former. The
words of another file, which was read later, correct it.
"""

from hashlib import blake2b
from typing import Literal

from msgspec.structs import replace

from schemas.calls import FinishedLeg, Queued
from schemas.codec import encode
from schemas.identity import leg_key

Told = Literal["first", "again", "completed", "corrected", "collides"]
Place = tuple[str, int]  # file and line; empty and 0 where they are not known


class ToldTwice:
    """Of one file, or of several that are sent together; it holds 16 bytes and a place of each leg."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[bytes, bool, Place]] = {}

    def check(self, leg: FinishedLeg | Queued, place: Place) -> tuple[Told, Place]:
        """What the leg is to what was read so far, and the place at which it was told before."""
        began_at = leg.arrived_at if isinstance(leg, FinishedLeg) else leg.at
        visit_at = began_at if leg.visit_at is None else leg.visit_at
        key = _digest(repr((leg.queue, *leg_key(leg.leg_id, leg.source, visit_at))).encode())
        words = _digest(encode(replace(leg, event_id="-")))
        goes_on = isinstance(leg, Queued) or leg.goes_on
        known = self._known.get(key)
        if known is None:
            self._known[key] = words, goes_on, place
            return "first", place
        if words == known[0] or (goes_on and not known[1]):
            return "again", known[2]
        if not known[1] and known[2][0] == place[0]:
            return "collides", known[2]
        self._known[key] = words, goes_on, place
        return ("completed" if known[1] else "corrected"), known[2]


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=8).digest()
