"""Topic `alerts`: what on-call staff must know, decided in the stream, one record for each change."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

AlertState = Literal["inactive", "pending", "firing", "resolved"]
RuleName = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$")]  # another release may have others
Severity = Literal["page", "warn", "note", "rehearse"]
SEVERITIES: tuple[Severity, ...] = ("page", "warn", "note", "rehearse")  # worst first
NotEvaluated = Literal[
    "no agents reported",
    "no handling times",
    "too few calls",
    "goal out of reach",
    "no topics reported",
    "no callers reported",
]  # why a rule that is switched on cannot be asked now


class Alert(Struct, frozen=True, gc=False, omit_defaults=True):
    """One alert (rule, queue, onset) at one of its stages; the highest version of `alert_id` holds.

    Times are event times: `onset_at` is the 5-second boundary at which the condition was first
    true, `changed_at` the boundary at which this state began, `held_at` the newest boundary as of which it was
    written: while it fires a version is written each minute, with the figures of then. `value` and
    `threshold` are in the unit of the rule: seconds, a share or a number.
    """

    alert_id: str  # rule, queue and onset; rule, topic, area and onset
    version: int
    rule: RuleName
    queue: str
    state: AlertState
    severity: Severity
    onset_at: int
    changed_at: int
    known_at: int
    value: float
    threshold: float
    n: int  # callers behind the value
    reason: str  # one sentence for people: what, where, against which limit, since when
    fired_at: int | None = None
    resolved_at: int | None = None
    owner: str = ""
    department: str = ""
    queue_name: str = ""
    agents: dict[str, int] = {}
    replay: bool = False
    doubtful: bool = (
        False  # the callers behind it are perhaps gone: an alert beside that of the others
    )
    held_at: int | None = None  # None: written by a former release, once a change
    # Of a rule across queues, whose `queue` is empty, and whose `queue_name` is topic and area:
    topic: str = ""
    area: str = ""
    queues: tuple[str, ...] = ()  # whose calls are in it, most calls first

    @property
    def place(self) -> str:
        """What it is about: the queue, or topic and area. Rule and place are one alert at a time."""
        return self.queue or f"{self.topic}/{self.area}"


def alert_name(rule: RuleName) -> str:
    """What Alertmanager and the runbook call the alerts of a rule: `oldest_wait` is OldestWait."""
    return "".join(word.capitalize() for word in rule.split("_"))
