"""Who is told of which alert, how soon and how often: the facts behind Alertmanager's routes and those of `deliver`.

Alertmanager's file is made of them (streams/sinks/alertmanager/routing.py), and `deliver` follows them where no
Alertmanager runs, so that both tell the same.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from schemas.alerts import Severity
from schemas.millis import HOUR, MINUTE, SECOND


class Pace(NamedTuple):
    """How long a first message waits for others of its group, when news of the group are told, and when it is repeated."""

    wait_ms: int
    interval_ms: int
    repeat_ms: int


PACES: Mapping[Severity, Pace] = {
    "page": Pace(10 * SECOND, MINUTE, 30 * MINUTE),
    "warn": Pace(30 * SECOND, 5 * MINUTE, 4 * HOUR),
}
GROUPED_BY = ("owner", "department")  # of an owner: one message a department and severity
GROUPED_BY_ELSE = ("alertname", "queue")  # of an alert without an owner that is declared
DELIVER_URL = "http://127.0.0.1:9096"


class Matcher(NamedTuple):
    """`pattern` must match the whole value of the label; a missing label is an empty value."""

    label: str
    pattern: str
    is_regex: bool = False

    def matches(self, labels: Mapping[str, str]) -> bool:
        value = labels.get(self.label, "")
        return (
            re.fullmatch(self.pattern, value) is not None
            if self.is_regex
            else value == self.pattern
        )

    def text(self) -> str:
        """As Alertmanager's file has it."""
        return f'{self.label}{"=~" if self.is_regex else "="}"{self.pattern}"'


class Inhibition(NamedTuple):
    """While an alert of `source` fires, alerts of `target` with the same values of `equal` are told to nobody."""

    why: str
    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...] = ()


_OF_A_QUEUE = Matcher("rule", ".+", is_regex=True)
INHIBITIONS: tuple[Inhibition, ...] = (
    Inhibition(
        "Figures of a queue without a feed stand still: what its alerts say may be over.",
        (Matcher("alertname", "QueueWithoutFeed"),), (_OF_A_QUEUE,), ("queue",),
    ),
    Inhibition("", (Matcher("alertname", "PipelineDown"), Matcher("job", "stream")), (_OF_A_QUEUE,)),
    Inhibition(
        "One message a queue: who was paged need not be warned.",
        (Matcher("severity", "page"), _OF_A_QUEUE), (Matcher("severity", "warn"), _OF_A_QUEUE), ("queue",),
    ),
)  # fmt: skip
REPLAYED = Matcher("replay", "true")
QUIET_SEVERITIES = Matcher("severity", "none|note", is_regex=True)
