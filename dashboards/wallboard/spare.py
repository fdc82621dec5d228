"""Who shares whose agents, and where agents are free who could help: told from the roster. Pure.

An agent of several queues stands in the figures of each of them; so queues with the very same agents say so.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec.structs import replace

from dashboards.wallboard.freshness import MOVING
from dashboards.wallboard.page import Row, Spare
from schemas.agents import RosterEntry, state_in_any


def with_neighbours(rows: Sequence[Row], roster: Iterable[RosterEntry]) -> tuple[Row, ...]:
    """The rows with `shared_with`, and with `spare` where people are to look at the queue."""
    serving: dict[str, set[str]] = {}
    free: dict[str, set[str]] = {}
    for person in roster:
        for queue in person.queues:
            state = state_in_any(person, (queue,))
            if state is None or state == "logged_out":
                continue
            serving.setdefault(queue, set()).add(person.agent)
            if state == "available":
                free.setdefault(queue, set()).add(person.agent)
    pools: dict[frozenset[str], list[str]] = {}
    for row in rows:
        if row.agents is not None and (people := serving.get(row.queue)):
            pools.setdefault(frozenset(people), []).append(row.queue)
    helpers = _who_could_help(rows, free)
    twins = {queue: sorted(of_it) for of_it in pools.values() for queue in of_it if len(of_it) > 1}
    return tuple(
        replace(
            row,
            shared_with=tuple(each for each in twins.get(row.queue, ()) if each != row.queue),
            spare=_spare(row, helpers, serving.get(row.queue, set())),
        )
        for row in rows
    )


Helpers = Mapping[str, Sequence[tuple[Row, AbstractSet[str]]]]


def _who_could_help(rows: Sequence[Row], free: Mapping[str, AbstractSet[str]]) -> Helpers:
    """By department: queues in which nobody waits, with who is free there. Found once: on a bad day many rows ask for them."""
    found: dict[str, list[tuple[Row, AbstractSet[str]]]] = {}
    for row in rows:
        if row.condition in MOVING and row.waiting == 0 and (idle := free.get(row.queue)):
            found.setdefault(row.department_id, []).append((row, idle))
    return found


def _spare(row: Row, could_help: Helpers, serving: AbstractSet[str]) -> Spare | None:
    """The queue of the same centre, else of the same department, that has most agents free for it."""
    if row.sign.level not in {"act", "watch"} or not row.waiting:
        return None
    found = [
        (other.centre_id == row.centre_id, helpers, other)
        for other, idle in could_help.get(row.department_id, ())
        if (helpers := len(idle - serving))
    ]
    if not found:
        return None
    _, helpers, best = max(found, key=lambda each: (each[0], each[1], each[2].queue))
    return Spare(best.queue, best.name, helpers)
