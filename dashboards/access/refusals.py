"""Which refusals are written down one by one, and which are counted: a flood of them must not fill the audit. Pure."""

from msgspec import Struct

from dashboards.access.gate import Why
from schemas.millis import MINUTE

EVERY_MS = MINUTE
MOST_KINDS = 50  # within EVERY_MS; further ones are told together, by their reason
UNKNOWN, OTHERS = "unknown", "several addresses"


class Actor(Struct, frozen=True):
    """`who` and `roles` of somebody who is let in; of anybody else UNKNOWN and ""."""

    who: str
    roles: str
    address: str


class Refused(Struct, frozen=True):
    actor: Actor
    why: Why
    path: str = ""


class Counted(Struct, frozen=True):
    """An entry of the audit: `times` such refusals since the entry before it."""

    refused: Refused
    times: int = 1


class Refusals:
    """The first refusal of its kind is told at once, further ones once a minute as a number."""

    def __init__(self) -> None:
        self._since = 0
        self._told: dict[Refused, int] = {}  # how many since it was told last

    def refused(self, refused: Refused, now: int) -> list[Counted]:
        """Note one; the entries to write now."""
        due = self.due(now)
        if refused not in self._told and len(self._told) >= MOST_KINDS:
            refused = Refused(Actor(UNKNOWN, "", OTHERS), refused.why)
        if refused in self._told:
            self._told[refused] += 1
            return due
        self._told[refused] = 0
        return [*due, Counted(refused)]

    def due(self, now: int) -> list[Counted]:
        """What was counted and not told, once the minute is over."""
        if now - self._since < EVERY_MS:
            return []
        counted = [Counted(each, times) for each, times in self._told.items() if times]
        self._since, self._told = now, {}
        return counted
