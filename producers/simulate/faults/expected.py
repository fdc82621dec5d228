"""The recount as a file in the columns of the ledger, and a comparison with what happened."""

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from producers.simulate.faults.recount import Recount, Story
from producers.simulate.ledger import COLUMNS
from schemas import calls
from schemas.millis import iso

Row = tuple[str | int, ...]


def write_expected(file: TextIO, recount: Recount) -> int:
    """Write one row for each leg with a known arrival, sorted by it; returns their number."""
    legs = [story for story in recount.stories.values() if story.arrived_at is not None]
    legs.sort(key=lambda story: (story.arrived_at or 0, story.queue, story.leg_id))
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(row_of(story) for story in legs)
    return len(legs)


def row_of(story: Story) -> Row:
    """The row of a leg. If clocks differed, a time before its predecessor is replaced by that one."""
    outcome, left_at, reason = story.outcome()
    arrived_at = story.arrived_at or 0
    left_at = None if left_at is None else max(left_at, arrived_at)
    facts = sorted(story.facts.values(), key=lambda fact: fact.at)
    ended_at = None
    if outcome == "answered" and (ends := story.times(calls.Ended)):
        ended_at = max(ends[0], left_at or 0)
    answers = sorted((fact.at, fact.agent) for fact in facts if isinstance(fact, calls.Answered))
    asked = next((fact for fact in facts if isinstance(fact, calls.Queued)), None)
    refused = next((fact for fact in facts if isinstance(fact, calls.Rejected)), None)
    caller = asked.caller if asked else refused.caller if refused else ""
    missed = {(fact.at, fact.agent) for fact in facts if isinstance(fact, calls.OfferMissed)}
    return (
        story.leg_id,
        next((fact.contact_id for fact in facts if fact.contact_id), ""),
        story.queue,
        "voice",
        caller,
        iso(arrived_at),
        _time(left_at if outcome == "answered" else None),
        _time(left_at),
        _time(ended_at),
        outcome,
        answers[0][1] if answers else "",
        reason,
        len(missed),
        _time(max(story.times(calls.WrapEnded), default=None)),
        _hold_ms(story, ended_at) or "",
        asked.topic if asked else "",
        asked.area if asked else "",
    )


def distance(truth: Path, expected: Path) -> str:
    """One line: how many legs are the same in both files, and how the others differ."""
    happened, known = _read(truth), _read(expected)
    found = Counter(
        _difference(happened.get(leg), known.get(leg)) for leg in happened.keys() | known.keys()
    )
    alike = found.pop("alike", 0)
    others = [f"{count:,} {name}" for name, count in sorted(found.items())]
    return f"of {len(happened):,} legs {alike:,} are known as they were" + "".join(
        f"; {text}" for text in others
    )


def _difference(truth: dict[str, str] | None, known: dict[str, str] | None) -> str:
    if known is None:
        return "unknown"
    if truth is None:
        return "that never were"
    if truth["outcome"] != known["outcome"]:
        return "with another outcome"
    if any(truth[name] != known[name] for name in ("arrived_at", "left_at")):
        return "with other times"
    return "alike"


def _read(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return {row["leg_id"]: row for row in csv.DictReader(file)}


def _hold_ms(story: Story, ended_at: int | None) -> int:
    """Each hold lasts to the next release, the next hold or the end, whichever is first."""
    held = story.times(calls.Held)
    stops = [*held, *story.times(calls.Unheld), *([ended_at] if ended_at is not None else [])]
    return sum(min(_after(stops, start), default=start) - start for start in held)


def _after(stops: Iterable[int], start: int) -> list[int]:
    return [at for at in stops if at > start]


def _time(at: int | None) -> str:
    return "" if at is None else iso(at)
