"""What a paper takes over from papers before it: actions that were promised, and figures that were published.

The archive does not have them; whoever keeps a register of publications hands them in. None: nobody keeps one.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from streams.history.paper import Section, Table
from streams.history.report import Column, Part, Row
from streams.history.sentences import Sentence, sentence

ACTIONS = Part(
    (
        Column("promised_in", "text", "the period of the paper that promised it"),
        Column("what", "text", "what was promised"),
        Column("owner", "text", "by whom"),
        Column("due", "text", "by when", "no date was given"),
        Column("stands", "text", "`open`, `done` or `dropped`"),
    ),
    name="actions", kind="action",
)  # fmt: skip
FIGURES = Part(
    (
        Column("period", "text", "the period of the paper that published it"),
        Column("figure", "text", "which figure, of whom"),
        Column("published", "text", "as it was published"),
        Column("now", "text", "as it is known now"),
        Column("cause", "text", "by which calls, from which source, how late", "nobody knows"),
    ),
    name="published_figures", kind="published figure",
)  # fmt: skip


class Action(Struct, frozen=True):
    """`promised_in`: the period, as `2026-09`; `due` an ISO date or empty."""

    promised_in: str
    what: str
    owner: str
    due: str = ""
    stands: Literal["open", "done", "dropped"] = "open"


class PublishedFigure(Struct, frozen=True):
    """A published figure that is another one now; both as texts, as they stand on paper."""

    period: str
    figure: str
    published: str
    now: str
    cause: str = ""


class Carried(Struct, frozen=True):
    """None: nobody keeps a register; empty: it is kept, and there is nothing."""

    actions: Sequence[Action] | None = None
    figures: Sequence[PublishedFigure] | None = None


def actions(carried: Carried) -> Section:
    if not carried.actions:
        name = "actions_not_kept" if carried.actions is None else "no_action"
        return Section("actions", sentences=(sentence(name),))
    rows: list[Row] = [
        {"promised_in": each.promised_in, "what": each.what, "owner": each.owner,
         "due": each.due or None, "stands": each.stands}
        for each in carried.actions
    ]  # fmt: skip
    stands = [each.stands for each in carried.actions]
    said = sentence("actions", actions=len(rows), open=stands.count("open"))
    return Section("actions", sentences=(said,), tables=(Table(ACTIONS, rows),))


def published(carried: Carried) -> tuple[Sentence, tuple[Table, ...]]:
    """What published figures became."""
    if not carried.figures:
        name = "figures_not_kept" if carried.figures is None else "no_figure_changed"
        return sentence(name), ()
    rows: list[Row] = [
        {"period": each.period, "figure": each.figure, "published": each.published, "now": each.now,
         "cause": each.cause or None}
        for each in carried.figures
    ]  # fmt: skip
    return sentence("figures_changed", figures=len(rows)), (Table(FIGURES, rows),)
