"""An entry of the leg store as the row that leaves the stream."""

from schemas.calls import Feed
from schemas.legs import LegRow
from schemas.targets import Targets
from streams.core.leg_store import Entry
from streams.core.verdict import flags, is_doubtful


def leg_row(queue: str, entry: Entry, targets: Targets | None, feed: Feed) -> LegRow | None:
    """The row, or None for a leg that cannot be placed in time yet."""
    leg, verdict = entry.leg, entry.verdict
    if verdict.arrived_at is None:
        return None
    outcome = verdict.outcome
    # By place, in the order of the fields: by name each of these rows would cost fifteen times as much.
    return LegRow(
        queue, leg.leg_id, leg.version, leg.key_at, leg.known_at, feed, leg.source, outcome, verdict.arrived_at,
        leg.contact_id, leg.channel, leg.direction, leg.caller, leg.agent, verdict.reason, leg.topic, leg.area,
        leg.priority,
        verdict.left_at if outcome == "answered" else None,  # answered_at
        verdict.left_at, verdict.service_ended_at, leg.wrap_ended_at,
        verdict.wait_ms, verdict.talk_hold_ms, verdict.hold_ms, verdict.wrap_ms,
        len(leg.offers) if outcome != "open" else 0,
        len(leg.missed) + leg.missed_extra,
        verdict.in_target is True, verdict.short is True, verdict.out_of_hours,
        outcome == "open" and is_doubtful(leg, verdict),
        leg.replay,
        targets.answer_within_ms if targets else None,
        targets.short_abandon_ms if targets else None,
        targets.goal if targets else None,
        targets.formula if targets else None,
        entry.targets_version,
        leg.disposition,
        "",  # delivery
        flags(leg, verdict),
    )  # fmt: skip
