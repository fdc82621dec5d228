"""The register of promises: who promised what from when, from all published versions of the targets."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from schemas.targets import Targets, TargetsVersion
from schemas.targets_book import TargetsBook
from streams.sinks.clickhouse.database import Reader


class Promise(Struct, frozen=True):
    """What one queue promised in `[start, end)`; `start` 0: from the beginning, `end` None: until now.

    `versions` of the targets say it, the first one first: other things in them may have changed meanwhile.
    """

    queue: str
    centre: str
    formula: str
    answer_within_ms: int
    short_abandon_ms: int
    goal: float
    start: int
    end: int | None
    versions: tuple[int, ...]


def read_promises(reader: Reader) -> list[Promise]:
    return promises(read_versions(reader))


def read_versions(reader: Reader) -> list[TargetsVersion]:
    """All published versions that the archive has, the first one first."""
    answer = reader.execute(
        "SELECT version, max(valid_from_ms) AS valid_from, max(published_at_ms) AS published,"
        " any(default_zone) AS zone, groupArrayIf(body, queue != '') AS bodies"
        " FROM (SELECT DISTINCT version, queue, valid_from_ms, published_at_ms, default_zone, body FROM targets)"
        " GROUP BY version ORDER BY version"
    )
    return [
        TargetsVersion(
            int(version), int(start), int(published), str(zone),
            tuple(msgspec.json.decode(body, type=Targets) for body in bodies),
        )
        for version, start, published, zone, bodies in answer.rows
    ]  # fmt: skip


def promises(versions: Iterable[TargetsVersion]) -> list[Promise]:
    """By queue and start; a queue that was taken out of the file promises nothing until it comes back."""
    book = TargetsBook(versions)
    found: list[Promise] = []
    for queue in sorted(book.configured()):
        found += _of_queue(book, queue)
    return found


def _of_queue(book: TargetsBook, queue: str) -> list[Promise]:
    periods = book.periods(queue)
    ends: list[int | None] = [start for start, _ in periods[1:]]
    found: list[Promise] = []
    for (start, (targets, version)), end in zip(periods, [*ends, None], strict=True):
        if targets is None:
            continue
        made = Promise(
            queue, targets.centre, targets.formula, targets.answer_within_ms,
            targets.short_abandon_ms, targets.goal, start, end, (version,),
        )  # fmt: skip
        last = found[-1] if found else None
        if last is not None and last.end == start and _same(last, made):
            found[-1] = replace(last, end=end, versions=(*last.versions, version))
        else:
            found.append(made)
    return found


def _same(one: Promise, other: Promise) -> bool:
    return (one.formula, one.answer_within_ms, one.short_abandon_ms, one.goal) == (
        other.formula,
        other.answer_within_ms,
        other.short_abandon_ms,
        other.goal,
    )
