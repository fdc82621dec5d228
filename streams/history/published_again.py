"""What is kept of the figures of a paper or a bulletin, and the same figures with what is known later."""

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
from streams.history.catalogue import Catalogue
from streams.history.paper import Paper
from streams.history.papers import league
from streams.history.papers.asked import asked
from streams.history.papers.league import League
from streams.history.papers.period import Period
from streams.history.publications import frozen_of
from streams.history.question import Question
from streams.history.reports.month import month_paper
from streams.history.sentences import sentence
from streams.history.shared_reading import SharedReading
from streams.sinks.clickhouse.database import Reader

BULLETIN_OF: dict[str, Length] = {"month-bulletin": "month", "day-bulletin": "day"}  # by report
ALL = "(all)"  # the group of all together in the figures of a bulletin: no id of a centre
# Of each part that has figures, the column that says whose they are.
FIGURES_OF = {"centres": "queue", "queues": "queue", "losses": "step"}
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
    reader: Reader, catalogue: Catalogue, of: Publication, now: int
) -> list[PublishedFigure]:
    """What its figures are with what is known now. NotAsPublishedError if what was frozen was changed."""
    made_by = unpacked(of).made_by
    if made_by == "history month":
        question = Question(of.start, of.end, now=now)
        report = frozen_paper(month_paper(reader, catalogue, question), made_by)
    elif made_by == "bulletin":
        draft = drafted(reader, catalogue, BULLETIN_OF[of.report], of.period, now)
        report = frozen_bulletin(draft)
    else:
        report = frozen_paper(_with_figures(reader, catalogue, of, now))
    return [*figures(report)]


def _with_figures(reader: Reader, catalogue: Catalogue, of: Publication, now: int) -> Paper:
    """The sections of the paper that have figures: the others would cost as much again, and nothing is compared in them."""
    found = League(SharedReading(reader), asked(period_of(of), catalogue, None, now, None))
    sections = (league.tables(found), league.lost(found)) if found.called else ()
    return Paper(sentence("of_month", month=of.period, zone=of.zone), {}, sections)


def period_of(publication: Publication) -> Period:
    kind = BULLETIN_OF.get(publication.report) or publication.report
    return Period(of_kind(kind, publication.period), publication.zone)  # type: ignore[arg-type]  # other kinds are refused there
