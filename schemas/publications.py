"""Topic `publications`: reports as they were published, for ever: later facts change history, never what was published.

Rule 1: a publication holds its figures whole (`frozen`) and the SHA-256 of them. The files that were published are kept beside it as
bytes, each in a record of its own: another version of the program or of what sets a PDF would make other bytes.
Rule 2: a period that is published again gets the next edition; the former ones stay.
Rule 3: the files are written before the publication that names them, so that whoever knows a publication can have its files.
"""

import hashlib
import zlib
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from schemas.calls import Identifier, ShortText
from schemas.commands import Who
from schemas.millis import Millis

Value = str | int | float | None
_LARGEST = 64 * 1024 * 1024  # of a report, unpacked: a forged record must not fill the memory


class FrozenColumn(Struct, frozen=True):
    name: str
    unit: str
    definition: str
    no_value: str = ""


class FrozenPart(Struct, frozen=True):
    """A table of a report. `figures_of`: the column whose cell says of whom the numbers of a row are; "": they are no figures."""

    name: str
    kind: str
    title: str
    columns: tuple[FrozenColumn, ...]
    rows: tuple[dict[str, Value], ...]
    shown: tuple[str, ...] = ()  # the columns of a table for people; empty: all
    figures_of: str = ""


MadeBy = Literal["history month", "paper", "bulletin"]


class FrozenReport(Struct, frozen=True):
    """`made_by`: what makes it again with what is known later. Publications of before papers could be published are of `history month`."""

    title: str
    facts: dict[str, Value]
    parts: tuple[FrozenPart, ...]
    made_by: MadeBy = "history month"


class PublishedFigure(Struct, frozen=True, order=True):
    """One number of a published report: `name` of `group` in `part`; None where it had no value."""

    part: str
    group: str
    name: str
    value: int | float | None


Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class KeptFile(Struct, frozen=True):
    """`name` is language and format: `en.pdf`."""

    name: ShortText
    size: int
    sha256: Sha256


class Publication(Struct, frozen=True, kw_only=True, tag_field="type", tag="publication"):
    """`report` about `period` (`month`, `2026-10`), which is `[start, end)`, as it was known at `as_of`, in broker time.

    `report`: `month`, `week`, `day`, `month-bulletin` or `day-bulletin`. `department`: the id of the one whose queues alone it has, "": of
    all. `targets_version`: of the targets in force then, 0 if there
    were none. `frozen`: a FrozenReport as JSON, packed by zlib; `digest`: SHA-256 of that JSON in hex. `files`: what was published.
    """

    publication_id: Identifier
    report: ShortText
    period: ShortText
    edition: Annotated[int, Meta(ge=1)]
    start: Millis
    end: Millis
    zone: ShortText
    as_of: Millis
    published_at: Millis
    who: Who
    program_version: ShortText
    targets_version: Annotated[int, Meta(ge=0)]
    digest: Sha256
    frozen: bytes
    files: tuple[KeptFile, ...] = ()
    department: ShortText = ""

    @property
    def about(self) -> tuple[str, str, str]:
        """What its editions have in common: report, department and period."""
        return self.report, self.department, self.period

    @property
    def order(self) -> tuple[str, str, str, int]:
        """In which lists have them."""
        return self.period, self.report, self.department, self.edition


class PublishedFile(Struct, frozen=True, kw_only=True, tag_field="type", tag="published_file"):
    """The bytes of one file of a publication, packed by zlib; `sha256` and `size` are of the bytes as they were published."""

    publication_id: Identifier
    published_at: Millis
    name: ShortText
    size: int
    sha256: Sha256
    body: bytes


PublicationRecord = Publication | PublishedFile


class NotAsPublishedError(Exception):
    """What is kept of a publication is not what its digest was made of."""


def packed(report: FrozenReport) -> tuple[bytes, str]:
    """`frozen` and `digest` of a publication."""
    body = msgspec.json.encode(report, order="sorted")
    return zlib.compress(body, 9), hashlib.sha256(body).hexdigest()


def unpacked(publication: Publication) -> FrozenReport:
    """The report as it was published; NotAsPublishedError."""
    where = f"publication {publication.publication_id}"
    body = _checked(publication.frozen, publication.digest, where)
    try:
        return msgspec.json.decode(body, type=FrozenReport)
    except msgspec.DecodeError as error:
        raise NotAsPublishedError(f"{where} cannot be read: {error}") from None


def packed_file(publication_id: str, published_at: int, name: str, body: bytes) -> PublishedFile:
    return PublishedFile(
        publication_id=publication_id, published_at=published_at, name=name, size=len(body),
        sha256=hashlib.sha256(body).hexdigest(), body=zlib.compress(body, 9),
    )  # fmt: skip


def bytes_of(file: PublishedFile) -> bytes:
    """The file as it was published; NotAsPublishedError."""
    return _checked(file.body, file.sha256, f"file {file.name} of {file.publication_id}")


def _checked(compressed: bytes, digest: str, where: str) -> bytes:
    unpack = zlib.decompressobj()
    try:
        body = unpack.decompress(compressed, _LARGEST)
    except zlib.error as error:
        raise NotAsPublishedError(f"{where} cannot be unpacked: {error}") from None
    if not unpack.eof:
        raise NotAsPublishedError(f"{where} is cut off, or larger than {_LARGEST:,} bytes")
    found = hashlib.sha256(body).hexdigest()
    if found != digest:
        raise NotAsPublishedError(f"{where} has digest {found}, it was published with {digest}")
    return body


def figures(report: FrozenReport) -> Iterator[PublishedFigure]:
    """Every number of every group, in the order of the report; also those without a value."""
    for part in report.parts:
        if not part.figures_of:
            continue
        numbers = [each.name for each in part.columns if each.unit not in ("text", "time")]
        for row in part.rows:
            group = str(row.get(part.figures_of) or "")
            for name in numbers:
                value = row.get(name)
                yield PublishedFigure(
                    part.name, group, name, None if isinstance(value, str) else value
                )


def publication_key(record: PublicationRecord) -> bytes:
    """That of a file has its digest: of two that publish at once neither writes over a file that the other one names."""
    if isinstance(record, PublishedFile):
        return f"{record.publication_id}/{record.name}/{record.sha256[:16]}".encode()
    return record.publication_id.encode()


def is_of_file(key: bytes) -> bool:
    """Of `publication_key`: no id of a publication has a stroke."""
    return b"/" in key


def publication_id(report: str, period: str, edition: int, department: str = "") -> str:
    """`month-2026-10-1`, of one department `month-2026-10-water-1`: two that publish the same at once write one, and the later record holds.

    The department stands behind the period: before it, `month-bulletin-2026-10-1` would be of a department "bulletin", too. A stroke in
    it is written as `%2F`: keys of files have one (`is_of_file`).
    """
    named = department.replace("%", "%25").replace("/", "%2F")
    return "-".join((report, period, *([named] if named else []), str(edition)))
