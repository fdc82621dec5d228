"""What would be sent of a file: queues, outcomes and times; and what would be refused, with reasons."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from unicodedata import normalize

from msgspec import Struct, field

from producers.calls_out_of_hours import Hours, calls_out_of_hours
from producers.night_calls import Arrivals, night_calls
from producers.refusal_groups import MOST_DISTINCT, grouped, shape
from schemas.calls import FinishedLeg, Queued
from schemas.counted import counted
from schemas.millis import SECOND, iso
from schemas.printable import printable
from schemas.quarantine import Quarantined

_OUTCOMES = ("answered", "abandoned")
_COLUMNS = ("queue", "calls", "answered", "abandoned", "other", "half answered within", "90 %")
_SEPARATORS = re.compile(r"[,;/|+]")
NO_VALUE = "–"
NO_HOURS: Mapping[str, Hours] = {}


class QueueSeen(Struct):
    """One queue; `waits_s` counts answered calls by their wait in seconds, rounded up."""

    calls: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    waits_s: Counter[int] = field(default_factory=Counter)

    def answered_within_s(self, share: float) -> int | None:
        """Within how many whole seconds that share of the answered calls was answered."""
        wanted = share * self.waits_s.total()
        counted = 0
        for wait_s in sorted(self.waits_s):
            counted += self.waits_s[wait_s]
            if counted >= wanted:
                return wait_s
        return None

    def in_words(self) -> str:
        """`120 calls; of the answered half within 8 s, 90 % within 47 s`."""
        half, most = self.answered_within_s(0.5), self.answered_within_s(0.9)
        calls = counted(self.calls, "calls")
        if half is None:
            return f"{calls}, none answered"
        return f"{calls}; of the answered half within {half} s, 90 % within {most} s"


class Survey(Struct):
    """The survey of one file. `refused`: reason -> (count, first line)."""

    queues: dict[str, QueueSeen] = {}
    refused: dict[str, tuple[int, int]] = {}
    first: int | None = None
    last: int | None = None
    open_legs: int = 0
    not_inbound: int = 0  # legs that count nowhere, and are in none of `queues`
    arrivals: Arrivals = field(default_factory=Arrivals)

    @property
    def legs(self) -> int:
        return sum(seen.calls for seen in self.queues.values()) + self.not_inbound

    @property
    def refusals(self) -> int:
        return sum(n for n, _ in self.refused.values())

    def add(self, leg: FinishedLeg | Queued) -> None:
        if leg.direction != "inbound":
            self.not_inbound += 1
            return
        arrived_at, until, outcome, wait_ms = _figures_of(leg)
        self.open_legs += isinstance(leg, Queued) or leg.goes_on
        seen = self.queues.setdefault(leg.queue, QueueSeen())
        seen.calls += 1
        self.arrivals.add(leg.queue, arrived_at)
        seen.outcomes[outcome] += 1
        if outcome == "answered" and wait_ms is not None:
            seen.waits_s[-(-wait_ms // SECOND)] += 1
        self.first = arrived_at if self.first is None else min(self.first, arrived_at)
        self.last = until if self.last is None else max(self.last, until)

    def refuse(self, row: Quarantined) -> None:
        is_known = row.detail in self.refused or len(self.refused) < MOST_DISTINCT
        reason = row.detail if is_known else shape(row.detail)
        n, first = self.refused.get(reason, (0, row.position))
        self.refused[reason] = (n + 1, first)


def _figures_of(leg: FinishedLeg | Queued) -> tuple[int, int, str, int | None]:
    """(arrival, last moment, outcome, wait in ms) of a leg."""
    if isinstance(leg, Queued):
        return leg.at, leg.at, "open", None
    left_at = leg.answered_at if leg.left_at is None else leg.left_at
    if left_at is None:
        return leg.arrived_at, leg.arrived_at, leg.outcome, leg.wait_ms
    wait_ms = left_at - leg.arrived_at if leg.wait_ms is None else leg.wait_ms
    return leg.arrived_at, leg.ended_at or left_at, leg.outcome, wait_ms


def night_remark(survey: Survey, zone: tzinfo) -> str | None:
    """What is asked of a person whose calls lie in the night (rule `night_calls`); None: nothing."""
    found = night_calls(survey.arrivals.by_hour(zone))
    if found is None:
        return None
    first, end = found
    return f"these calls lie at {first:02}:00-{end:02}:00 local ({zone}); is the zone right?"


def described(survey: Survey, zone: tzinfo, hours: Mapping[str, Hours] = NO_HOURS) -> Iterator[str]:
    """Lines for people: times in `zone`, a table of queues, the reasons of refusals; `hours`: those published."""
    if survey.first is not None and survey.last is not None:
        yield f"from {_second(survey.first, zone)} to {_second(survey.last, zone)}"
        odd = calls_out_of_hours(survey.arrivals.quarters, hours)
        if remark := night_remark(survey, zone) if odd is None else str(odd):
            yield remark
        yield from _alike(survey.queues)
        yield from _joined(survey.queues)
        yield from _table([_COLUMNS, *(_row(*each) for each in sorted(survey.queues.items()))])
    if survey.refused:
        yield "would go to quarantine:"
    for reason, n, line in grouped(survey.refused):
        yield f"  {n:,} x {reason} (first: line {line})"


def _alike(queues: Iterable[str]) -> Iterator[str]:
    """Names that differ in capitals, spaces and punctuation only: most likely one queue, and two to history."""
    spelled: dict[str, list[str]] = {}
    for queue in sorted(queues):
        whole = normalize("NFC", queue.casefold())  # of ü as one sign, or as u and two dots
        bare = "".join(sign for sign in whole if sign.isalnum())
        spelled.setdefault(bare or queue, []).append(queue)
    for names in spelled.values():
        if len(names) > 1:
            shown = ", ".join(f'"{printable(name)}"' for name in names)
            yield f"{shown}: one queue? They are counted as {len(names)}"


def _joined(queues: Mapping[str, QueueSeen]) -> Iterator[str]:
    """Names that are those of other queues in one cell: a row of a call in several queues, which counts in none of these."""
    known = {queue.casefold() for queue in queues}
    for queue in sorted(queues):
        parts = [part.strip().casefold() for part in _SEPARATORS.split(queue)]
        if len(parts) > 1 and known.issuperset(parts):
            calls = counted(queues[queue].calls, "calls")
            yield f'"{printable(queue)}": the names of {len(parts)} queues in one cell? {calls} of it count in none of these'


def _row(queue: str, seen: QueueSeen) -> tuple[str, ...]:
    counts = [seen.outcomes[outcome] for outcome in _OUTCOMES]
    waits = (seen.answered_within_s(share) for share in (0.5, 0.9))
    return (
        queue,
        *(f"{n:,}" for n in (seen.calls, *counts, seen.calls - sum(counts))),
        *(NO_VALUE if wait is None else f"{wait} s" for wait in waits),
    )


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for queue, *figures in cells:
        padded = (text.rjust(width) for text, width in zip(figures, widths[1:], strict=True))
        yield "  ".join(("", queue.ljust(widths[0]), *padded)).rstrip()


def _second(at: int, zone: tzinfo) -> str:
    return iso(at // SECOND * SECOND, zone)
