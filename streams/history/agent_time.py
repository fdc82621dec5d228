"""Time of agents by state, from their spells, cut to a range. Pure.

A spell is of a person, so an agent of three queues is in each of them with all of his time, and once in a group of them.
"""

from collections.abc import Mapping

from msgspec import Struct

BUSY = ("ringing", "talking", "hold", "wrap")
AVAILABLE = "available"
AWAY = ("not_ready", "unreachable")  # signed in, and takes no calls


class AgentTime(Struct, frozen=True):
    """`ms` by state; of `not_ready` also by reason, "" where the platform gave none."""

    agents: int
    ms: Mapping[str, int]
    not_ready_ms: Mapping[str, int]

    @property
    def busy_ms(self) -> int:
        return sum(self.ms.get(state, 0) for state in BUSY)

    @property
    def available_ms(self) -> int:
        return self.ms.get(AVAILABLE, 0)

    @property
    def ready_ms(self) -> int:
        """Able to take calls: with calls and their wrap-up, or available for them. Breaks are not in it."""
        return self.busy_ms + self.available_ms

    @property
    def away_ms(self) -> int:
        return sum(self.ms.get(state, 0) for state in AWAY)

    @property
    def signed_in_ms(self) -> int:
        return self.ready_ms + self.away_ms

    @property
    def occupancy(self) -> float | None:
        return self.busy_ms / self.ready_ms if self.ready_ms else None

    @property
    def shrinkage(self) -> float | None:
        return self.away_ms / self.signed_in_ms if self.signed_in_ms else None
