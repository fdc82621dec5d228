"""Who is told of which alert, how soon and how often: the facts behind Alertmanager's routes and those of `deliver`.

Alertmanager's file is made of them (streams/sinks/alertmanager/routing.py), and `deliver` follows them where no
Alertmanager runs, so that both tell the same.
"""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from schemas.alerts import PROBE, Severity, alert_name
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.owners import OF_QUEUEWATCH


class Pace(NamedTuple):
    """How long a first message waits for others of its group, when news of the group are told, and when it is repeated.

    `wait_ms` of 5 s makes hardly more messages than 10 s or 30 s: what one cause raises fires within one boundary of 5 s, or minutes apart.
    """

    wait_ms: int
    interval_ms: int
    repeat_ms: int


PACES: Mapping[Severity, Pace] = {
    "page": Pace(5 * SECOND, MINUTE, 30 * MINUTE),
    "warn": Pace(30 * SECOND, 5 * MINUTE, 4 * HOUR),
}
GROUPED_BY = ("owner", "department")  # of an owner: one message a department and severity
GROUPED_BY_ELSE = (
    "alertname",
    "queue",
    "topic",
    "area",
)  # of an alert without an owner that is declared


class Matcher(NamedTuple):
    """`pattern` must match the whole value of the label, or be another text; a missing label is an empty value."""

    label: str
    pattern: str
    how: Literal["=", "!=", "=~"] = "="

    def matches(self, labels: Mapping[str, str]) -> bool:
        value = labels.get(self.label, "")
        if self.how == "=~":
            return re.fullmatch(self.pattern, value) is not None
        return (value == self.pattern) == (self.how == "=")

    def text(self) -> str:
        """As Alertmanager's file has it."""
        return f'{self.label}{self.how}"{self.pattern}"'


class Inhibition(NamedTuple):
    """While an alert of `source` fires, alerts of `target` with the same values of `equal` are told to nobody."""

    why: str
    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...] = ()


_OF_A_QUEUE = Matcher("rule", ".+", "=~")
_OF_QUEUEWATCH = Matcher("owner", OF_QUEUEWATCH)
INHIBITIONS: tuple[Inhibition, ...] = (
    Inhibition(
        "Figures of a queue without a feed stand still: what its alerts say may be over.",
        (Matcher("alertname", "QueueWithoutFeed"),), (_OF_A_QUEUE,), ("queue",),
    ),
    Inhibition("", (Matcher("alertname", "PipelineDown"), Matcher("job", "stream")), (_OF_A_QUEUE,)),
    Inhibition(
        "A process that is down is one alert: what cannot be asked without it is no second one.",
        (Matcher("alertname", "PipelineDown"), _OF_QUEUEWATCH),
        (Matcher("alertname", "PipelineDown", "!="), _OF_QUEUEWATCH, Matcher("job", ".+", "=~")), ("job",),
    ),
    Inhibition(
        "", (Matcher("alertname", "PipelineDown"), Matcher("job", "stream")), (Matcher("alertname", "ProbeLost"),),
    ),
    Inhibition(
        "One message a queue (or topic and area): who was paged need not be warned.",
        (Matcher("severity", "page"), _OF_A_QUEUE), (Matcher("severity", "warn"), _OF_A_QUEUE),
        ("queue", "topic", "area"),
    ),
)  # fmt: skip
PROBED = (Matcher("alertname", alert_name(PROBE)), _OF_QUEUEWATCH)  # given back to notify
REPLAYED = Matcher("replay", "true")
QUIET_SEVERITIES = Matcher("severity", "none|note", "=~")
