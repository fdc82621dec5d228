"""The word in front of a row.

While figures are live, the word is what the core judged. Without live figures no judgement is shown:
a board without data must never show green.
"""

from collections.abc import Iterable
from typing import Literal, get_args

from dashboards.wallboard import words
from dashboards.wallboard.freshness import MOVING, Condition
from dashboards.wallboard.page import Sign
from schemas.attention import Attention, AttentionLevel

# In the order of what people must know first. What is not known comes before what is well: else a centre of which
# nothing is heard would say OK for the one queue that is.
Word = Literal[
    "ACT", "WATCH", "NO DATA", "STALE", "OLD", "NONE", "OK", "NO GOAL", "CLOSED", "QUIET"
]
_ORDER: tuple[str, ...] = get_args(Word)
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
OLD_WORDS: frozenset[str] = frozenset(word for word, _ in _OLD.values())


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
    return _judged(attention.level, attention.cause, attention.rule)


def place(shown: Sign) -> int:
    """0 is what people must know first."""
    return _ORDER.index(shown.word)


def worst(signs: Iterable[Sign]) -> Sign:
    """Of a group of queues, without a cause: that is of one of them. QUIET without any queue."""
    first = min(signs, key=place, default=Sign("none", "QUIET", words.NO_VALUE))
    return Sign(first.level, first.word, first.glyph)


def _judged(level: AttentionLevel, cause: str, rule: str = "") -> Sign:
    shown = _SIGNS[level]
    return Sign(shown.level, shown.word, shown.glyph, cause, rule)
