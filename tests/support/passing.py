"""Stays of callers who are sent from queue to queue, and what the real ReportsUnit says of them.

desk = PassingDesk()
desk.say(stay("ada", "meters", "09:00", "09:05", on="09:05"))
desk.pass_to("09:20")
"""

from typing import Any

import msgspec

from schemas.identity import leg_key
from schemas.millis import MINUTE
from schemas.reports import Stay
from schemas.targets import Targets, TargetsVersion
from streams.core.across.passed_around import PassedAroundDecider
from streams.core.rules.passed_around import PassedAroundTable
from tests.support.builders import NODE, clock, published, targets
from tests.support.reporting import Desk
from tests.support.ruled import ruled

METERS, ACCOUNTS, PAYING = "meters", "accounts", "billing"
NAMES = {METERS: "Meter readings", ACCOUNTS: "Accounts", PAYING: "Billing"}


def stay(
    contact: str,
    queue: str,
    at: str,
    left: str | None = None,
    *,
    on: str | None = None,
    leg: str = "",
    node: str = NODE,
    **more: Any,
) -> Stay:
    """A stay of this contact; it was sent `on` at that time, or not."""
    came, left_at = clock(at), None if left is None else clock(left)
    waited_ms = None if left_at is None else left_at - came
    key = leg_key(leg or f"{contact}/{queue}", node, 0)
    sent_on_at = None if on is None else clock(on)
    fields = {"left_at": left_at, "waited_ms": waited_ms, "sent_on_at": sent_on_at, **more}
    return Stay(queue, key, contact, came, **fields)


def followed(queue: str, table: PassedAroundTable | None = None, **more: Any) -> Targets:
    """A queue that has the rule."""
    given = {
        "name": NAMES.get(queue, queue),
        "owner": f"owner-of-{queue}",
        "department": "revenue",
        **more,
    }
    return targets(queue, alerts=ruled(table or PassedAroundTable()), **given)


def all_followed(table: PassedAroundTable | None = None, **more: Any) -> TargetsVersion:
    return published(*(followed(queue, table, **more) for queue in NAMES))


class PassingDesk(Desk):
    """A desk whose three queues have the rule."""

    def __init__(self, *versions: TargetsVersion) -> None:
        super().__init__(*(versions or (all_followed(),)))

    @property
    def passed_around(self) -> PassedAroundDecider:
        decider = self.unit.deciders["passed_around"]
        assert isinstance(decider, PassedAroundDecider)
        return decider

    def tell(self, *stays: Stay) -> "PassingDesk":
        """Each at the time of the last that it tells."""
        for each in stays:
            self.say(each, max(each.at, each.left_at or 0, each.sent_on_at or 0))
        return self

    def sent(self, contact: str, to: str = PAYING, minute: int = 0, **more: Any) -> "PassingDesk":
        """From 09:00 (and `minute`) on she waits for 5 minutes in each of the two others, then here."""
        first, second = (queue for queue in NAMES if queue != to)
        begin = clock("09:00") + minute * MINUTE
        for place, queue in enumerate((first, second)):
            came = begin + place * 5 * MINUTE
            left = came + 5 * MINUTE
            gone = stay(contact, queue, "00:00", **more)
            gone = msgspec.structs.replace(
                gone, at=came, left_at=left, waited_ms=left - came, sent_on_at=left
            )
            self.say(gone, left)
        here = stay(contact, to, "00:00", **more)
        self.say(msgspec.structs.replace(here, at=begin + 10 * MINUTE), begin + 10 * MINUTE)
        return self

    def lines(self) -> list[str]:
        return [f"{a.queue} {a.state} {a.n}" for a in self.alert_records()]
