"""The columns of what was served as each queue promised (schemas.promised), with the same meaning in every report."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from schemas.goal import AgainstGoal
from schemas.promised import MILLION, against_promises, goal_of
from streams.history.report import Column, Row

NO_SHARE = "no such calls, or one of them had no target"
COLUMNS: tuple[Column, ...] = (
    Column("sl_promised", "share", "served as each queue promised: `served_as_promised` / `promised_calls`",
           NO_SHARE),
    Column("goal", "share", "the promised service level, likewise; of a group the mean of its"
           " legs' goals in `promised_calls`", NO_SHARE),
    Column("against_goal", "text", "`met`, `missed`, or `few calls` for a share below the goal of fewer than five",
           NO_SHARE),
    Column("served_as_promised", "legs", "legs in the numerator of their own queue's formula, by its own T and s"),
    Column("promised_calls", "legs", "legs in the denominator of their own queue's formula"),
    Column("without_target", "legs", "legs that left the queue and had no target: nobody had configured it"),
)  # fmt: skip
_IN_WORDS: dict[AgainstGoal | None, str | None] = {
    "met": "met", "missed": "missed", "few": "few calls", None: None,
}  # fmt: skip


class Kept(Struct, frozen=True):
    """Legs served as promised, legs promised, and the sum of the latter's goals in millionths."""

    good: int = 0
    due: int = 0
    goal_millionths: int = 0

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(
            self.good + other.good,
            self.due + other.due,
            self.goal_millionths + other.goal_millionths,
        )

    @property
    def share(self) -> float | None:
        return self.good / self.due if self.due > 0 else None

    @property
    def goal(self) -> float | None:
        return goal_of(self.due, self.goal_millionths)

    @property
    def against(self) -> AgainstGoal | None:
        return against_promises(self.good, self.due, self.goal_millionths)

    @property
    def missing(self) -> float:
        """How many calls more should have been served to meet the goal; below 0 they were more than enough."""
        return (self.goal_millionths - self.good * MILLION) / MILLION

    @property
    def points(self) -> float | None:
        """The share less the goal."""
        return None if self.share is None or self.goal is None else self.share - self.goal


def sum_of(all_kept: Iterable[Kept]) -> Kept:
    """Without a value for each step, as `sum` would make one."""
    good = due = goal_millionths = 0
    for each in all_kept:
        good += each.good
        due += each.due
        goal_millionths += each.goal_millionths
    return Kept(good, due, goal_millionths)


def kept_of(record: Mapping[str, Any]) -> Kept:
    """Of a row of `counting_sql`; zeros for an empty one."""
    return Kept(
        int(record.get("n_good", 0)),
        int(record.get("n_due", 0)),
        int(record.get("goal_millionths", 0)),
    )


def promises_kept(record: Mapping[str, Any]) -> Row:
    """The columns, from a row of `counting_sql`."""
    kept, without = kept_of(record), int(record.get("n_untargeted", 0))
    row: Row = {
        "served_as_promised": kept.good,
        "promised_calls": kept.due,
        "without_target": without,
    }
    return row if without else row | shares(kept)


def shares(kept: Kept) -> Row:
    return {
        "sl_promised": rounded(kept.share),
        "goal": rounded(kept.goal),
        "against_goal": _IN_WORDS[kept.against],
    }


def rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 6)
