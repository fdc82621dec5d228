"""The publications that the archive has, and the report of one as it was published."""

from base64 import b64decode
from collections.abc import Iterable, Sequence

from schemas.publications import FrozenColumn, FrozenPart, FrozenReport, MadeBy, Publication
from streams.history.months import Range
from streams.history.paper import SENTENCES, Paper
from streams.history.question import HistoryError
from streams.history.report import Column, Found, Part
from streams.sinks.clickhouse.database import Reader, quoted

_READ = (
    "publication", "report", "period", "edition", "start_ms", "end_ms", "zone", "as_of_ms", "published_at_ms", "who",
    "program_version", "targets_version", "digest", "department",
)  # fmt: skip


def read_publications(reader: Reader, within: Range | None = None) -> list[Publication]:
    """Those whose period meets `within`; None: all. By period, report, department and edition, without their files. Of one that was written twice the later holds.

    `frozen` is empty: a month of all departments has hundreds of reports, too many to be carried for a list (`with_figures`).
    """
    only = f"start_ms < {within.end} AND end_ms > {within.start}" if within else ""
    return _read(reader, only, "'' AS frozen")


def with_figures(reader: Reader, of: Publication) -> Publication:
    """The same with what was frozen."""
    (found,) = _read(reader, f"publication = {quoted(of.publication_id)}", "frozen")
    return found


def _read(reader: Reader, condition: str, frozen: str) -> list[Publication]:
    only = f" WHERE {condition}" if condition else ""
    rows = reader.execute(
        f"SELECT {', '.join((*_READ, frozen))} FROM publications{only} ORDER BY published_at_ms, known_at_ms"
    ).named()
    found = {
        str(row["publication"]): Publication(
            publication_id=row["publication"],
            report=row["report"],
            period=row["period"],
            edition=int(row["edition"]),
            start=int(row["start_ms"]),
            end=int(row["end_ms"]),
            zone=row["zone"],
            as_of=int(row["as_of_ms"]),
            published_at=int(row["published_at_ms"]),
            who=row["who"],
            program_version=row["program_version"],
            targets_version=int(row["targets_version"]),
            digest=row["digest"],
            frozen=b64decode(row["frozen"]),
            department=str(row["department"]),
        )
        for row in rows
    }
    return sorted(found.values(), key=lambda of: of.order)


def newest_editions(publications: Iterable[Publication]) -> list[Publication]:
    found: dict[tuple[str, str, str], Publication] = {}
    for each in publications:
        held = found.get(each.about)
        if held is None or each.edition > held.edition:
            found[each.about] = each
    return list(found.values())


def named(publications: Sequence[Publication], id_: str) -> Publication:
    """HistoryError if there is none of that id."""
    for each in publications:
        if each.publication_id == id_:
            return each
    raise HistoryError(
        f'no publication "{id_}" in the archive (`queuewatch publications list` shows their ids)'
    )


def frozen_of(paper: Paper, figures_of: dict[str, str], made_by: MadeBy) -> FrozenReport:
    """What is kept of a paper: all that its renderers of text and data say. `figures_of`: by part, the column of the group."""
    found = paper.found()
    return FrozenReport(
        found.titles[0],
        dict(found.facts),
        tuple(
            FrozenPart(
                part.name,
                part.kind,
                title,
                tuple(_frozen_column(column) for column in part.columns),
                tuple({name: row.get(name) for name in part.names()} for row in rows),
                part.in_table,
                figures_of.get(part.name, ""),
            )
            for part, rows, title in zip(
                (SENTENCES, *(table.part for table in paper.tables)),
                found.rows,
                found.titles,
                strict=True,
            )
        ),
        made_by,
    )


def _frozen_column(column: Column) -> FrozenColumn:
    return FrozenColumn(column.name, column.unit, column.definition, column.no_value)


def thawed(report: FrozenReport) -> tuple[tuple[Part, ...], Found]:
    """For the renderers of reports."""
    parts = tuple(_thawed_part(part) for part in report.parts)
    rows = tuple(list(part.rows) for part in report.parts)
    return parts, Found(rows, tuple(part.title for part in report.parts), dict(report.facts))


def _thawed_part(part: FrozenPart) -> Part:
    if part.name == SENTENCES.name:  # people read them as lines
        return SENTENCES
    columns = tuple(Column(c.name, c.unit, c.definition, c.no_value) for c in part.columns)  # type: ignore[arg-type]  # a unit of then
    return Part(columns, part.shown, name=part.name, kind=part.kind)
