"""Topic `scheduled_reports`: what became of each report of `[[reports]]`, one period after the other.

Rule 1: a period is made only by who holds its claim. Which claim holds is decided by the order of the records and the clock of
the broker alone (streams/scheduled/ledger.py), so that two processes agree.
Rule 2: a mail is `sent` only after the server has taken it. Killed between the two, it is sent once more, with the same
Message-ID; the record says that somebody may have it twice.
Rule 3: no address of a person. A mail is named by a digest, and for people by a masked address.
"""

import hashlib
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.calls import Identifier, ShortText
from schemas.millis import Millis

LEASE_MS = 10 * 60_000  # a claim that was not renewed for so long may be taken over


class _Record(Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    report: Identifier


class Watched(_Record, frozen=True, kw_only=True, tag="watched"):
    """The report stands in queues.toml since then: what was due before is not made up for."""

    since: Millis


class Claim(_Record, frozen=True, kw_only=True, tag="claim"):
    """`holder`, one run of a process, makes this period now; with `is_over` no more."""

    period: ShortText
    holder: ShortText
    is_over: bool = False


class MadeFile(Struct, frozen=True):
    name: str
    size: int
    sha256: str


class Made(_Record, frozen=True, kw_only=True, tag="made"):
    """Its files exist, in the folder if it has one. `as_of`: what was known then is in them, so that they can be made again.

    `mails`: the digests of those to whom it goes. `remark`: what a reader must know, such as why figures are withheld.
    """

    period: ShortText
    due_at: Millis
    made_at: Millis
    as_of: Millis
    files: tuple[MadeFile, ...]
    mails: tuple[str, ...] = ()
    remark: str = ""
    is_incomplete: bool = False  # somebody had it made though it was not complete
    program_version: ShortText


class Failed(_Record, frozen=True, kw_only=True, tag="failed"):
    """It could not be made, or not be made again for a mail; it is tried again."""

    period: ShortText
    due_at: Millis
    failed_at: Millis
    attempts: Annotated[int, Meta(ge=1)]
    reason: str  # one line


class Mail(_Record, frozen=True, kw_only=True, tag="mail"):
    """One mail: `sending` is written before the server is asked, `sent` or `failed` after it answered."""

    period: ShortText
    to: ShortText  # digest
    masked: str  # `a…@example.org`
    state: Literal["sending", "sent", "failed"]
    at: Millis
    attempts: Annotated[int, Meta(ge=1)]
    reason: str = ""
    maybe_twice: bool = False  # a process ended between `sending` and the answer


OfPeriod = Claim | Made | Failed | Mail
ScheduledReport = Watched | OfPeriod


def scheduled_report_key(record: ScheduledReport) -> bytes:
    """Compaction keeps of each the newest. A claim and a failure have keys of their own: they must not hide what was made."""
    if isinstance(record, Watched):
        return f"{record.report}/since".encode()
    of_period = f"{record.report}/{record.period}"
    if isinstance(record, Claim):
        return f"{of_period}/claim".encode()
    if isinstance(record, Failed):
        return f"{of_period}/failed".encode()
    return (f"{of_period}/mail/{record.to}" if isinstance(record, Mail) else of_period).encode()


def mail_digest(report: str, address: str) -> str:
    return hashlib.sha256(f"{report}\n{address}".encode()).hexdigest()[:16]


def masked(address: str) -> str:
    """`a…@example.org`."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"
