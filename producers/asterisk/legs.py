"""One leg as recorded in queue_log, and its events. Pure."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from msgspec import Struct, field

from producers.asterisk.verbs import Leaving
from schemas import calls
from schemas.calls import FinishedLeg, LegFact, Token
from schemas.millis import SECOND


class QueueLeg(Struct, omit_defaults=True):
    """Times in milliseconds. `offers`: "time agent" -> True if missed, False if cancelled."""

    callid: str  # the id in its next lines; an attended transfer changes it
    queue: str
    leg_id: str  # made at its entry and never changed: the live feed has sent it by then
    entered_at: int
    contact: str = ""
    caller: Token = ""
    offers: dict[str, bool] = field(default_factory=dict)
    answered_at: int | None = None
    agent: str = ""
    wait_ms: int | None = None
    outcome: Leaving | None = None
    reason: Any = ""
    left_at: int = 0
    ended_at: int | None = None
    ended_by: Any = "unknown"
    talk_ms: int | None = None
    restarted: bool = False  # in the live feed the mark `restarted` ends it
    told: int = 0  # number of events that a growing log has given already
    position: int = 0  # in line at its entry, from 1; 0: not told

    @property
    def is_waiting(self) -> bool:
        return self.answered_at is None and self.outcome is None

    def offer(self, at: int, agent: str, *, missed: bool) -> None:
        """At most one offer an agent and second; the first line counts, as it may have been sent."""
        self.offers.setdefault(f"{at} {agent}", missed)

    def answer(self, at: int, agent: str, wait_ms: int | None) -> None:
        """The first answer counts."""
        if self.answered_at is None:
            self.answered_at, self.agent, self.wait_ms = at, agent, wait_ms

    def leave(self, outcome: Leaving, reason: str, at: int, wait_ms: int | None) -> None:
        self.outcome, self.reason, self.left_at, self.wait_ms = outcome, reason, at, wait_ms

    def end(self, at: int, by: str, talk_ms: int | None) -> None:
        self.ended_at, self.ended_by, self.talk_ms = at, by, talk_ms

    def events(self, source: str, told: int = 0) -> Iterator[LegFact]:
        """Live events, in order, without the first `told`; for an open leg as far as the log goes.

        Later lines only add events at the end, so the number of events given is enough to continue.
        """
        if self.outcome == "rejected":
            if told == 0:
                yield calls.Rejected(
                    reason=self.reason,
                    caller=self.caller,
                    **self._named(source, "rejected", self.left_at),
                )
            return
        if told == 0:
            yield calls.Queued(
                caller=self.caller,
                position=self.position,
                **self._named(source, "queued", self.entered_at),
            )
        offers = enumerate(self.offers.items(), 1)
        for number, (key, missed) in islice(offers, max(0, told - 1), None):
            yield self._offer(source, key, number, missed=missed)
        yield from islice(self._ends(source), max(0, told - 1 - len(self.offers)), None)

    def new_events(self, source: str) -> list[LegFact]:
        """The events that are new since the last call."""
        events = list(self.events(source, self.told))
        self.told += len(events)
        return events

    def finished(self, source: str, *, goes_on: bool = False) -> FinishedLeg:
        """The whole leg in one event of the history feed; it was answered or has left.

        `goes_on`: the log ended before its conversation did.
        """
        answered = self.answered_at is not None
        at = self.answered_at if self.answered_at is not None else self.left_at
        ended_at, talk_ms = self.ended_at, self.talk_ms
        if self.answered_at is not None and ended_at is not None and talk_ms is not None:
            told_end = self.answered_at + talk_ms
            # The machine's clock was put in between: the conversation is what Asterisk measured, as it is live.
            ended_at = told_end if abs(told_end - ended_at) > SECOND else ended_at
        return FinishedLeg(
            feed="history",
            goes_on=goes_on,
            outcome="answered" if answered else self.outcome or "dropped",
            reason="" if answered else self.reason,
            arrived_at=self.entered_at,
            answered_at=self.answered_at,
            left_at=at,
            ended_at=ended_at,
            wait_ms=self.wait_ms,
            agent=self.agent,
            caller=self.caller,
            missed_offers=sum(self.offers.values()),
            **self._named(source, "leg", at),
        )

    def _offer(self, source: str, key: str, number: int, *, missed: bool) -> LegFact:
        second, _, agent = key.partition(" ")
        at = int(second)
        if missed:
            named = self._named(source, "offer_missed", at, f":{number}")
            return calls.OfferMissed(agent=agent, **named)
        named = self._named(source, "offer_cancelled", at, f":{number}")
        return calls.OfferCancelled(agent=agent, **named)

    def _ends(self, source: str) -> Iterator[LegFact]:
        if self.answered_at is not None:
            yield calls.Answered(
                agent=self.agent,
                wait_ms=self.wait_ms,
                **self._named(source, "answered", self.answered_at),
            )
        if self.ended_at is not None:
            yield calls.Ended(
                by=self.ended_by,
                talk_ms=self.talk_ms,
                **self._named(source, "ended", self.ended_at),
            )
        if self.outcome is not None and not self.restarted:
            yield self._exit(source)

    def _exit(self, source: str) -> LegFact:
        if self.outcome == "abandoned":
            return calls.Abandoned(
                wait_ms=self.wait_ms, **self._named(source, "abandoned", self.left_at)
            )
        if self.outcome == "exited":
            return calls.Exited(
                reason=self.reason,
                wait_ms=self.wait_ms,
                **self._named(source, "exited", self.left_at),
            )
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
            "visit_at": self.entered_at,
            "contact_id": self.contact or self.callid,
        }
