"""Writes publications with their files into topic `publications`, and reads what stands there. Pure except for those that read and write."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from schemas.codec import UndecodableError, decode_as, encode
from schemas.millis import DAY, iso
from schemas.publications import (
    NotAsPublishedError,
    Publication,
    PublicationRecord,
    PublishedFile,
    bytes_of,
    is_of_file,
    publication_key,
    unpacked,
)
from schemas.topics import topic_name
from streams.admin import broker
from streams.admin.broker import AdminError, decodable, read_whole
from streams.admin.topic_table import LARGEST_RECORD

COLUMNS = (
    "id", "report", "department", "period", "edition", "published_at", "who", "as_of", "zone", "start", "end", "program_version",
    "targets_version", "digest", "files",
)  # fmt: skip
SHOWN = ("id", "period", "edition", "published_at", "who", "digest", "files")
_ROUND_IT = 4 * 1024  # of a record beside its value

FileKey = tuple[str, str, str]  # publication, name, SHA-256


class NotPublishableError(AdminError):
    """It is published already, or no record can carry it: to try again would change nothing."""


class Register(Struct, frozen=True):
    """`publications` by period, report, department and edition; of one that was written twice the later holds."""

    publications: Sequence[Publication] = ()
    files: Mapping[FileKey, PublishedFile] = {}

    @classmethod
    def of(cls, records: Iterable[PublicationRecord]) -> "Register":
        publications: dict[str, Publication] = {}
        files: dict[FileKey, PublishedFile] = {}
        for each in records:
            if isinstance(each, PublishedFile):
                files[each.publication_id, each.name, each.sha256] = each
            else:
                publications[each.publication_id] = each
        found = sorted(publications.values(), key=lambda of: of.order)
        return cls(found, files)

    def named(self, id_: str) -> Publication:
        """AdminError if there is none."""
        for each in self.publications:
            if each.publication_id == id_:
                return each
        raise AdminError(f'no publication "{id_}" (`queuewatch publications list` shows their ids)')

    def file(self, of: Publication, name: str) -> bytes:
        """As it was published. AdminError where it was not; NotAsPublishedError where it was changed or is gone."""
        for each in of.files:
            if each.name == name:
                kept = self.files.get((of.publication_id, name, each.sha256))
                if kept is None:
                    raise NotAsPublishedError(f"file {name} of {of.publication_id} is gone")
                return bytes_of(kept)
        known = ", ".join(each.name for each in of.files) or "nothing: its figures alone were kept"
        raise AdminError(
            f"{of.publication_id} was not published as {name}, but as {known}"
            " (--format table shows its figures as they were frozen)"
        )

    def wrong(self) -> Iterable[str]:
        """One line for each publication that is not what was published: its figures, or the first such file."""
        for each in self.publications:
            try:
                unpacked(each)
                for file in each.files:
                    self.file(each, file.name)
            except NotAsPublishedError as error:
                yield str(error)


def read(bootstrap: str, namespace: str) -> Register:
    """All of it, files too: for a person who asks for one."""
    return _read(bootstrap, namespace, with_files=True)


def read_since(bootstrap: str, namespace: str, end: int, *, with_files: bool = False) -> Register:
    """Those of periods that ended at `end` (ms) or later. What came before cannot be one of them, as nothing is published
    before it is over: the files of former years do not come over the network. A day is left for clocks that differ.
    """
    return _read(bootstrap, namespace, with_files=with_files, since_ms=end - DAY)


def _read(
    bootstrap: str, namespace: str, *, with_files: bool, since_ms: int | None = None
) -> Register:
    records = read_whole(
        bootstrap,
        topic_name("publications", namespace),
        key=lambda key: with_files or not is_of_file(key or b""),
        since_ms=since_ms,
    )
    kind: Any = PublicationRecord
    return Register.of(decodable(kind, (record.value for record in records)))


def write(
    bootstrap: str, namespace: str, publication: Publication, files: Sequence[PublishedFile]
) -> None:
    """Return when every replica has it. NotPublishableError if that id was published: what is published is not written over; and for
    a file that no record can carry. AdminError where Kafka does not answer.
    """
    for each in read_since(bootstrap, namespace, publication.end).publications:
        if each.publication_id == publication.publication_id:
            raise NotPublishableError(
                f"{each.publication_id} was published at {iso(each.published_at)} by {each.who}; the archive does not have it yet"
            )
    records: list[PublicationRecord] = [*files, publication]
    encoded = [(publication_key(each), encode(each)) for each in records]
    for key, value in encoded:
        if len(value) > LARGEST_RECORD - _ROUND_IT:
            raise NotPublishableError(
                f"{key.decode()} takes {len(value):,} bytes, a record can have {LARGEST_RECORD - _ROUND_IT:,}:"
                " publish it in other formats (--format); nothing was published"
            )
    _check_readable(publication, encoded[-1][1])
    topic = topic_name("publications", namespace)
    for key, value in encoded:
        broker.write(bootstrap, topic, key, value)


def _check_readable(publication: Publication, value: bytes) -> None:
    """NotPublishableError for a record that nobody could read, as with an id of a department that is too long: it would count as none."""
    try:
        decode_as(Publication, value)
    except UndecodableError as error:
        raise NotPublishableError(
            f"{publication.publication_id} cannot be published: {error}; nothing was published"
        ) from None


def line(of: Publication) -> Mapping[str, str | int]:
    return {
        "id": of.publication_id,
        "report": of.report,
        "department": of.department,
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
        "files": " ".join(each.name for each in of.files),
    }
