"""Where calls were lost: the steps from all who called in opening hours to those served in target.

Every leg that arrived in opening hours is in one step alone, so that the steps add up to `called`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from streams.history.catalogue import Catalogue
from streams.history.group_sql import grouped_legs
from streams.history.question import Question
from streams.sinks.clickhouse.database import Reader

# In the order of a waterfall: refused, sent elsewhere, lost, then gave up, then served.
STEPS: dict[str, str] = {
    "rejected": "refused before queueing",
    "exited": "taken out of the queue by a rule",
    "transferred": "moved, unanswered, to another queue",
    "callback": "asked to be rung back",
    "dropped": "lost by the platform",
    "ghost": "end never told, given up by us",
    "open": "not left yet",
    "abandoned_short": "gave up with a wait below s",
    "abandoned": "gave up later, or nobody knows when",
    "abandoned_without_target": "gave up in a queue that nobody had configured",
    "answered_without_target": "answered in a queue that nobody had configured",
    "answered_late": "answered with a wait above T",
    "answered_in_target": "answered with a wait of at most T",
}
CALLED = "called"  # all of them
OUT_OF_HOURS = "out_of_hours"  # in no step: they called when the queue was closed
_COLUMNS = ("outcome", "reason", "in_target", "short", "answer_within_ms")


class Loss(Struct, frozen=True):
    """Legs of one step and reason; reason "" where the platform gave none."""

    step: str
    reason: str
    legs: int


class Losses(Struct, frozen=True):
    """`steps` in the order of `STEPS`, of one step the most frequent reason first; without a leg not there."""

    group: str
    steps: tuple[Loss, ...]
    out_of_hours: int

    @property
    def called(self) -> int:
        return sum(each.legs for each in self.steps)

    def legs(self, *steps: str) -> int:
        return sum(each.legs for each in self.steps if each.step in steps)

    @property
    def gave_up(self) -> int:
        """Everybody who hung up while waiting, also after a moment."""
        return self.legs("abandoned_short", "abandoned", "abandoned_without_target")


def losses(reader: Reader, catalogue: Catalogue, question: Question) -> list[Losses]:
    """By name of the group; groups without a leg are left out."""
    return losses_of(reader.execute(losses_sql(catalogue, question)).named())


def losses_sql(catalogue: Catalogue, question: Question) -> str:
    return (
        f"SELECT report_group, {_step()} AS step,"
        " if(out_of_hours = 1, '', reason) AS why, count() AS n_legs"
        f" FROM {grouped_legs(catalogue, question, _COLUMNS)}"
        " GROUP BY report_group, step, why"
    )


def losses_of(records: Iterable[Mapping[str, Any]]) -> list[Losses]:
    by_group: dict[str, list[Loss]] = {}
    for record in records:
        loss = Loss(str(record["step"]), str(record["why"]), int(record["n_legs"]))
        by_group.setdefault(str(record["report_group"]), []).append(loss)
    return [_losses(group, found) for group, found in sorted(by_group.items())]


def _losses(group: str, found: list[Loss]) -> Losses:
    order = list(STEPS)
    outside = sum(each.legs for each in found if each.step == OUT_OF_HOURS)
    steps = sorted(
        (each for each in found if each.step != OUT_OF_HOURS),
        key=lambda each: (order.index(each.step), -each.legs, each.reason),
    )
    return Losses(group, tuple(steps), outside)


def _step() -> str:
    return (
        f"multiIf(out_of_hours = 1, '{OUT_OF_HOURS}',"
        " outcome = 'abandoned' AND isNull(answer_within_ms), 'abandoned_without_target',"
        " outcome = 'abandoned' AND short = 1, 'abandoned_short',"
        " outcome = 'answered' AND isNull(answer_within_ms), 'answered_without_target',"
        " outcome = 'answered' AND in_target = 1, 'answered_in_target',"
        " outcome = 'answered', 'answered_late', outcome)"
    )
