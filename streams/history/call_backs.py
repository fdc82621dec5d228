"""Which call back belongs to which request, and what became of the contacts that asked. Pure.

A request is a leg that ended with outcome `callback`; an attempt is a leg of channel `callback`. An attempt
belongs to a request by contact id, else by caller and queue where one request alone fits: a guess would
say that somebody was rung back who was not.
"""

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from msgspec import Struct, field

from schemas.millis import DAY

# How long after the request an attempt may arrive: a week has every day on which a queue is open.
MATCHED_WITHIN_MS = 7 * DAY
_NEVER = 2**62


class CallLeg(NamedTuple):
    """A request, an attempt, or both: a call back whose customer asked to be rung later."""

    queue: str
    contact_id: str
    caller: str
    channel: str
    direction: str
    outcome: str
    arrived_at: int
    left_at: int | None
    wait_ms: int | None  # None: still open, or nobody told when it left the queue
    out_of_hours: bool

    def is_request(self) -> bool:
        return self.outcome == "callback" and self.direction == "inbound"

    def is_attempt(self) -> bool:
        return self.channel == "callback"

    def over_at(self) -> int:
        """When it left the queue; what is still open comes after all that is not."""
        return _NEVER if self.left_at is None else self.left_at


class Request(Struct):
    """A contact that asked, once; asked again before it was reached, it is the same request."""

    leg: CallLeg  # with which it asked first
    asked_at: int  # for the last time
    attempts: list[CallLeg] = field(default_factory=list)
    reached_at: int | None = None

    def is_known(self) -> bool:
        """Whether an attempt could be told to be its own: else nobody knows what became of it."""
        return bool(self.leg.contact_id or self.leg.caller)

    def is_open(self) -> bool:
        if not self.is_known() or self.reached_at is not None:
            return False
        return not self.attempts or any(each.left_at is None for each in self.attempts)

    def time_to_reach_ms(self) -> int | None:
        """From the first request; None if it was not reached, or nobody told when it asked."""
        asked_at = self.leg.left_at
        if self.reached_at is None or asked_at is None or self.leg.wait_ms is None:
            return None
        return self.reached_at - asked_at


class CallBacks:
    """What the legs say. `repeats` are legs that asked again, `unmatched` the attempts that belong to no
    request, or to one of several.
    """

    def __init__(self, legs: Iterable[CallLeg]) -> None:
        self.requests: list[Request] = []
        self.repeats: list[CallLeg] = []
        self.unmatched: list[CallLeg] = []
        self._newest: dict[Hashable, Request] = {}  # by contact id, or by queue and caller
        self._of_contact: dict[str, list[Request]] = {}
        self._of_caller: dict[tuple[str, str], list[Request]] = {}
        for leg in sorted(legs, key=_place):
            if leg.is_attempt():
                self._attempt(leg)
            if leg.is_request():
                self._request(leg)

    def _request(self, leg: CallLeg) -> None:
        asked_at, key = leg.over_at(), _identity(leg)
        former = self._newest.get(key) if key is not None else None
        if former is not None and former.reached_at is None and _is_near(former, asked_at):
            former.asked_at = asked_at
            self.repeats.append(leg)
            return
        request = Request(leg, asked_at)
        self.requests.append(request)
        if key is not None:
            self._newest[key] = request
        if leg.contact_id:
            self._of_contact.setdefault(leg.contact_id, []).append(request)
        if leg.caller:
            self._of_caller.setdefault((leg.queue, leg.caller), []).append(request)

    def _attempt(self, leg: CallLeg) -> None:
        request = self._request_of(leg)
        if request is None:
            self.unmatched.append(leg)
            return
        request.attempts.append(leg)
        if leg.outcome == "answered" and request.reached_at is None:
            request.reached_at = leg.over_at()

    def _request_of(self, leg: CallLeg) -> Request | None:
        of_contact = self._of_contact.get(leg.contact_id, ())
        of_caller = self._of_caller.get((leg.queue, leg.caller), ())
        named = [each for each in of_contact if _may_be_of(leg, each)]
        if named:
            return named[-1]
        fitting = [each for each in of_caller if each.reached_at is None and _may_be_of(leg, each)]
        return fitting[0] if len(fitting) == 1 else None


def _place(leg: CallLeg) -> tuple[int, bool, int, str, str]:
    """By when it was over. A call back whose customer asks again is an attempt of the request before it."""
    return leg.over_at(), leg.is_request(), leg.arrived_at, leg.queue, leg.contact_id


def _identity(leg: CallLeg) -> Hashable:
    """What says that two requests are of one contact; None: nothing does."""
    if leg.contact_id:
        return leg.contact_id
    return (leg.queue, leg.caller) if leg.caller else None


def _may_be_of(attempt: CallLeg, request: Request) -> bool:
    """A platform may tell the first arrival as that of the call back, so it may lie before the request."""
    return request.leg.arrived_at <= attempt.arrived_at and _is_near(request, attempt.arrived_at)


def _is_near(request: Request, at: int) -> bool:
    return at - request.asked_at <= MATCHED_WITHIN_MS
