"""Call records against what `history` prints of them: every number of every row, by the naive recount."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from schemas.opening import is_open
from schemas.targets import Targets
from tests.support.recount import Recorded, minute, recount, report_row

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
_SNAPSHOT_NAMES = (
    "waiting", "oldest_wait_s", "in_service", "offered", "answered", "abandoned",
    "answered_in_target", "sl", "asa_s", "n",
)  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FOR_EVER = 2**62

Row = Mapping[str, str]


def milliseconds(text: str) -> int:
    """A time in ISO 8601; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def read_records(path: Path, targets: Mapping[str, Targets]) -> list[Recorded]:
    """A file of call records in our own columns; T, s and opening hours are those of its queue."""
    with path.open(newline="", encoding="utf-8") as file:
        return [_recorded(row, targets.get(row["queue"])) for row in csv.DictReader(file)]


def report_differences(
    rows: Iterable[Row], legs: list[Recorded], every_ms: int, basis: str = "arrival"
) -> Iterator[str]:
    """One line a number that is not as the recount says; rows of `history summary` or `intervals`.

    An interval with a leg and without a row is a difference, too.
    """
    by_queue = _by_queue(legs)
    reported = 0
    for row in rows:
        start = milliseconds(row["start"])
        found = recount(by_queue.get(row["queue"], []), start, start + every_ms, basis)
        reported += int(row["offered"]) + int(row["rejected"]) + int(row["out_of_hours"])
        place = f"{row['start']} {row['queue']}"
        yield from (f"{place} {line}" for line in _differences(report_row(found), row))
    whole = recount(legs, -_FOR_EVER, _FOR_EVER, basis)
    expected = whole["offered"] + whole["rejected"] + whole["out_of_hours"]
    if reported != expected:
        yield f"rows hold {reported} legs, expected {expected}"


def snapshot_differences(
    rows: Iterable[Row], legs: list[Recorded], queues: Iterable[str], window_ms: int
) -> Iterator[str]:
    """The same for rows of `history snapshots`; each of `queues` must have a row a minute."""
    near = {queue: _by_hour(found, window_ms) for queue, found in _by_queue(legs).items()}
    seen: dict[str, set[str]] = {queue: set() for queue in queues}
    for row in rows:
        at = milliseconds(row["at"])
        seen.setdefault(row["queue"], set()).add(row["at"])
        found = minute(near.get(row["queue"], {}).get(at // HOUR_MS, []), at, window_ms)
        expected = {name: found[name] for name in _SNAPSHOT_NAMES}
        place = f"{row['at']} {row['queue']}"
        yield from (f"{place} {line}" for line in _differences(expected, row))
    moments = set().union(*seen.values())
    if not moments:
        yield "no row at all"
    for queue, found_at in seen.items():
        if found_at != moments:
            yield f"{queue}: rows at {len(found_at)} of {len(moments)} minutes"


def last_change(legs: Iterable[Recorded]) -> int:
    """The last moment that any of them names."""
    return max(
        at
        for leg in legs
        for at in (leg.arrived_at, leg.left_at, leg.ended_at, leg.wrap_ended_at)
        if at is not None
    )


def _differences(expected: Mapping[str, float | None], row: Row) -> Iterator[str]:
    for name, wanted in expected.items():
        got = row[name]
        digits = 3 if name.endswith("_s") else 6
        if (wanted is None) != (got == "") or (
            wanted is not None and abs(float(got) - wanted) > 0.51 * 10**-digits
        ):
            yield f"{name}: expected {'no value' if wanted is None else wanted}, got {got or 'no value'}"


def _recorded(row: Row, targets: Targets | None) -> Recorded:
    arrived_at = milliseconds(row["arrived_at"])
    left_at = row["answered_at"] or row["left_at"] or row["ended_at"]
    return Recorded(
        leg_id=row["leg_id"],
        queue=row["queue"],
        arrived_at=arrived_at,
        outcome=row["outcome"],
        left_at=milliseconds(left_at) if left_at else None,
        ended_at=_time(row, "ended_at"),
        wrap_ended_at=_time(row, "wrap_ended_at"),
        out_of_hours=targets is not None
        and not is_open(targets.opening, targets.time_zone, arrived_at),
        direction=row.get("direction") or "inbound",
        target_ms=targets.answer_within_ms if targets else None,
        short_ms=targets.short_abandon_ms if targets else None,
    )


def _time(row: Row, name: str) -> int | None:
    text = row.get(name)
    return milliseconds(text) if text and row["outcome"] == "answered" else None


def _by_queue(legs: Iterable[Recorded]) -> dict[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = {}
    for leg in legs:
        found.setdefault(leg.queue, []).append(leg)
    return found


def _by_hour(legs: Iterable[Recorded], window_ms: int) -> dict[int, list[Recorded]]:
    """Legs that a minute of that hour could see: a day has 1,440 minutes, and each looks at all."""
    hours: dict[int, list[Recorded]] = {}
    last_hour = (last_change(legs := list(legs)) + window_ms) // HOUR_MS + 24
    for leg in legs:
        gone = leg.left_at is not None and (leg.outcome != "answered" or leg.ended_at is not None)
        until = max(leg.left_at or 0, leg.ended_at or 0) + window_ms if gone else _FOR_EVER
        for hour in range(leg.arrived_at // HOUR_MS, min(until // HOUR_MS, last_hour) + 1):
            hours.setdefault(hour, []).append(leg)
    return hours
