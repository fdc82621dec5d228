"""What a caller who waits has been through: earlier queues of the same call, earlier calls of the same token. Pure."""

from collections.abc import Callable

from msgspec import Struct

from dashboards.callers.stays import Call, Stay, Stays

MOST_BEFORE = 8
_TOKEN_SHOWN = 8


class Before(Struct, frozen=True, omit_defaults=True):
    """An earlier stay of the same call. Without `queue` it was in one whose callers are not listed to the reader, and
    nothing else is told of it.
    """

    queue: str = ""
    outcome: str = ""
    arrived_at: int | None = None
    wait_ms: int | None = None


class Story(Struct, frozen=True, omit_defaults=True):
    """`caller`: the end of the token, "" if the platform does not say who calls. `rang_today`: calls of this token since the
    queue's business day began, this one included; None if nobody can know. `hung_up_at`: when the same token last gave up
    a wait that was not short, today, before this call. `sent_from`: the queue from which the call was sent on.
    """

    caller: str = ""
    rang_today: int | None = None
    hung_up_at: int | None = None
    missed_offers: int = 0
    is_call_back: bool = False
    stays_before: int = 0
    waited_before_ms: int | None = (
        None  # in all stays before; None: none, or some wait is not known or not told
    )
    sent_from: str = ""
    before: tuple[Before, ...] = ()  # the newest MOST_BEFORE, in order of arrival


def shown_token(caller: str) -> str:
    """Enough of a token to tell callers of a day apart, and too little to look anybody up."""
    return caller[-_TOKEN_SHOWN:]


def story(
    stays: Stays, stay: Stay, day_began_at: int | None, may_tell: Callable[[str], bool]
) -> Story:
    """`may_tell(queue)`: whether callers of that queue are listed to the reader."""
    earlier = [each for each in stays.of_call(stay) if each.arrived_at < stay.arrived_at]
    told = all(may_tell(each.queue) for each in earlier)
    waits = [each.wait_ms for each in earlier]
    known = [wait for wait in waits if wait is not None]
    last = earlier[-1] if earlier else None
    is_sent = last is not None and is_sent_on(last) and may_tell(last.queue)
    return Story(
        caller=shown_token(stay.caller),
        rang_today=rang_since(stays, stay, day_began_at),
        hung_up_at=_hung_up(stays, stay, day_began_at),
        missed_offers=stay.missed_offers,
        is_call_back=stay.channel == "callback",
        stays_before=len(earlier),
        waited_before_ms=sum(known) if earlier and told and len(known) == len(waits) else None,
        sent_from=last.queue if last is not None and is_sent else "",
        before=tuple(
            Before(each.queue, each.outcome, each.arrived_at, each.wait_ms)
            if may_tell(each.queue)
            else Before()
            for each in earlier[-MOST_BEFORE:]
        ),
    )


def is_sent_on(stay: Stay) -> bool:
    """Whether the caller left that queue for another one: by an agent, or unanswered by a rule."""
    if stay.outcome == "answered":
        return stay.reason == "transfer"
    return stay.outcome in {"transferred", "exited"}


def rang_since(stays: Stays, stay: Stay, began_at: int | None) -> int | None:
    """How many calls of the stay's caller began at or after `began_at`, up to this one; None if nobody can know."""
    since = stays.known_since
    if not stay.caller or began_at is None or since is None or since > began_at:
        return None
    first: dict[Call, int] = {}
    for each in stays.of_caller(stay.caller):
        if each.is_call_in:
            first.setdefault(each.call, each.arrived_at)
    return sum(began_at <= at <= stay.arrived_at for at in first.values())


def _hung_up(stays: Stays, stay: Stay, began_at: int | None) -> int | None:
    """Of another call than this one: who was sent on did not come back."""
    if began_at is None:
        return None
    gave_up = [
        each.left_at
        for each in stays.of_caller(stay.caller)
        if each.outcome == "abandoned"
        and each.is_call_in
        and not each.short
        and each.call != stay.call
        and each.left_at is not None
        and began_at <= each.left_at <= stay.arrived_at
    ]
    return max(gave_up, default=None)
