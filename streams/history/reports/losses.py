"""Where calls were lost: from all who called to those served in target, step by step, with the platform's reasons.

The steps of a queue or group add up to `called`, everybody who called in opening hours. By arrival.
"""

from streams.history.catalogue import Catalogue
from streams.history.kept import LEGS_BY_ITSELF, REACH
from streams.history.losses import CALLED, OUT_OF_HOURS, STEPS, Losses, losses
from streams.history.options import AS_OF, BY_GROUP, CHANNEL, QUEUE, RANGE
from streams.history.promises_kept import rounded
from streams.history.question import Question
from streams.history.report import Column, Part, Report, Row
from streams.sinks.clickhouse.database import Reader

_TEXTS = "; ".join(f"`{step}` {text}" for step, text in STEPS.items())
COLUMNS: tuple[Column, ...] = (
    Column("queue", "text", "id of the queue, or name of the group"),
    Column("step", "text", f"`{CALLED}`: everybody in opening hours, refused callers too; of these {_TEXTS}."
           f" `{OUT_OF_HOURS}`: when the queue was closed, in none of them"),
    Column("reason", "text", "more about it, as the platform told", "it told nothing, or it is a sum"),
    Column("legs", "legs", "how many"),
    Column("share_of_called", "share", "legs / those of `called`", "`out_of_hours`, or nobody called"),
)  # fmt: skip


def loss_rows(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    return [row for each in losses(reader, catalogue, question) for row in rows_of(each)]


def rows_of(found: Losses) -> list[Row]:
    """`called` first, then the steps, then those who called when the queue was closed."""
    called = found.called
    rows: list[Row] = [{"queue": found.group, "step": CALLED, "legs": called}]
    if called:
        rows[0]["share_of_called"] = 1.0
    rows += [
        {
            "queue": found.group,
            "step": each.step,
            "reason": each.reason or None,
            "legs": each.legs,
            "share_of_called": rounded(each.legs / called),
        }
        for each in found.steps
    ]
    if found.out_of_hours:
        rows.append({"queue": found.group, "step": OUT_OF_HOURS, "legs": found.out_of_hours})
    return rows


REPORT = Report(
    options=(*RANGE, QUEUE, CHANNEL, BY_GROUP, AS_OF),
    parts=(Part(COLUMNS),),
    ask=loss_rows,
    only_where_known=True,
    reads=(LEGS_BY_ITSELF, REACH),
    examples=("--from 2026-11-01 --to 2026-12-01 --by all",),
)
