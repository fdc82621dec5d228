"""A refused record as a row of quarantine: its bytes made readable, digits masked, its length bounded."""

import re

from schemas.quarantine import Quarantined, Reason
from streams.core.unit import Record

LONGEST_ORIGINAL = 4_000
_DIGITS = re.compile(r"\d(?:[ ().\-/]{0,2}\d){5,}")
_DECLARED = re.compile(
    r'"(?:event_id|leg_id|contact_id)"\s*:\s*("[^"]*"|-?\d+)'
    r'|"(?:at|since|\w+_at|\w+_ms)"\s*:\s*-?\d+'
)
_CALLER = re.compile(r'"caller"\s*:\s*("[^"]*"|-?\d+)')


def quarantined(
    origin: str, record: Record, reason: Reason, detail: str, source: str = ""
) -> Quarantined:
    """The row. Runs of six or more digits are masked, but for declared times and ids.

    A caller's number may stand in any field of a record that we could not read.
    """
    text = (record.value or b"")[: 2 * LONGEST_ORIGINAL].decode("utf-8", "backslashreplace")
    return Quarantined(
        origin=origin,
        position=record.offset,
        reason=reason,
        detail=mask_digits(detail)[:500],
        known_at=record.timestamp,
        original=_mask_undeclared(text)[:LONGEST_ORIGINAL],
        original_key=mask_digits((record.key or b"").decode("utf-8", "backslashreplace"))[:200],
        source=source,
    )


def mask_digits(text: str) -> str:
    return _DIGITS.sub(lambda run: f"<{len(run[0])} digits>", text)


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdigit())


def _mask_undeclared(text: str) -> str:
    callers = {_digits(told[1]) for told in _CALLER.finditer(text)}
    parts, end = [], 0
    for declared in _DECLARED.finditer(text):
        if declared[1] and _digits(declared[1]) in callers:
            continue  # a platform that names its calls after the number that calls
        parts += [mask_digits(text[end : declared.start()]), declared[0]]
        end = declared.end()
    return "".join((*parts, mask_digits(text[end:])))
