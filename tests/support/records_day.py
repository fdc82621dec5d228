"""A made-up day of a small call centre as call records: seeded, with one bad half hour, in any order."""

import csv
import random
from collections.abc import Iterable
from pathlib import Path

from schemas.millis import HOUR, MINUTE, SECOND, from_iso, iso
from tests.support.recount import Recorded

START = from_iso("2026-03-02T08:00:00Z")
END = START + 4 * HOUR
BAD_HALF_HOUR = (START + 90 * MINUTE, START + 120 * MINUTE)
DAY = ("--from", "2026-03-02T00:00:00Z", "--to", "2026-03-03T00:00:00Z")
QUEUES = ("cards", "loans", "transfers")
TARGET_MS, SHORT_MS = 20 * SECOND, 5_001
QUEUES_TOML = """\
[defaults]
time_zone = "UTC"
answer_within = "20s"
short_abandon = "5.001s"
goal = 0.8
[queues.cards]
[queues.loans]
[queues.transfers]
"""
COLUMNS = (
    "leg_id", "contact_id", "queue", "channel", "caller", "arrived_at", "answered_at", "left_at",
    "ended_at", "outcome", "agent", "reason", "wrap_ended_at",
)  # fmt: skip
_ENDS = (
    ("answered", 70), ("abandoned", 20), ("exited", 3), ("transferred", 2), ("callback", 2),
    ("dropped", 1), ("ghost", 1), ("rejected", 1),
)  # fmt: skip
# Exactly on each limit and one beside it: where an off-by-one would show.
_WAITS = (0, 0, SHORT_MS - 1, SHORT_MS, TARGET_MS, TARGET_MS + 1)
_STILL_OPEN = 2


def day_legs(seed: int, count: int = 600) -> list[Recorded]:
    """Legs in a random order; the last two arrivals still wait when the file was written."""
    chance = random.Random(seed)
    names, weights = zip(*_ENDS, strict=True)
    arrivals = sorted(chance.randrange(START, END) for _ in range(count - count // 6))
    arrivals += [chance.randrange(*BAD_HALF_HOUR) for _ in range(count // 6)]
    legs = []
    for number, arrived_at in enumerate(arrivals):
        bad = BAD_HALF_HOUR[0] <= arrived_at < BAD_HALF_HOUR[1]
        outcome = chance.choices(names, weights)[0]
        if bad and outcome == "answered" and chance.random() < 0.6:
            outcome = "abandoned"
        wait = chance.choice(
            (*_WAITS, *(chance.randrange(600 * SECOND if bad else 60 * SECOND),) * 6)
        )
        legs.append(_leg(chance, f"day-{seed}-{number}", arrived_at, outcome, wait))
    legs += [
        Recorded(
            f"day-{seed}-open-{number}", QUEUES[number], END - MINUTE, "open", short_ms=SHORT_MS
        )
        for number in range(_STILL_OPEN)
    ]
    chance.shuffle(legs)
    return legs


def closed(legs: Iterable[Recorded]) -> list[Recorded]:
    """What a back-fill holds: a leg that still waits is not sent."""
    return [leg for leg in legs if leg.outcome != "open"]


def write_records(path: Path, legs: Iterable[Recorded]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        for number, leg in enumerate(legs):
            answered = leg.outcome == "answered"
            rows.writerow((
                leg.leg_id, f"contact-{leg.leg_id}", leg.queue, "voice", "5550001" if number % 3 else "",
                iso(leg.arrived_at), _time(leg.left_at) if answered else "", _time(leg.left_at),
                _time(leg.ended_at), leg.outcome, "agent-1" if answered else "",
                "timeout" if leg.outcome == "exited" else "", _time(leg.wrap_ended_at),
            ))  # fmt: skip
    return path


def _leg(
    chance: random.Random, leg_id: str, arrived_at: int, outcome: str, wait: int
) -> Recorded:  # fmt: skip
    left_at = arrived_at if outcome == "rejected" else arrived_at + wait
    ended_at = wrap_ended_at = None
    if outcome == "answered":
        ended_at = left_at + chance.randrange(SECOND, 15 * MINUTE)
        if chance.random() < 0.5:
            wrap_ended_at = ended_at + chance.randrange(2 * MINUTE)
    queue = chance.choices(QUEUES, (6, 3, 1))[0]
    return Recorded(
        leg_id, queue, arrived_at, outcome, left_at, ended_at, wrap_ended_at, short_ms=SHORT_MS
    )


def _time(at: int | None) -> str:
    return "" if at is None else iso(at)
