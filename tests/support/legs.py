"""Made-up legs: a seeded day of several queues, and how a record becomes the row of topic `legs`."""

import random

from msgspec.structs import replace

from schemas.legs import LegRow
from schemas.targets import Targets, TargetsVersion
from tests.support.recount import Recorded

OUTCOMES = (
    ("answered", 60), ("abandoned", 20), ("exited", 4), ("transferred", 3), ("callback", 2),
    ("dropped", 2), ("ghost", 2), ("open", 4), ("rejected", 3),
)  # fmt: skip
SHORT_MS, TARGET_MS = 5_000, 20_000


def made_up_legs(seed: int, start: int, end: int, queues: list[str], count: int) -> list[Recorded]:
    """Legs of every outcome, some with waits exactly on a limit, some outbound or out of hours."""
    chance = random.Random(seed)
    names, weights = zip(*OUTCOMES, strict=True)
    legs = []
    for number in range(count):
        outcome = chance.choices(names, weights)[0]
        arrived_at = chance.randrange(start, end)
        wait = chance.choice(
            [0, TARGET_MS, TARGET_MS + 1, SHORT_MS, SHORT_MS - 1, chance.randrange(0, 300_000)]
        )
        left_at = (
            None
            if outcome == "open"
            else arrived_at
            if outcome == "rejected"
            else arrived_at + wait
        )
        ended_at = wrap_ended_at = None
        if outcome == "answered" and chance.random() < 0.9:
            ended_at = arrived_at + wait + chance.randrange(1_000, 900_000)
            if chance.random() < 0.5:
                wrap_ended_at = ended_at + chance.randrange(0, 120_000)
        legs.append(
            Recorded(
                leg_id=f"leg-{seed}-{number}",
                queue=chance.choice(queues),
                arrived_at=arrived_at,
                outcome=outcome,
                left_at=left_at,
                ended_at=ended_at,
                wrap_ended_at=wrap_ended_at,
                out_of_hours=chance.random() < 0.03,
                direction="outbound" if chance.random() < 0.03 else "inbound",
                channel="callback" if chance.random() < 0.1 else "voice",
            )
        )
    return legs


def leg_row_of(leg: Recorded, version: int = 1, known_at: int = 1_790_000_000_000) -> LegRow:
    """The row that the stream would write of this record."""
    wait = (
        None
        if leg.left_at is None or leg.outcome == "rejected" or leg.wait_unknown
        else leg.left_at - leg.arrived_at
    )
    answered = leg.outcome == "answered"
    talked = answered and leg.ended_at is not None and leg.left_at is not None
    return LegRow(
        queue=leg.queue,
        leg_id=leg.leg_id,
        version=version,
        key_at=leg.arrived_at,
        known_at=known_at,
        feed="history",
        source="made-up",
        outcome=leg.outcome,  # type: ignore[arg-type]  # a word of OUTCOMES
        arrived_at=leg.arrived_at,
        direction=leg.direction,  # type: ignore[arg-type]
        channel=leg.channel,  # type: ignore[arg-type]
        contact_id=leg.contact_id,
        caller=leg.caller,
        answered_at=leg.left_at if answered else None,
        left_at=leg.left_at,
        ended_at=leg.ended_at,
        wrap_ended_at=leg.wrap_ended_at,
        wait_ms=wait,
        talk_hold_ms=(leg.ended_at or 0) - (leg.left_at or 0) if talked else None,
        wrap_ms=(
            leg.wrap_ended_at - leg.ended_at
            if leg.wrap_ended_at is not None and leg.ended_at is not None
            else None
        ),
        in_target=wait is not None and leg.target_ms is not None and wait <= leg.target_ms,
        short=wait is not None and leg.short_ms is not None and wait < leg.short_ms,
        out_of_hours=leg.out_of_hours,
        answer_within_ms=leg.target_ms,
        short_abandon_ms=leg.short_ms,
        goal=None if leg.target_ms is None else 0.8,
        formula=None if leg.target_ms is None else "short_abandons_ignored",
        targets_version=0 if leg.target_ms is None else 1,
    )


def of_every_kind(count: int) -> list[LegRow]:
    """Versions of legs with every kind of value that a column can have; each its own version, from 1."""
    start = 1_790_000_000_000
    texts = ["", "Bürgeramt", "استعلامات", "x" * 300, "é" * 64, 'quote" \\ \n\x00', "🙂"]
    return [
        replace(
            leg_row_of(leg, version=number + 1),
            key_at=leg.arrived_at // 1000 * 1000,
            source="records:a file" if number % 3 else "pbx",
            contact_id=f"contact {number}",
            caller=f"c1_{number:032x}",
            agent=f"agent {number % 7}",
            reason=texts[number % len(texts)],
            topic=texts[number // 9 % len(texts)],
            priority=number - 5,
            hold_ms=number if number % 2 else None,
            goal=None if number % 4 else number / 8,
            formula=None if number % 5 else "short_abandons_ignored",
            answer_within_ms=20_000 if number % 4 else None,
            in_target=number % 2 == 0,
            disposition=texts[number % 3],
            delivery=f"delivery {number}" if number > count // 2 else "",
            flags=("no_start", texts[number % len(texts)])[: number % 3],
        )
        for number, leg in enumerate(
            made_up_legs(11, start, start + 9**9, ["a", "b é", "c"], count)
        )
    ]


def targets_of(
    queues: list[str], zone: str = "UTC", version: int = 1, **more: object
) -> TargetsVersion:
    """One version in which the queues named `a…` belong to centre `first`, the others to `second`."""
    made = [
        Targets(
            queue, queue.title(), *(("first", "First") if queue[0] == "a" else ("second", "Second")),
            "town", "Town", zone, TARGET_MS, 0.8, short_abandon_ms=SHORT_MS,
            **more,  # type: ignore[arg-type]
        )
        for queue in queues
    ]  # fmt: skip
    return TargetsVersion(version, 0, 1_790_000_000_000, zone, tuple(made))


def recorded_of(row: LegRow) -> Recorded:
    """The same the other way: a row of the archive as a record."""
    return Recorded(
        leg_id=row.leg_id,
        queue=row.queue,
        arrived_at=row.arrived_at,
        outcome=row.outcome,
        left_at=row.left_at,
        ended_at=row.ended_at,
        wrap_ended_at=row.wrap_ended_at,
        out_of_hours=row.out_of_hours,
        direction=row.direction,
        channel=row.channel,
        target_ms=row.answer_within_ms,
        short_ms=row.short_abandon_ms,
        missed_at=(row.arrived_at,) * row.missed_offers,
        wait_unknown="wait_unknown" in row.flags,
        contact_id=row.contact_id,
        caller=row.caller,
    )
