"""What incidents are told of a leg (topic `reports`), and what the calls of a queue tell at all."""

from typing import NamedTuple

from schemas.reports import Report
from streams.core.leg import Leg, arrival, key_of


class Reported(NamedTuple):
    """What calls of a queue ever told: topic and area, and with them a caller; the contact that they are part of."""

    topics: bool = False
    callers: bool = False
    contacts: bool = False

    def noted(self, leg: Leg) -> "Reported":
        """With what this leg tells."""
        if (self.callers or not leg.area) and (self.contacts or not leg.contact_id):
            return self  # nearly always: nothing new
        if leg.direction != "inbound" or arrival(leg) is None:
            return self
        topics = bool(leg.topic and leg.area)
        return Reported(
            self.topics or topics,
            self.callers or (topics and bool(leg.caller)),
            self.contacts or bool(leg.contact_id),
        )


NOTHING_REPORTED = Reported()


def leg_report(queue: str, leg: Leg) -> Report | None:
    """None for a leg without topic, area or known arrival, and for one that is not inbound."""
    at = arrival(leg)
    if not leg.topic or not leg.area or at is None or leg.direction != "inbound":
        return None
    return Report(queue, key_of(leg), leg.topic, leg.area, at, leg.caller, leg.replay)
