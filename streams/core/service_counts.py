"""What the row of a leg adds to the counters of service levels, without the leg itself."""

from schemas.counters import COUNTER, When
from schemas.formulas import SERVICE_LEVELS
from schemas.legs import LegRow

_USED = {
    name: COUNTER[name].when
    for rule in SERVICE_LEVELS
    for name in (*rule.numerator, *rule.numerator_excluded, *rule.denominator, *rule.excluded)
}


def service_counts(row: LegRow) -> tuple[str, ...]:
    """The names of the counters that get one more; none for a leg out of hours, which still waits or is not inbound."""
    if row.direction != "inbound" or row.out_of_hours or row.outcome in {"open", "rejected"}:
        return ()
    return tuple(name for name, when in _USED.items() if _fits(when, row))


def _fits(when: When, row: LegRow) -> bool:
    return (
        when.outcome in (None, row.outcome)
        and when.except_outcome != row.outcome
        and when.in_target in (None, row.in_target)
        and when.short in (None, row.short)
        and when.channel in (None, row.channel)
    )
