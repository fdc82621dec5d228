"""Who is told next of a page that nobody acknowledges: the chain of `escalate_to`, then everybody. Pure."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from schemas.millis import format_duration
from schemas.owners import EVERYBODY, OF_QUEUEWATCH, Owner


class Step(Struct, frozen=True):
    """These owners are told `after_ms` after those of the step before."""

    after_ms: int
    to: tuple[str, ...]


def told_first(owner: str, owners: Mapping[str, Owner]) -> str:
    """Who is told of the alerts of `owner`, as the routes have it; "" if nobody is declared for them."""
    for name in (owner, OF_QUEUEWATCH):
        if name in owners:
            return name
    return ""


def steps(owner: str, owners: Mapping[str, Owner]) -> tuple[Step, ...]:
    """What follows on telling `owner`; the last step tells all who were not told, if there are any."""
    at = told_first(owner, owners)
    told, found, after_ms = [at], [], 0
    while at and owners[at].table.escalate_to:
        table = owners[at].table
        after_ms, at = int(table.escalate_after or 0), table.escalate_to
        if at == EVERYBODY:
            break
        told.append(at)
        found.append(Step(after_ms, (at,)))
    others = tuple(name for name in owners if name not in told)
    if after_ms and others:
        found.append(Step(after_ms, others))
    return tuple(found)


def chains(owners: Mapping[str, Owner]) -> Iterator[str]:
    """Each chain in words, a line each: `duty: then lead after 10m, then ops, night after 10m`."""
    for name in owners:
        if found := steps(name, owners):
            told = (f"then {', '.join(step.to)} after {format_duration(step.after_ms)}" for step in found)  # fmt: skip
            yield f"{name}: {', '.join(told)}"
