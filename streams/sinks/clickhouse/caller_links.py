"""Which token a caller's token of before became when the key was changed, for the time that was named.

Rule 1: only tokens of calls that can still be joined with later ones are linked, not the whole archive.
Rule 2: a link is deleted after its time. Then nobody can join the two who has the archive alone.
Rule 3: a link is of a person as the tokens are: who is forgotten has none.
"""

from msgspec import Struct

from schemas.privacy import TokenKey, present_token
from schemas.tables import TABLES
from streams.sinks.clickhouse.database import Database, Reader, quoted
from streams.sinks.clickhouse.purge import wait_until_rewritten

_AT_ONCE = 50_000
# Of several links the newest: when a change broke off, the one before it leads to a key that was never used.
LINKS = "SELECT former, argMax(present, at_ms) AS present FROM caller_links GROUP BY former"


class Linked(Struct, frozen=True):
    """How many tokens were linked, and how many were not, for they are of a key that is not in the file."""

    linked: int
    of_other_keys: int


def link(database: Database, key: TokenKey, since: int, now: int, until: int) -> Linked:
    """Link the tokens of former keys in legs that arrived after `since` (ms) with those of `key`, until then."""
    tokens = [
        str(token)
        for (token,) in database.execute(
            f"SELECT DISTINCT caller FROM legs WHERE caller != '' AND arrived_at_ms >= {since}"
        ).rows
    ]
    known = [(token, new) for token in tokens if (new := present_token(key, token))]
    rows = [(token, new, now, until) for token, new in known if new != token]
    for start in range(0, len(rows), _AT_ONCE):
        database.insert("caller_links", TABLES["caller_links"], rows[start : start + _AT_ONCE])
    return Linked(len(rows), len(tokens) - len(known))


def unlink(reader: Reader, token: str) -> None:
    """Delete the links from and to a token."""
    _delete(reader, f"former = {quoted(token)} OR present = {quoted(token)}")


def delete_ended(reader: Reader, now: int) -> int:
    """Delete the links whose time is over; return how many."""
    return _delete(reader, f"until_ms < {now}")


def _delete(reader: Reader, which: str) -> int:
    rows = int(reader.execute(f"SELECT count() FROM caller_links WHERE {which}").rows[0][0])
    if rows:
        reader.execute(f"ALTER TABLE caller_links DELETE WHERE {which}")
        wait_until_rewritten(reader, "caller_links")
    return rows
