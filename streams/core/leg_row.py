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
    return LegRow(
        queue=queue,
        leg_id=leg.leg_id,
        version=leg.version,
        key_at=leg.key_at,
        known_at=leg.known_at,
        feed=feed,
        source=leg.source,
        outcome=verdict.outcome,
        arrived_at=verdict.arrived_at,
        contact_id=leg.contact_id,
        channel=leg.channel,
        direction=leg.direction,
        caller=leg.caller,
        agent=leg.agent,
        reason=verdict.reason,
        topic=leg.topic,
        area=leg.area,
        priority=leg.priority,
        answered_at=verdict.left_at if verdict.outcome == "answered" else None,
        left_at=verdict.left_at,
        ended_at=verdict.service_ended_at,
        wrap_ended_at=leg.wrap_ended_at,
        wait_ms=verdict.wait_ms,
        talk_hold_ms=verdict.talk_hold_ms,
        hold_ms=verdict.hold_ms,
        wrap_ms=verdict.wrap_ms,
        offers=len(leg.offers) if verdict.outcome != "open" else 0,
        missed_offers=len(leg.missed) + leg.missed_extra,
        in_target=bool(verdict.in_target),
        short=bool(verdict.short),
        out_of_hours=verdict.out_of_hours,
        doubtful=is_doubtful(leg, verdict),
        replay=leg.replay,
        answer_within_ms=targets.answer_within_ms if targets else None,
        short_abandon_ms=targets.short_abandon_ms if targets else None,
        goal=targets.goal if targets else None,
        formula=targets.formula if targets else None,
        targets_version=entry.targets_version,
        disposition=leg.disposition,
        flags=flags(leg, verdict),
    )
