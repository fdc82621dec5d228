"""What was restated: the period before as it was known a day after its end and as it is known now, and corrections of calls.

A paper of the period before was made on knowledge of about that day; what came later changed its figures.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from schemas.millis import DAY
from streams.history.counted_groups import counted_groups
from streams.history.kept import DeletedError
from streams.history.month_sentences import deleted_said
from streams.history.paper import Section, Table
from streams.history.papers.asked import Asked
from streams.history.papers.carried import Carried, published
from streams.history.question import Question
from streams.history.report import Column, Part, Row, answer
from streams.history.reports.corrections import REPORT as CORRECTIONS
from streams.history.sentences import Moment, Sentence, Share, sentence
from streams.history.together import FIGURES, figures
from streams.sinks.clickhouse.database import Reader
from streams.sinks.clickhouse.deletions import Deleted

CORRECTED = Part(
    (
        Column("column", "text", "the column of calls that changed"),
        Column("cause", "text", "type of the record that changed it; `targets`; `withdrawn`; `not archived`"),
        Column("source", "text", "the platform node that reported it", "no record says it"),
        Column("corrected_legs", "legs", "how many"),
        Column("latest_s", "s", "how late the latest came", "no record says it"),
    ),
    name="corrected", kind="correction",
)  # fmt: skip
CORRECTIONS_ON_PAPER = 8
_COMPARED = ("called", "answered", "gave_up", "rejected", "sl_promised")


class Restated(Struct, frozen=True):
    """`then` and `now`: figures of the period before, `known_at` a day after its end and now. `deleted`: what nobody knows of.
    `is_known`: whether the archive knows anything of the period before; else that nobody called there is not known, either.
    """

    known_at: int
    then: Row
    now: Row
    corrected: tuple[Row, ...]
    deleted: Deleted | None = None
    is_known: bool = True

    @property
    def legs(self) -> int:
        return sum(int(str(row["corrected_legs"])) for row in self.corrected)


def read_restated(reader: Reader, asked: Asked, ends: tuple[int, int] | None = None) -> Restated:
    """`ends`: of what the archive has."""
    before, known_at = asked.period.before(), asked.period.start + DAY
    question = replace(asked.question, start=before.start, end=before.end, by="all")
    try:
        then, now = _then_and_now(reader, asked, question, known_at)
        of_known = replace(asked.question, range_of="known", as_of=None)
        (rows,) = answer(CORRECTIONS, reader, asked.catalogue, of_known).rows
    except DeletedError as error:
        return Restated(known_at, {}, {}, (), error.deleted)
    known = [row for row in rows if str(row["queue"]) in asked.catalogue.queues]
    is_known = ends is not None and ends[0] < before.end and before.start < ends[1]
    return Restated(known_at, then, now, tuple(corrected_rows(known)), is_known=is_known)


def _then_and_now(
    reader: Reader, asked: Asked, question: Question, known_at: int
) -> tuple[Row, Row]:
    then, now = (
        figures(each.record for each in counted_groups(reader, asked.catalogue, of, FIGURES))
        for of in (replace(question, as_of=min(known_at, asked.known_at)), question)
    )
    return then, now


def corrected_rows(found: Iterable[Mapping[str, object]]) -> list[Row]:
    """By column, cause and source; the most frequent first."""
    legs: Counter[tuple[str, str, str]] = Counter()
    latest: dict[tuple[str, str, str], float] = {}
    for row in found:
        key = str(row["column"]), str(row["cause"]), str(row["source"] or "")
        legs[key] += 1
        if row["late_s"] is not None:
            latest[key] = max(latest.get(key, 0.0), float(str(row["late_s"])))
    ordered = sorted(legs.items(), key=lambda each: (-each[1], each[0]))
    return [
        {
            "column": key[0],
            "cause": key[1],
            "source": key[2] or None,
            "corrected_legs": count,
            "latest_s": latest.get(key),
        }
        for key, count in ordered
    ]


def section(found: Restated, carried: Carried, asked: Asked) -> Section:
    said_of_figures, changed = published(carried)
    if found.deleted is not None:
        return Section(
            "restated",
            sentences=(said_of_figures, deleted_said(found.deleted, asked.period.zone)),
            tables=tuple(changed),
        )
    said: list[Sentence] = [said_of_figures]
    if found.known_at <= asked.known_at:  # of a moment that is not yet nothing was known
        said.append(_before(found, asked))
    said.append(
        sentence("corrected", asked.period.length, changes=found.legs)
        if found.corrected
        else sentence("nothing_corrected", asked.period.length)
    )
    tables = list(changed)
    if found.corrected:
        tables.append(Table(CORRECTED, list(found.corrected), first=CORRECTIONS_ON_PAPER))
    return Section("restated", sentences=tuple(said), tables=tuple(tables))


def _before(found: Restated, asked: Asked) -> Sentence:
    length, at = asked.period.length, Moment(found.known_at, asked.period.zone)
    if not found.then["called"]:
        name = "before_without_calls" if found.is_known else "before_not_known"
        if found.now["called"]:
            name = "before_unknown_then"
        return sentence(name, length, then=at)
    if all(found.then.get(name) == found.now.get(name) for name in _COMPARED):
        return sentence("before_unchanged", length, then=at)
    return sentence(
        "before_changed",
        length,
        then=at,
        **{
            f"{name}_then": int(str(found.then[name])) for name in ("called", "gave_up", "rejected")
        },
        **{f"{name}_now": int(str(found.now[name])) for name in ("called", "gave_up", "rejected")},
        share_then=_share(found.then),
        share_now=_share(found.now),
    )


def _share(row: Row) -> Share:
    share = row.get("sl_promised")
    return Share(None if share is None else float(share))
