"""A record of topic `publications` as rows: the report whole, and each of its figures; or one of its files. Pure."""

from base64 import b64encode

from schemas.millis import SECOND
from schemas.publications import (
    NotAsPublishedError,
    Publication,
    PublishedFile,
    bytes_of,
    figures,
    unpacked,
)
from streams.sinks.clickhouse.database import Row


def publication_row(of: Publication, known_at: int) -> Row:
    """`known_at`: when the broker had it. `frozen` is base64: a database's text need not be bytes."""
    return (
        of.publication_id,
        of.report,
        of.period,
        of.edition,
        of.start,
        of.end,
        of.zone,
        of.as_of,
        of.published_at // SECOND,
        of.published_at,
        known_at,
        of.who,
        of.program_version,
        of.targets_version,
        of.digest,
        b64encode(of.frozen).decode(),
        of.department,
    )


def figure_rows(of: Publication) -> list[Row]:
    """None of one whose report is not what was published: the publication itself is kept, and says so where it is read."""
    try:
        report = unpacked(of)
    except NotAsPublishedError:
        return []
    return [
        (
            of.publication_id,
            of.published_at,
            each.part,
            each.group,
            each.name,
            None if each.value is None else float(each.value),
        )
        for each in figures(report)
    ]


def file_rows(of: PublishedFile) -> list[Row]:
    """None of one whose bytes are not what was published: `queuewatch publications check` names it."""
    try:
        body = bytes_of(of)
    except NotAsPublishedError:
        return []
    encoded = b64encode(body).decode()
    return [(of.publication_id, of.published_at, of.name, of.size, of.sha256, encoded)]
