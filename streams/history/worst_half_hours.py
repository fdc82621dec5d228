"""The table of consistency: groups with the least share of half hours that met the goal first, then sentences."""

from collections.abc import Sequence

from streams.history.report import ForPeople, Row
from streams.history.worst_first import without_calls


def most_missed_first(rows: Sequence[Row]) -> ForPeople:
    called = [row for row in rows if row["promised_calls"] or row["without_target"]]
    empty = [str(row["queue"]) for row in rows if row not in called]
    ordered = sorted(called, key=_badness)
    says = [str(row["says"]) for row in ordered if row.get("says")]
    return ForPeople(ordered, "\n".join([*says, *filter(None, (without_calls(empty),))]))


def _badness(row: Row) -> tuple[bool, float, str]:
    share = row.get("share_met")
    return share is None, 0.0 if share is None else float(share), str(row["queue"])
