"""A refused record as a row of quarantine: its bytes as text, digits masked, cut at a maximal length."""

import re

from schemas.codec import encode
from schemas.privacy import DIGIT, DIGIT_RUN
from schemas.quarantine import Quarantined, Reason, first_place
from schemas.topics import offset_of
from streams.core.leg import Leg
from streams.core.unit import Record

LONGEST_ORIGINAL = 4_000
# Fields whose digits are not masked. A time of 10 or 13 digits begins with 1 until 2033, and no telephone
# number of that length does.
_DECLARED = re.compile(
    r'"(?:event_id|leg_id|contact_id)"\s*:\s*("[^"]*"|-?\d+)'
    r'|"(?:at|since|\w+_at)"\s*:\s*1(?:\d{9}|\d{12})(?!\d)'
    r'|"\w+_ms"\s*:\s*-?\d{1,7}(?!\d)'
)


def quarantined(
    origin: str, record: Record, reason: Reason, detail: str, source: str = ""
) -> Quarantined:
    """The row. Runs of six or more digits are masked, except in fields that declare a time or an id.

    A caller's number may stand in any field of a record that could not be read.
    """
    place = first_place(origin, record.offset, record.headers)
    return Quarantined(
        origin=place.origin,
        position=place.position,
        reason=reason,
        detail=mask_digits(detail)[:500],
        known_at=record.timestamp,
        original=masked((record.value or b"")[: 2 * LONGEST_ORIGINAL])[:LONGEST_ORIGINAL],
        original_key=mask_digits((record.key or b"").decode("utf-8", "backslashreplace"))[:200],
        source=source,
        sent_as=place.sent_as,
    )


def unplaced(origin: str, queue: str, leg: Leg) -> Quarantined:
    """The row of a leg whose start and wait never came; its position is that of its newest fact."""
    return Quarantined(
        origin=origin,
        position=offset_of(leg.version),
        reason="too_old",
        detail=f"leg {leg.leg_id}: neither its start nor its wait ever came",
        known_at=leg.known_at,
        original=encode(leg).decode()[:LONGEST_ORIGINAL],
        original_key=queue,
        source=leg.source,
    )


def masked(value: bytes) -> str:
    """A record as text that may be shown. An id is kept, unless another field has the same number."""
    text = value.decode("utf-8", "backslashreplace")
    declared = list(_DECLARED.finditer(text))
    starts, ends = [0, *(each.end() for each in declared)], [*(each.start() for each in declared)]
    between = [text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True)]
    numbers = {_digits(run[0]) for part in between for run in DIGIT_RUN.finditer(part)}
    parts = [mask_digits(between[0])]
    for told, after in zip(declared, between[1:], strict=True):
        # Some platforms build the id of a call from the caller's number.
        names_caller = told[1] and any(number in _digits(told[1]) for number in numbers)
        parts += [mask_digits(told[0]) if names_caller else told[0], mask_digits(after)]
    return "".join(parts)


def mask_digits(text: str) -> str:
    return DIGIT_RUN.sub(lambda run: f"<{len(_digits(run[0]))} digits>", text)


def _digits(text: str) -> str:
    return "".join(each[0][-1] for each in DIGIT.finditer(text))
