"""Which steps of an escalation are due, and the alert as those see it who are told further on. Pure.

A step is a record of topic `commands` (`Notified`): it is counted from the one before, so a restart neither
repeats nor loses one, and a changed queues.toml takes nothing back. To Alertmanager each further owner has an alert
of his own, with the same labels but his name and the step, so that routes by owner need not know of it. It goes on with its alert,
also when somebody has it: one that ended then would say "over" of what is not over. It is quiet meanwhile, for the silence of
an acknowledgement or a mute is of rule and queue, whoever is told.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from schemas.alerts import Alert
from schemas.commands import LONGEST_NOTE, Notified, told_said
from schemas.commands_book import CommandsBook
from schemas.escalation import Step, steps, told_first
from schemas.owners import Owner
from streams.sinks.alertmanager.decide import Known

WHO = "notify"
Reached = (
    frozenset[str] | None
)  # the owners who get what is posted; None: all, by the routes of Alertmanager


def due(
    alerts: Iterable[Known],
    book: CommandsBook,
    owners: Mapping[str, Owner],
    now: int,
    reached: Reached = None,
) -> list[Notified]:
    """The steps that are due, as records to write; also those whose successor is another one since queues.toml changed."""
    found = (
        _due(known.alert, book, owners, now, reached) for known in alerts if _may_escalate(known)
    )
    return [step for step in found if step is not None]


class Further(NamedTuple):
    """The alert as a further owner is told of it: the number of his step, and who was told first while nobody has it."""

    alert: Alert
    step: int
    told_first: str


def copies(alert: Alert, book: CommandsBook) -> Iterator[Further]:
    notified = book.notified(alert)
    is_open = alert.state == "firing" and book.acknowledged(alert) is None
    told = notified[0].told if notified and is_open else ()
    first = told[0] if told else ""
    for each in notified:
        for owner in each.to if each.step else ():
            yield Further(replace(alert, owner=owner), each.step, first)


def _may_escalate(known: Known) -> bool:
    """Only what people were told: Alertmanager has it, and it wakes somebody. Not while it is calm: nobody more is woken for
    what is about to end.
    """
    alert = known.alert
    is_told = known.posted is not None and known.posted.state == "firing"
    wakes = alert.severity == "page" and not alert.replay and not alert.calm
    return alert.state == "firing" and wakes and is_told


def _due(
    alert: Alert, book: CommandsBook, owners: Mapping[str, Owner], now: int, reached: Reached
) -> Notified | None:
    if book.why_quiet(alert, now):
        return None
    chain, notified = steps(alert.owner, owners), book.notified(alert)
    if not notified:
        first = told_first(alert.owner, owners)
        return _notified(alert, 0, (first,), chain, now, reached) if chain else None
    last = notified[-1]
    told = {owner for each in notified for owner in each.to}
    # Not by the number of the step: the file may have changed since, and nobody is told twice or passed over.
    left = [step for step in chain if not told.issuperset(step.to)]
    following = _following(left)
    if (last.next_to, last.next_after_ms) != following:
        return replace(last, next_to=following[0], next_after_ms=following[1])
    at = book.next_step_at(alert)
    # Nobody waits for those whom nothing reaches.
    nobody = reached is not None and reached.isdisjoint(last.to)
    if at is None or (now < at and not nobody):
        return None
    to = tuple(owner for owner in left[0].to if owner not in told)
    return _notified(alert, last.step + 1, to, left[1:], now, reached)


def _notified(
    alert: Alert, step: int, to: tuple[str, ...], left: Iterable[Step], now: int, reached: Reached
) -> Notified:
    """Whom the way in use does not reach is not said to be told; the chain goes on all the same."""
    next_to, next_after_ms = _following(list(left))
    untold = () if reached is None else tuple(owner for owner in to if owner not in reached)
    taken = Notified(
        who=WHO, at=now, alert_id=alert.alert_id, owner=alert.owner, step=step, to=to,
        next_to=next_to, next_after_ms=next_after_ms, untold=untold,
    )  # fmt: skip
    return replace(taken, note=f"step {step}: {told_said(taken)}"[:LONGEST_NOTE])


def _following(left: list[Step]) -> tuple[tuple[str, ...], int]:
    return (left[0].to, left[0].after_ms) if left else ((), 0)
