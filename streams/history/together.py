"""The figures of all queues together, of any number of rows: what papers show by period and by day, and publications of their period."""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.counters import Counts
from streams.history.counting_sql import counts_of
from streams.history.promises_kept import Kept, kept_of, shares
from streams.history.quarter_hours import COUNTERS_AND_JUDGED
from streams.history.report import Row

FIGURES = (
    COUNTERS_AND_JUDGED  # what `figures` is made of; waits and targets would be read for nothing
)


def figures(records: Iterable[Mapping[str, Any]]) -> Row:
    """Of rows of `counting_sql` together; counts are added, shares made last."""
    found = list(records)
    counts: list[Counts] = [counts_of(record) for record in found]
    kept = sum(map(kept_of, found), Kept())
    row: Row = {
        "called": sum(each.offered + each.rejected for each in counts),
        "answered": sum(each.answered for each in counts),
        "gave_up": sum(each.abandoned - each.short_abandoned for each in counts),
        "rejected": sum(each.rejected for each in counts),
        "promised_calls": kept.due,
    }
    judged = not any(record.get("n_untargeted", 0) for record in found)
    return row | shares(kept) if judged else row
