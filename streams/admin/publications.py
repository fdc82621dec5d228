"""Writes a publication into topic `publications`, and reads what stands there. Pure except for `read` and `write`."""

from collections.abc import Iterable, Mapping

from schemas.codec import encode
from schemas.millis import iso
from schemas.publications import Publication, publication_key
from schemas.topics import topic_name
from streams.admin import broker
from streams.admin.broker import AdminError, decodable, read_whole

COLUMNS = (
    "id", "report", "period", "edition", "published_at", "who", "as_of", "zone", "start", "end", "program_version",
    "targets_version", "digest",
)  # fmt: skip
SHOWN = ("id", "period", "edition", "published_at", "who", "digest")


def read(bootstrap: str, namespace: str) -> list[Publication]:
    """By period, report and edition; of one that was written twice the later holds."""
    values = (
        record.value for record in read_whole(bootstrap, topic_name("publications", namespace))
    )
    return known(decodable(Publication, values))


def known(records: Iterable[Publication]) -> list[Publication]:
    found = {each.publication_id: each for each in records}
    return sorted(found.values(), key=lambda each: (each.period, each.report, each.edition))


def named(publications: Iterable[Publication], id_: str) -> Publication:
    """AdminError if there is none."""
    for each in publications:
        if each.publication_id == id_:
            return each
    raise AdminError(f'no publication "{id_}" (`queuewatch publications list` shows their ids)')


def write(bootstrap: str, namespace: str, publication: Publication) -> None:
    """Return when every replica has it. AdminError if that id was published: what is published is not written over."""
    for each in read(bootstrap, namespace):
        if each.publication_id == publication.publication_id:
            raise AdminError(
                f"{each.publication_id} was published at {iso(each.published_at)} by {each.who}; the archive does not have it yet"
            )
    topic = topic_name("publications", namespace)
    broker.write(bootstrap, topic, publication_key(publication), encode(publication))


def line(of: Publication) -> Mapping[str, str | int]:
    return {
        "id": of.publication_id,
        "report": of.report,
        "period": of.period,
        "edition": of.edition,
        "published_at": iso(of.published_at),
        "who": of.who,
        "as_of": iso(of.as_of),
        "zone": of.zone,
        "start": iso(of.start),
        "end": iso(of.end),
        "program_version": of.program_version,
        "targets_version": of.targets_version,
        "digest": of.digest,
    }
