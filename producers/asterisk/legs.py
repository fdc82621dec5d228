"""One stay of a call in a queue as queue_log tells it, and as our events. Pure."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from producers.asterisk.verbs import Leaving
from schemas import calls
from schemas.calls import FinishedLeg, LegFact


class QueueLeg(Struct):
    """Times in milliseconds. `offers`: (at, agent) -> missed, or cancelled without fault."""

    callid: str
    queue: str
    entry: int  # the same call may enter the same queue again
    entered_at: int
    contact: str = ""
    caller: str = ""
    offers: dict[tuple[int, str], bool] = field(default_factory=dict)
    answered_at: int | None = None
    agent: str = ""
    wait_ms: int | None = None
    outcome: Leaving | None = None
    reason: Any = ""
    left_at: int = 0
    ended_at: int | None = None
    ended_by: Any = "unknown"
    talk_ms: int | None = None
    restarted: bool = False  # the mark ends it in the live feed

    @property
    def leg_id(self) -> str:
        return f"{self.callid}/{self.queue}/{self.entry}"

    @property
    def is_waiting(self) -> bool:
        return self.answered_at is None and self.outcome is None

    def answer(self, at: int, agent: str, wait_ms: int | None) -> None:
        """The first answer counts."""
        if self.answered_at is None:
            self.answered_at, self.agent, self.wait_ms = at, agent, wait_ms

    def leave(self, outcome: Leaving, reason: str, at: int, wait_ms: int | None) -> None:
        self.outcome, self.reason, self.left_at, self.wait_ms = outcome, reason, at, wait_ms

    def end(self, at: int, by: str, talk_ms: int | None) -> None:
        self.ended_at, self.ended_by, self.talk_ms = at, by, talk_ms

    def events(self, source: str) -> Iterator[LegFact]:
        """Live events, in order; those of a leg that is still open end where the log ends."""
        yield calls.Queued(caller=self.caller, **self._named(source, "queued", self.entered_at))
        for number, ((at, agent), missed) in enumerate(self.offers.items(), 1):
            kind, name = (
                (calls.OfferMissed, "offer_missed")
                if missed
                else (calls.OfferCancelled, "offer_cancelled")
            )
            yield kind(agent=agent, **self._named(source, name, at, f":{number}"))
        if self.answered_at is not None:
            yield calls.Answered(
                agent=self.agent, wait_ms=self.wait_ms,
                **self._named(source, "answered", self.answered_at),
            )  # fmt: skip
        if self.ended_at is not None:
            yield calls.Ended(
                by=self.ended_by,
                talk_ms=self.talk_ms,
                **self._named(source, "ended", self.ended_at),
            )
        if self.outcome is not None and not self.restarted:
            yield self._exit(source)

    def finished(self, source: str) -> FinishedLeg:
        """The whole leg in one event of the history feed; it was answered or has left."""
        answered = self.answered_at is not None
        at = self.answered_at if self.answered_at is not None else self.left_at
        return FinishedLeg(
            feed="history",
            outcome="answered" if answered else self.outcome or "dropped",
            reason="" if answered else self.reason,
            arrived_at=self.entered_at,
            answered_at=self.answered_at,
            left_at=at,
            ended_at=self.ended_at,
            wait_ms=self.wait_ms,
            agent=self.agent,
            caller=self.caller,
            missed_offers=sum(self.offers.values()),
            **self._named(source, "leg", at),
        )

    def _exit(self, source: str) -> LegFact:
        if self.outcome == "abandoned":
            return calls.Abandoned(
                wait_ms=self.wait_ms, **self._named(source, "abandoned", self.left_at)
            )
        if self.outcome == "exited":
            return calls.Exited(
                reason=self.reason, wait_ms=self.wait_ms,
                **self._named(source, "exited", self.left_at),
            )  # fmt: skip
        return calls.Dropped(
            reason=self.reason, wait_ms=self.wait_ms, **self._named(source, "dropped", self.left_at)
        )

    def _named(self, source: str, kind: str, at: int, ordinal: str = "") -> dict[str, Any]:
        return {
            "event_id": f"{self.leg_id}:{kind}:{at}{ordinal}",
            "at": at,
            "source": source,
            "queue": self.queue,
            "leg_id": self.leg_id,
            "contact_id": self.contact or self.callid,
        }
