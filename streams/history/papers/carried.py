"""What a paper takes over from papers before it: actions that were promised, and figures that were published.

Actions are notes (schemas.notes): they are carried from the period of their promise until somebody says that they are done. What
became of published figures is handed in by whoever keeps the register of publications. None: the period before was not published.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import iso
from schemas.notes import WrittenNote
from streams.history.paper import Section, Table
from streams.history.papers.asked import Asked
from streams.history.report import Column, Part, Row
from streams.history.sentences import Sentence, sentence

ACTIONS = Part(
    (
        Column("promised_at", "time", "when it was promised"),
        Column("what", "text", "what was promised"),
        Column("owner", "text", "in whose name"),
        Column("due", "time", "by when"),
        Column("stands", "text", "`to do`, `overdue` or `done`"),
        Column("how", "text", "what was done", "it is not done"),
    ),
    name="actions", kind="action",
)  # fmt: skip
FIGURES = Part(
    (
        Column("period", "text", "the period of the paper that published it"),
        Column("figure", "text", "which figure, of whom"),
        Column("published", "own", "as it was published, in the unit of column `unit`; a share is 0 to 1", "it had no value, or was not there"),
        Column("now", "own", "as it is known now, in the same unit", "it has no value, or is not there"),
        Column("unit", "text", "`legs`, `share`, `s` or another unit of a column of the published report"),
        Column("cause", "text", "by which calls, from which source, how late", "nobody knows"),
    ),
    name="published_figures", kind="published figure",
)  # fmt: skip
_SHOWN = ("period", "figure", "published", "now", "cause")  # a number says its unit


class PublishedFigure(Struct, frozen=True):
    """A published figure that is another one now; both in `unit`, that of its column. None: no value, or it is not there."""

    period: str
    figure: str
    published: float | None
    now: float | None
    unit: str
    cause: str = ""


class Carried(Struct, frozen=True):
    """None: the report of the period before was not published; empty: it was, and no figure of it is another one now."""

    figures: Sequence[PublishedFigure] | None = None


def actions(notes: Sequence[WrittenNote], asked: Asked) -> Section:
    """Those promised before the end of the period and not done before its start."""
    period = asked.period
    found = [each for each in notes if each.note.kind == "action" and each.note.start < period.end]
    if not found:
        return Section("actions", sentences=(sentence("no_action"),))
    rows = [_action(each, asked) for each in found]
    open_ones = sum(row["stands"] != "done" for row in rows)
    said = sentence("actions", actions=len(rows), open=open_ones)
    return Section("actions", sentences=(said,), tables=(Table(ACTIONS, rows),))


def _action(each: WrittenNote, asked: Asked) -> Row:
    zone, note = ZoneInfo(asked.period.zone), each.note
    overdue = note.end <= min(asked.known_at, asked.period.end)
    return {
        "promised_at": iso(note.start, zone),
        "what": note.text,
        "owner": note.who,
        "due": iso(note.end, zone),
        "stands": "done" if each.done else "overdue" if overdue else "to do",
        "how": each.done.how if each.done else None,
    }


def published(carried: Carried) -> tuple[Sentence, tuple[Table, ...]]:
    """What published figures became."""
    if not carried.figures:
        name = "figures_not_kept" if carried.figures is None else "no_figure_changed"
        return sentence(name), ()
    rows: list[Row] = [
        {"period": each.period, "figure": each.figure, "published": each.published, "now": each.now,
         "unit": each.unit, "cause": each.cause or None}
        for each in carried.figures
    ]  # fmt: skip
    return sentence("figures_changed", figures=len(rows)), (Table(FIGURES, rows, _SHOWN),)
