"""Where calls were lost: the steps from all who called in opening hours to those served in target.

Every leg that arrived in opening hours is in one step alone, so that the steps add up to `called`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from streams.history.catalogue import ALL as ALL_QUEUES
from streams.history.catalogue import NOT_CONFIGURED, Catalogue, group_of
from streams.history.group_sql import group_sql, grouped_legs, restrictions
from streams.history.intervals import Run
from streams.history.kept import LEGS_BY_ITSELF
from streams.history.loss_steps import CALLED, OUT_OF_HOURS, STEPS, column_of_step, step_sql
from streams.history.quarter_hours import ALL, are_day_sums
from streams.history.question import By, Question
from streams.history.rolled_sql import fits, quarter_hours_sql, whole_days
from streams.history.rolled_up import RolledUp, of_rolled, read_rolled_up
from streams.sinks.clickhouse.database import Reader

__all__ = ["CALLED", "OUT_OF_HOURS", "STEPS", "Loss", "Losses", "losses", "losses_of", "losses_sql"]
_COUNTED = {step: column_of_step(step) for step in (*STEPS, OUT_OF_HOURS)}
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
    is_rolled_up = fits(question, [Run(question.start, question.end - question.start, 1)])
    if not is_rolled_up or question.as_of is not None:
        LEGS_BY_ITSELF.check(reader, question)
    if not is_rolled_up:
        return losses_of(reader.execute(losses_sql(catalogue, question)).named())
    rolled = read_rolled_up(reader, question.start, question.end, question.as_of)

    def ask(of: RolledUp) -> list[dict[str, Any]]:
        steps = reader.execute(rolled_steps_sql(catalogue, question, of)).named()
        reasons = reader.execute(rolled_reasons_sql(catalogue, question, of)).named()
        return _records(steps, reasons)

    return losses_of(of_rolled(reader, rolled, ask))


def losses_by_queue(
    reader: Reader, catalogue: Catalogue, question: Question, by: By
) -> list[Losses]:
    """As `losses` by that, read by queue and added up: for several groupings the archive is asked the same."""
    if by == "channel":
        return losses(reader, catalogue, replace(question, by=by))
    of_queues = losses(reader, catalogue, replace(question, by="queue"))
    if by == "queue":
        return of_queues
    groups = {queue: group_of(by, targets) for queue, targets in catalogue.queues.items()}
    rest = ALL_QUEUES if by == "all" else NOT_CONFIGURED
    legs: dict[str, Counter[tuple[str, str]]] = {}
    for each in of_queues:
        group = rest if by == "all" else groups.get(each.group, rest)
        found = legs.setdefault(group, Counter())
        found.update({(of.step, of.reason): of.legs for of in each.steps})
        if each.out_of_hours:
            found[OUT_OF_HOURS, ""] += each.out_of_hours
    return [
        _losses(group, [Loss(step, reason, n) for (step, reason), n in found.items()])
        for group, found in sorted(legs.items())
    ]


def strangers(reader: Reader, catalogue: Catalogue, question: Question) -> list[tuple[str, int]]:
    """Queues that had calls and that nobody configured, with all of their calls; the most calls first."""
    found = losses(reader, catalogue, replace(question, by="queue", configured_only=False))
    counted = [
        (each.group, each.called + each.out_of_hours)
        for each in found
        if each.group not in catalogue.queues
    ]
    return sorted(counted, key=lambda each: (-each[1], each[0]))


def losses_sql(catalogue: Catalogue, question: Question) -> str:
    return (
        f"SELECT report_group, {step_sql()} AS step,"
        " if(out_of_hours = 1, '', reason) AS why, count() AS n_legs"
        f" FROM {grouped_legs(catalogue, question, _COLUMNS)}"
        " GROUP BY report_group, step, why"
    )


def rolled_steps_sql(catalogue: Catalogue, question: Question, rolled: RolledUp) -> str:
    """One row for each group: how many legs of each step."""
    sums = ", ".join(f"sum({name}) AS {ALL}{name}" for name in _COUNTED.values())
    return (
        f"SELECT {group_sql(catalogue, question)} AS report_group, {sums}"
        f" FROM {_rolled(catalogue, question, rolled, tuple(_COUNTED.values()))} GROUP BY report_group"
    )


def rolled_reasons_sql(catalogue: Catalogue, question: Question, rolled: RolledUp) -> str:
    """One row for each group, step and reason that the platform told."""
    return (
        "SELECT report_group, step, why, count() AS n_legs FROM ("
        f"SELECT {group_sql(catalogue, question)} AS report_group, reason_steps, reasons"
        f" FROM {_rolled(catalogue, question, rolled, ('reason_steps', 'reasons'))})"
        " ARRAY JOIN reason_steps AS step, reasons AS why GROUP BY report_group, step, why"
    )


def _rolled(
    catalogue: Catalogue, question: Question, rolled: RolledUp, columns: Sequence[str]
) -> str:
    conditions = " AND ".join(["1", *restrictions(catalogue, question)])
    whole = [Run(question.start, question.end - question.start, 1)]
    days = whole_days(whole) if are_day_sums(columns) else []
    source = quarter_hours_sql(question, rolled, columns, catalogue.former, days)
    return f"(SELECT * FROM {source} WHERE {conditions})"


def _records(
    steps: Iterable[Mapping[str, Any]], reasons: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """As rows of `losses_sql`: what has no reason is what is left of a step."""
    found = [dict(record) for record in reasons]
    told: dict[tuple[str, str], int] = {}
    for record in found:
        key = str(record["report_group"]), str(record["step"])
        told[key] = told.get(key, 0) + int(record["n_legs"])
    for counted in steps:
        group = str(counted["report_group"])
        for step, name in _COUNTED.items():
            untold = int(counted[f"{ALL}{name}"]) - told.get((group, step), 0)
            if untold:
                found.append({"report_group": group, "step": step, "why": "", "n_legs": untold})
    return found


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
