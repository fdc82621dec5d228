"""The word in front of a row, and the order of the rows: the worst one first.

While figures are live, the word is what the core judged. Without live figures no judgement is shown:
a board without data must never show green.
"""

from typing import Literal

from dashboards.wallboard import words
from dashboards.wallboard.freshness import MOVING, Condition
from dashboards.wallboard.page import Row, Sign
from schemas.attention import Attention, AttentionLevel

Word = Literal[
    "ACT", "WATCH", "OK", "CLOSED", "NO GOAL", "QUIET", "NONE", "NO DATA", "OLD", "STALE"
]
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
_RANKS = {
    "ACT": 0,
    "WATCH": 1,
    "NO DATA": 2,
    "STALE": 2,
    "OLD": 2,
    "NONE": 3,
    "OK": 3,
    "QUIET": 4,
}
_OTHERS = 5


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


def rank(row: Row) -> tuple[int, int, int, int, str, str, str]:
    """Sort key. Rows without WATCH or ACT are ordered by centre and name, so that they do not move."""
    order = _RANKS.get(row.sign.word, _OTHERS)
    if order > 1:
        return (order, 0, 0, 0, row.centre, row.name, row.queue)
    paging = sum(alert.severity == "page" for alert in row.alerts)
    within = row.answer_within_ms or 60_000
    # In whole multiples of T, so that rows do not change their order each second.
    overdue = (row.oldest_wait_ms or 0) // within
    waiting = row.waiting or 0
    return (order, -paging, -min(overdue, 20), -waiting, row.centre, row.name, row.queue)
