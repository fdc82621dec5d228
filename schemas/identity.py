"""What tells one leg from another in its queue: the platform's id, the node, and the visit.

Platforms use an id again: a spreadsheet cuts it, a PBX counts anew after a restart, two nodes count alike, a
caller comes back to the queue in the same call. A leg that was only its id would be merged with another.

Rule 1: the node is the source. Sources that a former release named after a file, because nobody had named
them, are one node: the same call in two exports is one call.
Rule 2: the visit is the second in which this stay began, as it was told first: `visit_at` of an event, else
the arrival. It is `key_at` of a row, and never changes. In seconds, because one report of a platform has
milliseconds and the next one has not.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from schemas.millis import SECOND

LegKey = tuple[str, str, int]  # (platform's id, node, visit in seconds; 0: unknown), of one queue

# `send records` named its source `records:FILE` where no --source was given.
_NAMED_AFTER_A_FILE = "records:"
_THEIR_NODE = "records"
_MADE_BYTES = 12
_MADE = re.compile(rf"[0-9a-f]{{{2 * _MADE_BYTES}}}(-\d+)?")


@lru_cache(maxsize=4096)  # each look at a leg asks, and sources are few
def node_of(source: str) -> str:
    """The node by which legs of this source are told apart."""
    return _THEIR_NODE if source.startswith(_NAMED_AFTER_A_FILE) else source


def leg_key(leg_id: str, source: str, visit_at: int) -> LegKey:
    """`visit_at` in milliseconds; 0 if the platform tells none."""
    return leg_id, node_of(source), visit_at // SECOND


def made_id(words: Iterable[str]) -> str:
    """An id for a record without one, from what does not change in a later report."""
    return sha256("\0".join(words).encode()).digest()[:_MADE_BYTES].hex()


def is_made(leg_id: str) -> bool:
    """Whether the id was made of words (and an ordinal among records with the same ones)."""
    return _MADE.fullmatch(leg_id) is not None


def sql_node_of(column: str) -> str:
    """The same in SQL, for rows that were written before there was a column for it."""
    return f"if(startsWith({column}, '{_NAMED_AFTER_A_FILE}'), '{_THEIR_NODE}', {column})"
