"""What the row of a leg adds to the counters of service levels, without the leg itself."""

from functools import cache

from schemas.counters import COUNTER
from schemas.formulas import SERVICE_LEVELS
from schemas.legs import LegRow, Outcome

_USED: dict[str, None] = dict.fromkeys(
    name for rule in SERVICE_LEVELS for name in (*rule.numerator, *rule.denominator, *rule.excluded)
)


def service_counts(row: LegRow) -> tuple[str, ...]:
    """The names of the counters that get one more; none for a leg out of hours, which still waits or is not inbound."""
    if row.direction != "inbound" or row.out_of_hours:
        return ()
    return _counters(row.outcome, row.in_target, row.short)


@cache
def _counters(outcome: Outcome, in_target: bool, short: bool) -> tuple[str, ...]:  # noqa: FBT001 - columns of a row
    return tuple(
        name
        for name in _USED
        if COUNTER[name].when.outcome == outcome
        and COUNTER[name].when.in_target in (None, in_target)
        and COUNTER[name].when.short in (None, short)
    )
