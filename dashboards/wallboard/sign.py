"""The word in front of a row.

While figures are live, the word is what the core judged. Without live figures no judgement is shown:
a board without data must never show green.
"""

from dashboards.wallboard import words
from dashboards.wallboard.freshness import MOVING, Condition
from dashboards.wallboard.page import Sign
from schemas.attention import Attention, AttentionLevel

_SIGNS: dict[AttentionLevel, Sign] = {
    "act": Sign("act", "ACT", "◆"),
    "watch": Sign("watch", "WATCH", "▲"),
    "ok": Sign("ok", "OK", "✓"),
    "closed": Sign("none", "CLOSED", words.NO_VALUE),
    "no_goal": Sign("none", "NO GOAL", words.NO_VALUE),
}
_OLD: dict[Condition, tuple[str, str]] = {
    "dead": ("NO DATA", "since"),
    "behind": ("OLD", "as of"),
    "stale": ("STALE", "as of"),
}


def sign(
    condition: Condition, attention: Attention | None, closed: str | None, as_of_text: str
) -> Sign:
    """The sign of a row. `closed` is for a queue without traffic so far: when it opens, None if it is open."""
    if condition == "unseen":
        if closed is not None:
            return _judged("closed", closed)
        return Sign("none", "QUIET", words.NO_VALUE, "no traffic yet")
    if condition not in MOVING:
        word, since = _OLD[condition]
        return Sign("none", word, "○", f"{since} {as_of_text}")
    if attention is None:
        return Sign("none", "NONE", words.NO_VALUE, "not judged: stream is an older release")
    return _judged(attention.level, attention.cause)


def _judged(level: AttentionLevel, cause: str) -> Sign:
    shown = _SIGNS[level]
    return Sign(shown.level, shown.word, shown.glyph, cause)
