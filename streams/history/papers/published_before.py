"""What became of the published report of the period before: each figure of it that is another one now.

A paper of a department follows up the publication of that department, and where there is none the one of all departments, of its own
queues. Without a publication of that period nothing is said to be published.
"""

from schemas.millis import DAY, HOUR, MINUTE, SECOND, format_duration
from schemas.publications import Publication, unpacked
from streams.history.language import NO_VALUE
from streams.history.papers.asked import Asked
from streams.history.papers.carried import Carried, PublishedFigure
from streams.history.publications import newest_editions, read_publications, with_figures
from streams.history.reports.month import month_paper
from streams.history.restating import Restated, restated
from streams.sinks.clickhouse.database import Reader


def read_carried(reader: Reader, asked: Asked) -> Carried:
    """NotAsPublishedError if what was frozen was changed."""
    before = asked.period.before()
    of_before = [
        each
        for each in newest_editions(read_publications(reader))
        if each.report == before.length
        and each.period == before.text
        and each.published_at <= asked.known_at
    ]
    by_department = {each.department: each for each in of_before}
    one = by_department.get(asked.department or "") or by_department.get("")
    if one is None:
        return Carried()
    one = with_figures(reader, one)
    found = restated(reader, asked.known, month_paper, one, asked.known_at)
    return Carried(figures_of(found, asked))


def figures_of(found: Restated, asked: Asked) -> tuple[PublishedFigure, ...]:
    """Figures of queues and centres of the paper; of all departments also those of all together."""
    ours = {*asked.catalogue.queues, *(each.centre for each in asked.catalogue.queues.values())}
    sources = sorted({each.cause.source for each in found.legs if each.cause.source})
    units = _units(found.publication)
    late = [each.late_ms for each in found.legs if each.late_ms is not None]
    cause = ", ".join((
        f"calls {len(found.legs) if found.legs_known else NO_VALUE}", *sources, *([f"late {_late(max(late))}"] if late else []),
    ))  # fmt: skip
    return tuple(
        PublishedFigure(
            found.publication.period,
            f"{each.group}: {each.name}",
            each.was,
            each.now,
            units.get((each.part, each.name), "number"),
            cause,
        )
        for each in found.figures
        if asked.department in (None, found.publication.department) or each.group in ours
    )


def _late(late_ms: int) -> str:
    """As people read it: `28d6h`, not 2,440,800 s."""
    unit = HOUR if late_ms >= DAY else MINUTE if late_ms >= HOUR else SECOND
    return format_duration(late_ms // unit * unit)


def _units(of: Publication) -> dict[tuple[str, str], str]:
    """By part and column, as it was published; what only the report of now has is not there."""
    return {
        (part.name, each.name): each.unit for part in unpacked(of).parts for each in part.columns
    }
