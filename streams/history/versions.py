"""Compares two versions of a leg: what changed, and whether that restates an earlier figure. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.millis import iso

TIMES = ("arrived_at_ms", "answered_at_ms", "left_at_ms", "ended_at_ms", "wrap_ended_at_ms")
_SPANS = ("wait_ms", "talk_hold_ms", "wrap_ms")
_TEXTS = ("agent", "reason", "disposition", "topic", "area", "formula")
_JUDGED = ("in_target", "short", "missed_offers")  # final when the leg has left the queue
COMPARED: tuple[str, ...] = (
    "outcome", "direction", "out_of_hours", *TIMES, *_SPANS, "hold_ms", *_JUDGED, *_TEXTS,
    "answer_within_ms", "short_abandon_ms", "goal", "targets_version",
)  # fmt: skip
# A change of these, once known, is a correction. `hold_ms` is not among them: it grows during a conversation.
_FINAL = (*TIMES, *_SPANS, *_TEXTS)
_OF_ONE = ("outcome", "arrived_at_ms")  # what is said of a leg that comes or goes as a whole
_ALWAYS_KNOWN = ("direction", "out_of_hours", "targets_version")

Version = Mapping[str, Any]  # a row of leg_versions by column
Text = str | int | float | None


class Change(NamedTuple):
    """One column of a leg, as a report shows it: times in ISO 8601, named without their unit."""

    column: str
    was: Text
    now: Text

    def __str__(self) -> str:
        return f"{self.column} {_or_dash(self.was)} → {_or_dash(self.now)}"


def changes(before: Version | None, after: Version | None) -> list[Change]:
    """Every compared column that differs; of a first or a last version its outcome and its arrival."""
    names = COMPARED if before is not None and after is not None else _OF_ONE
    shown = ((name, _shown(before, name), _shown(after, name)) for name in names)
    return [Change(name_shown(name), was, now) for name, was, now in shown if was != now]


def _shown(version: Version | None, name: str) -> Text:
    return None if version is None else value_shown(name, version[name])


def restates(before: Version | None, after: Version | None) -> bool:
    """Whether a known fact is withdrawn or changed. New facts of a leg that goes on restate nothing."""
    if before is None or after is None:
        return before is not None
    if any(before[name] != after[name] for name in _ALWAYS_KNOWN):
        return True
    if before["outcome"] != "open" and any(
        before[name] != after[name] for name in ("outcome", *_JUDGED)
    ):
        return True
    return any(before[name] not in {None, ""} and before[name] != after[name] for name in _FINAL)


def restating_sql() -> str:
    """A condition over the versions of one leg, grouped: true if `restates` may be true for two of them."""
    said = [f"ifNull(min({name}) != max({name}), 0)" for name in (*TIMES, *_SPANS)]
    said += [f"min({name}) != max({name})" for name in _ALWAYS_KNOWN]
    said += [f"minIf({name}, {name} != '') != maxIf({name}, {name} != '')" for name in _TEXTS]
    closed = "outcome != 'open'"
    said += [
        f"minIf({name}, {closed}) != maxIf({name}, {closed})" for name in ("outcome", *_JUDGED)
    ]
    reopened = f"(argMax(outcome, version) = 'open' AND countIf({closed}) > 0)"
    return f"({' OR '.join([*said, reopened])})"


def name_shown(column: str) -> str:
    return column.removesuffix("_ms") if column in TIMES else column


def value_shown(column: str, value: Any) -> Text:
    if column in TIMES:
        return None if value is None else iso(value)
    return value if value != "" else None


def _or_dash(value: Text) -> str:
    return "–" if value is None else str(value)
