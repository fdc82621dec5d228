"""What the records of topic `scheduled_reports` say: who holds which period, what was made, failed and sent. Pure.

Rule: the first claim of a period holds. Another one holds only if it comes `lease_ms` after the last of the holder by the clock of
the broker, or after the holder has let go. Whoever reads the same records finds the same holder.
"""

from collections.abc import Iterable
from typing import Self

from msgspec import Struct

from schemas.scheduled_reports import (
    LEASE_MS,
    Claim,
    Failed,
    Made,
    Mail,
    OfPeriod,
    ScheduledReport,
    Watched,
    scheduled_report_key,
)

SINCE = b"/since"


class Written(Struct, frozen=True):
    """A record as the broker has it; `record` None: its key was taken out."""

    key: bytes
    record: ScheduledReport | None
    at: int  # of the broker's clock


class OfOne(Struct):
    """What is known of one period of one report."""

    holder: str | None = None
    held_at: int = 0
    made: Made | None = None
    failed: Failed | None = None
    mails: dict[str, Mail] = {}

    def is_free(self, at: int, lease_ms: int) -> bool:
        """Whether a claim of that time would hold."""
        return self.holder is None or at >= self.held_at + lease_ms

    def unsent(self, mails: Iterable[str]) -> list[str]:
        """Those of `mails`, who are told now, to whom it was to go and was not sent."""
        wanted = self.made.mails if self.made else ()
        told = {to for to, mail in self.mails.items() if mail.state == "sent"}
        return [to for to in mails if to in wanted and to not in told]


class Ledger:
    def __init__(self, lease_ms: int = LEASE_MS) -> None:
        self.since: dict[str, int] = {}  # by report
        self._lease_ms = lease_ms
        self._of: dict[tuple[str, str], OfOne] = {}

    @classmethod
    def of(cls, records: Iterable[Written], lease_ms: int = LEASE_MS) -> Self:
        found = cls(lease_ms)
        for each in records:
            found.take(each)
        return found

    def take(self, written: Written) -> None:
        """In the order of the topic."""
        record = written.record
        if record is None:
            if written.key.endswith(SINCE):
                self.since.pop(written.key.removesuffix(SINCE).decode(), None)
        elif isinstance(record, Watched):
            self.since.setdefault(record.report, record.since)
        else:
            self._take(self.one(record.report, record.period), record, written.at)

    def one(self, report: str, period: str) -> OfOne:
        return self._of.setdefault((report, period), OfOne())

    def periods(self, report: str) -> list[str]:
        """Those of which anything is known, in the order of their names."""
        return sorted(period for name, period in self._of if name == report)

    def may_claim(self, report: str, period: str, holder: str, at: int) -> bool:
        """Whether a claim of `holder` would hold then, as far as is known."""
        one = self.one(report, period)
        return one.holder == holder or one.is_free(at, self._lease_ms)

    def _take(self, one: OfOne, record: OfPeriod, at: int) -> None:
        if isinstance(record, Claim):
            if record.holder == one.holder or one.is_free(at, self._lease_ms):
                one.holder, one.held_at = (None if record.is_over else record.holder), at
        elif isinstance(record, Made):
            one.made, one.failed = record, None
        elif isinstance(record, Failed):
            one.failed = record
        else:
            one.failed = None
            known = one.mails.get(record.to)
            if known is None or known.state != "sent":
                one.mails[record.to] = record


def key_of_since(report: str) -> bytes:
    return scheduled_report_key(Watched(report=report, since=0))
