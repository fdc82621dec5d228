"""Sentences of history for people: a name, the values, and one English text for each name.

A sentence keeps its values, so that a page, a paper or a mail can say it in another language; `text` is the English one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import to_datetime

TEXTS: dict[str, str] = {
    "scope": (
        "In this report: {queues} configured queues of {centres} centres; {silent} of the queues had no call. Not in it:"
        " {not_configured} legs of queues that nobody configured, calls when a queue was closed, and whatever no platform told us of."
    ),
    "not_begun": "The month has not begun: it begins {start}.",
    "no_data": "The archive has no data of this month, nor of any other.",
    "no_data_before": "The archive has no data before {first}: of what was before, nothing is in this report.",
    "no_data_after": "The archive has no data after {last}: of what was later, nothing is in this report.",
    "runs": "The month runs until {end}: figures to {last}.",
    "nobody_called": "Nobody called in opening hours.",
    "whole": (
        "{called} called in opening hours: {answered} were answered, {gave_up} gave up ({short} of them at once), {refused} were"
        " refused. {share} were served as each queue promised (goal {goal})."
    ),
    "unserved": (
        "{unserved} of {callers} callers who gave up or were refused were not answered within 24 hours ({not_yet_known} not known"
        " yet; {nameless} attempts without a caller's token are not in it). After {redialled} of {abandoned} abandons the caller"
        " called again within 30 minutes."
    ),
    "unserved_unknown": (
        "{callers} callers gave up or were refused. How many of them were not answered within 24 hours is not known yet: {not_yet_known}"
        " were not answered so far, and the 24 hours of none are over ({nameless} attempts without a caller's token are not in it)."
        " After {redialled} of {abandoned} abandons the caller called again within 30 minutes."
    ),
    "change": "{what}: {change}.",
    "none_is_bad": "No centre missed its goal, in the month or in a half hour.",
    "bad": (
        "{place}. {group}: {share} of {calls} calls served as promised (goal {goal}). {missed} of {eligible} half hours missed it, up to"
        " {longest} in a row, the worst {worst_at} with {worst_share}; {calls_in_missed} calls came in them. {gave_up} gave up,"
        " {refused} were refused. {change}."
    ),
    "average_hides": (
        "{group}: the average looks fine, but it hides bad half hours. {share} of {calls} calls were served as promised"
        " (goal {goal}), yet {missed} of {eligible} half hours missed it, the worst {worst_at} with"
        " {worst_share} of {worst_calls} calls; {calls_in_missed} calls came in such half hours, and {longest} of"
        " them followed each other from {longest_from} on."
    ),
}


class Sentence(Struct, frozen=True):
    """`values` are texts already: numbers with their separators, shares in percent, times on the group's clock."""

    name: str
    values: Mapping[str, str]

    @property
    def text(self) -> str:
        return TEXTS[self.name].format(**self.values)


def sentence(name: str, **values: Any) -> Sentence:
    return Sentence(name, {key: _text(value) for key, value in values.items()})


def percent(share: float | None) -> str:
    """`86.1 %`, with one digit always, so that figures stand beside each other; `–` for no value."""
    return "–" if share is None else f"{share * 100:.1f} %"


def moment(at: int, zone: str) -> str:
    """`Mon 5 Oct 09:30` on the clock of the zone."""
    local: datetime = to_datetime(at, ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def _text(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
