"""The stays of one caller in several queues, as one journey: where she waits now, and where she was sent on from.

Rule 1: a journey is looked at as of a moment. What is known to happen later has not happened yet, so it does not
matter which queue was read first.
"""

from typing import NamedTuple

from msgspec import Struct

from schemas.identity import LegKey
from schemas.millis import DAY, HOUR, LATEST, MINUTE
from schemas.reports import Stay

FOLLOWS_WITHIN_MS = (
    15 * MINUTE
)  # who comes to a queue so long after she was sent on came by herself
KEPT_MS = 2 * HOUR  # after she was sent on: she may talk to an agent, and be sent on again
OPEN_FOR_MS = DAY  # nobody waits for longer: her end was lost

Contact = tuple[str, str]  # node and contact


class Stop(NamedTuple):
    """Stays in one queue that follow each other: a queue that takes a caller back at once is one stop."""

    queue: str
    waited_ms: int


class Journey(Struct, gc=False):
    """`stays` in order of arrival. One that was neither sent on nor goes on is left out."""

    stays: list[Stay] = []

    def tell(self, stay: Stay) -> None:
        """A stay that is told again replaces itself."""
        if len(self.stays) == 1 and _is_same(self.stays[0], stay):  # nearly always
            self.stays = [] if stay.taken_back else [stay]
            return
        others = [each for each in self.stays if not _is_same(each, stay)]
        if not stay.taken_back:
            others.append(stay)
        if len(others) > 1:
            others.sort(key=_order)
        self.stays = others

    def forget(self, at: int) -> None:
        """Forget what no moment from `at` on can need."""
        self.stays = [each for each in self.stays if matters_until(each) > at]

    def forget_from(self) -> int:
        """When there is something to forget."""
        return min(map(matters_until, self.stays), default=LATEST)

    def waits_from(self, at: int) -> int | None:
        """The first moment, `at` or later, at which she may wait in a queue after she was sent on; None where none is known."""
        moments = []
        for stay in self.stays:
            left_at = stay.left_at
            if left_at is not None and left_at < at:
                continue
            ways = [each.sent_on_at for each in self.stays if each.sent_on_at is not None and each.at <= stay.at]  # fmt: skip
            if ways:
                moment = max(at, stay.at + 1, min(ways) + 1)
                if left_at is None or moment <= left_at:
                    moments.append(moment)
        return min(moments, default=None)

    def waits(self, at: int) -> list[Stay]:
        """The stays in which she waits at that moment: as a rule one, or none."""
        return [each for each in self.stays if _waits(each, at)]

    def stops(self, present: Stay, at: int) -> list[Stop]:
        """Where she has waited up to `at`, the present queue last. Talks and ways between are in no wait."""
        found, came = [Stop(present.queue, at - present.at)], present.at
        for stay in reversed(self.stays):
            if stay.at > present.at or not _was_sent_on(stay, at):
                continue
            if came - (stay.sent_on_at or 0) > FOLLOWS_WITHIN_MS:
                break
            # She waits once, though a platform may put her into the next queue before it takes her out of this one.
            first, waited_ms = found[0], min(stay.waited_ms or 0, came - stay.at)
            if first.queue == stay.queue:
                found[0] = Stop(first.queue, first.waited_ms + waited_ms)
            else:
                found.insert(0, Stop(stay.queue, waited_ms))
            came = stay.at
        return found


def contact_of(stay: Stay) -> Contact:
    return stay.leg[1], stay.contact


def _is_same(stay: Stay, other: Stay) -> bool:
    return stay.leg == other.leg and stay.queue == other.queue


def _order(stay: Stay) -> tuple[int, str, LegKey]:
    return stay.at, stay.queue, stay.leg


def _waits(stay: Stay, at: int) -> bool:
    return stay.at < at and (stay.left_at is None or stay.left_at >= at)


def _was_sent_on(stay: Stay, at: int) -> bool:
    return stay.sent_on_at is not None and stay.sent_on_at < at


def matters_until(stay: Stay) -> int:
    """From this moment on it does not matter any more."""
    if stay.left_at is None:
        return stay.at + OPEN_FOR_MS
    sent_on_at = stay.sent_on_at
    return max(stay.left_at + 1, 0 if sent_on_at is None else sent_on_at + KEPT_MS)
