"""The waits of a contact, leg by leg. Pure."""

from msgspec import Struct

from streams.history.report import Record, Row


class Journey(Struct, frozen=True):
    """How long a contact has waited so far. An unknown wait counted as 0 would make a short journey of it."""

    known_ms: int = 0
    unknown: int = 0  # inbound legs whose wait nobody knows

    def after(self, leg: Record) -> "Journey":
        """The journey with one leg more. Who was refused did not wait; the wait of a ghost is a cap of ours."""
        if leg["direction"] != "inbound" or leg["outcome"] == "rejected":
            return self
        if leg["wait_ms"] is None or leg["outcome"] == "ghost":
            return Journey(self.known_ms, self.unknown + 1)
        return Journey(self.known_ms + leg["wait_ms"], self.unknown)

    def figures(self) -> Row:
        least_s = self.known_ms / 1000
        return {
            "journey_wait_s": None if self.unknown else least_s,
            "journey_wait_at_least_s": least_s,
        }

    def words(self) -> str:
        if not self.unknown:
            return f"waited {self.known_ms / 1000:g} s in all"
        waits = "one wait is" if self.unknown == 1 else f"{self.unknown} waits are"
        return f"waited at least {self.known_ms / 1000:g} s: {waits} not known"
