"""Which calls of a place are judged together: those of nodes that are heard for long enough.

A platform that is connected while others are watched has places of which nothing is known: nobody called about them before, for
nobody listened. That silence says nothing, and each of its busy places would look like an incident. So calls of a new node have a first
hour (streams.core.incident_first_hour) that begins when the node is heard first, also where queue and place are known.
"""

from collections.abc import Iterable
from typing import NamedTuple

from schemas.millis import HOUR
from streams.core.decider import HeardSince
from streams.core.incident_queue import LEARNED_HOURS


class Part(NamedTuple):
    """Calls of these nodes; `watched_from`: nothing is known of them before, None: it is known what is ordinary."""

    nodes: frozenset[str]
    watched_from: int | None


def parts(
    nodes: Iterable[str], watched_from: int | None, heard_since: HeardSince, ended: int
) -> list[Part]:
    """At least one. `watched_from` is that of their queues; the hours up to `ended` are counted."""
    found = frozenset(nodes)
    heard = {node: heard_since(node) for node in found}
    new = {
        node: since
        for node, since in heard.items()
        if since is not None and ended - since < LEARNED_HOURS * HOUR
    }
    known = found - new.keys()
    parts = [Part(known, watched_from)] if known or not found else []
    for begin in sorted({max(since, watched_from or 0) for since in new.values()}):
        joined = {node for node, since in new.items() if since <= begin}
        parts.append(Part(known | joined, begin))
    return parts
