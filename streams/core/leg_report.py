"""What rules across queues are told of a leg (topic `reports`)."""

from typing import NamedTuple

from schemas.reports import Report
from streams.core.leg import Leg, arrival, key_of


class Reported(NamedTuple):
    """What calls of a queue ever told: topic and area, and with them a caller."""

    topics: bool = False
    callers: bool = False


NOTHING_REPORTED = Reported()


def leg_report(queue: str, leg: Leg) -> Report | None:
    """None for a leg without topic, area or known arrival, and for one that is not inbound."""
    at = arrival(leg)
    if not leg.topic or not leg.area or at is None or leg.direction != "inbound":
        return None
    return Report(queue, key_of(leg), leg.topic, leg.area, at, leg.caller, leg.replay)
