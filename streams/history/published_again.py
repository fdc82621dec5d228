"""What is kept of the figures of a paper or a bulletin, and the same figures with what is known later."""

from collections.abc import Callable, Iterable, Sequence
from zoneinfo import ZoneInfo

from schemas.millis import iso
from schemas.periods import of_kind
from schemas.publications import (
    FrozenColumn,
    FrozenPart,
    FrozenReport,
    MadeBy,
    Publication,
    PublishedFigure,
    Value,
    figures,
    unpacked,
)
from streams.history.bulletin import TOTAL, Draft
from streams.history.bulletin_reading import Length, drafted
from streams.history.catalogue import NO_CENTRE, Catalogue, of_department
from streams.history.months import Range
from streams.history.paper import Paper
from streams.history.period import Period
from streams.history.publications import frozen_of
from streams.history.question import Question
from streams.sinks.clickhouse.database import Reader

MakePaper = Callable[[Reader, Catalogue, Question, Range | None], Paper]
BULLETIN_OF: dict[str, Length] = {"month-bulletin": "month", "day-bulletin": "day"}  # by report
ALL = "(all)"  # the group of all together in the figures of a bulletin: no id of a centre
_CENTRES = "centres"
_NAMELESS = (_CENTRES, NO_CENTRE)
# Of each part that has figures, the column that says whose they are.
FIGURES_OF = {_CENTRES: "queue", "queues": "queue", "losses": "step"}
_FEW = "it is small, or a small one could be worked out from it"
_COLUMNS = (
    FrozenColumn("group", "text", f"id of the centre; `{ALL}`: all together"),
    FrozenColumn("calls", "legs", "calls in opening hours, refused callers too", _FEW),
    FrozenColumn("answered", "legs", "those that were answered", _FEW),
    FrozenColumn("gave_up", "legs", "callers who hung up while they waited", _FEW),
    FrozenColumn("refused", "legs", "callers who were turned away before they waited", _FEW),
    FrozenColumn("otherwise", "legs", "passed on, called back, sent on by a rule, lost", _FEW),
    FrozenColumn("served_percent", "number", "served as each line promised", "few calls"),
    FrozenColumn("goal_percent", "number", "what was promised", "few calls"),
    FrozenColumn("half_waited_s", "s", "half of those answered waited at most so long", "few calls"),
    FrozenColumn("nine_of_ten_waited_s", "s", "nine of ten of them did", "few calls"),
)  # fmt: skip


def frozen_paper(paper: Paper, made_by: MadeBy = "paper") -> FrozenReport:
    return frozen_of(paper, FIGURES_OF, made_by)


def frozen_bulletin(draft: Draft) -> FrozenReport:
    """No figure where it is withheld, as in the bulletin itself."""
    zone = ZoneInfo(draft.zone)
    rows = tuple(
        {each.name: getattr(row, each.name) for each in _COLUMNS} | {"group": ALL if row.group == TOTAL else row.group}
        for row in (() if draft.reasons else draft.rows)
    )  # fmt: skip
    said = draft.said()
    facts: dict[str, Value] = {
        "length": draft.length, "period": draft.period, "start": iso(draft.start, zone), "end": iso(draft.end, zone),
        "zone": draft.zone, "known_at": iso(draft.known_at, zone), "smallest_count": said.smallest_count,
        "fewest": said.fewest, "missing_at_most": said.missing_at_most,
    }  # fmt: skip
    title = f"Bulletin of {draft.period}"
    part = FrozenPart("bulletin", "group", title, _COLUMNS, rows, (), "group")
    return FrozenReport(title, facts, (part,), "bulletin")


def figures_now(
    reader: Reader, catalogue: Catalogue, paper_of: MakePaper, of: Publication, now: int
) -> list[PublishedFigure]:
    """What its figures are with what is known now. NotAsPublishedError if what was frozen was changed. `paper_of` makes those of centres
    and queues: the other sections of a paper would cost as much again, and nothing is compared in them.
    """
    frozen = unpacked(of)
    made_by = frozen.made_by
    if made_by == "bulletin":
        draft = drafted(reader, catalogue, BULLETIN_OF[of.report], of.period, now)
        return [*figures(frozen_bulletin(draft))]
    catalogue = catalogue_of(of, catalogue)
    if of.department and not catalogue.queues:  # none any more: nothing would be asked of no queue
        return []
    question = Question(of.start, of.end, now=now, configured_only=made_by == "paper")
    before = period_of(of).before().range
    found = [*figures(frozen_paper(paper_of(reader, catalogue, question, before), made_by))]
    if made_by == "history month":
        return found
    return _with_calls(found if _NAMELESS in _groups(figures(frozen)) else _in_centres(found))


def catalogue_of(of: Publication, catalogue: Catalogue) -> Catalogue:
    """The queues that it is about, as they are now."""
    return of_department(catalogue, of.department) if of.department else catalogue


def _groups(found: Iterable[PublishedFigure]) -> set[tuple[str, str]]:
    return {(each.part, each.group) for each in found}


def _in_centres(found: Sequence[PublishedFigure]) -> Sequence[PublishedFigure]:
    """A paper has no centres where no queue belongs to one; those of former releases had all queues as one without a name."""
    centres = {group for part, group in _groups(found) if part == _CENTRES}
    return [each for each in found if each.part != _CENTRES] if centres == {NO_CENTRE} else found


def _with_calls(found: Sequence[PublishedFigure]) -> list[PublishedFigure]:
    """A paper has no row of a centre or queue that nobody called."""
    silent = {(each.part, each.group) for each in found if each.name == "called" and not each.value}
    return [each for each in found if (each.part, each.group) not in silent]


def period_of(publication: Publication) -> Period:
    kind = BULLETIN_OF.get(publication.report) or publication.report
    return Period(of_kind(kind, publication.period), publication.zone)  # type: ignore[arg-type]  # other kinds are refused there
