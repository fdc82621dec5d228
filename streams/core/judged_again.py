"""A leg of history, of which only its row is left, judged again by other targets.

Rule 1: only what depends on targets changes. It gives what `streams.core.verdict` gives for a leg with
the same arrival and wait.
Rule 2: the new version ranks above the former one and below that of any later record of the leg.
"""

from msgspec import Struct
from msgspec.structs import replace

from schemas.legs import JUDGED_AGAIN, LegRow
from schemas.targets_book import TargetsBook
from schemas.topics import next_decision
from streams.core.verdict import arrived_out_of_hours, judged_wait

JUDGED_COLUMNS: tuple[str, ...] = (
    "in_target", "short", "out_of_hours", "answer_within_ms", "short_abandon_ms", "goal", "formula",
    "targets_version",
)  # fmt: skip


class JudgedAgain(Struct, frozen=True):
    """`row` is what history is to say. Without a `version` left for it, it cannot be told."""

    row: LegRow
    changed: tuple[str, ...]
    has_version: bool


def judged_again(row: LegRow, book: TargetsBook, known_at: int) -> JudgedAgain | None:
    """The row by the targets that hold at its arrival; None if it says that already."""
    targets, version = book.at(row.queue, row.arrived_at)
    in_target, short = judged_wait(row.wait_ms, targets)
    judged = replace(
        row,
        in_target=bool(in_target),
        short=bool(short),
        out_of_hours=arrived_out_of_hours(targets, row.arrived_at),
        answer_within_ms=targets.answer_within_ms if targets else None,
        short_abandon_ms=targets.short_abandon_ms if targets else None,
        goal=targets.goal if targets else None,
        formula=targets.formula if targets else None,
        targets_version=version,
    )
    changed = tuple(name for name in JUDGED_COLUMNS if getattr(row, name) != getattr(judged, name))
    if not changed:
        return None
    decision = next_decision(row.version)
    told = replace(
        judged,
        version=row.version if decision is None else decision,
        known_at=known_at,
        flags=(*(flag for flag in row.flags if flag != JUDGED_AGAIN), JUDGED_AGAIN),
    )
    return JudgedAgain(told, changed, decision is not None)
