"""The figures of all queues together in a published paper: its headline, which stands in the table of periods.

A paper is frozen whole, and that table has a row for the period. Without these figures a council that quotes 78.1 % would not be told
that it is 78.2 % now, though it is told so of every centre.
"""

from collections.abc import Mapping

from schemas.publications import Publication, PublishedFigure, unpacked
from streams.history.catalogue import Catalogue
from streams.history.counted_groups import counted_groups
from streams.history.published_again import ALL, catalogue_of
from streams.history.question import Question
from streams.history.together import FIGURES, figures
from streams.sinks.clickhouse.database import Reader

_PERIODS = "periods"  # the table, as it is named in what was frozen


def together_then(of: Publication) -> list[PublishedFigure]:
    """As they were published; none of a bulletin, of `history month`, and of what had no call."""
    report = unpacked(of)
    if report.made_by != "paper":
        return []
    rows = [row for part in report.parts if part.name == _PERIODS for row in part.rows]
    return [each for row in rows if row.get("period") == of.period for each in _figures(row)]


def together_now(
    reader: Reader, catalogue: Catalogue, of: Publication, now: int
) -> list[PublishedFigure]:
    """The same with what is known now; none of a department that is none any more."""
    queues = catalogue_of(of, catalogue)
    if not queues.queues:
        return []
    question = Question(of.start, of.end, now=now, configured_only=True, by="all")
    found = figures(each.record for each in counted_groups(reader, queues, question, FIGURES))
    return _figures(found)


def _figures(row: Mapping[str, object]) -> list[PublishedFigure]:
    """Texts are no figures; a share that has no value is not there."""
    return [
        PublishedFigure(_PERIODS, ALL, name, value)
        for name, value in row.items()
        if isinstance(value, int | float)
    ]
