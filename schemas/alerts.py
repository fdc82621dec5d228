"""Topic `alerts`: what on-call staff must know, decided in the stream, one record for each change."""

from math import inf
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct

AlertState = Literal["inactive", "pending", "firing", "resolved"]
RULE_PATTERN = "[a-z][a-z0-9_]*"
RuleName = Annotated[str, Meta(pattern=f"^{RULE_PATTERN}$")]  # another release may have others
Severity = Literal["page", "warn", "note", "rehearse"]
PROBE = "probe"  # in place of a rule: the stream's answer to a probe (schemas.calls.Probe), which is no alert
SEVERITIES: tuple[Severity, ...] = ("page", "warn", "note", "rehearse")  # worst first
NotEvaluated = Literal[
    "no agents reported",
    "agents reported in part",  # calls are answered, and nobody is signed in by what was told
    "agents known too briefly",
    "no handling times",
    "too few calls",
    "goal out of reach",
    "no profile",
    "no topics reported",
    "no callers reported",
    "no contacts reported",
    "calls known too briefly",
    "reports are behind",
]  # why a rule that is switched on cannot be asked now


# Rules whose value falls under the limit; of the others it rises over it. Also of a record that another release wrote.
FALLS_UNDER = frozenset({"understaffed", "late_calls_left"})


def times_limit(rule: RuleName, value: float, threshold: float) -> float:
    """How far the value is beyond its limit, in the direction of the rule: 1 at the limit, less within it, `inf` where no
    factor can say it.
    """
    beyond, limit = (threshold, value) if rule in FALLS_UNDER else (value, threshold)
    if beyond == limit:
        return 1.0
    if limit > 0:
        return max(beyond, 0.0) / limit
    return inf if beyond > 0 else 0.0


class Firing(NamedTuple):
    """An alert that fires, as one of its queues shows it. `topic` and `area` are those of an alert across queues."""

    rule: str
    queue: str
    topic: str = ""
    area: str = ""


class FreeAgents(Struct, frozen=True, gc=False):
    """Agents of another queue who could help: they take calls there, have none, and do not serve the queue."""

    queue: str
    queue_name: str
    n: int


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
    n: int  # callers behind the value; agents, where it is a share of agents
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
    # It fires on, though it is below the limit that clears it: it ends unless it rises again within its holding time.
    calm: bool = False
    # Why its rule cannot be asked any more; then `value` and `n` say nothing. Text: another release may have other reasons.
    not_evaluated: str = ""
    # The last minutes that `value` and `n` are of, where the rule measures several windows.
    minutes: int | None = None
    free_agents: tuple[FreeAgents, ...] = ()  # while it goes on; nearest queue first
    # When it ended: what left the queue within [onset, end). None: a former release knew its onset.
    late_calls: int | None = None  # answered with a wait over T
    abandoned: int | None = None  # short abandons left out
    # What the value would be if all went as promised, in the same unit; None where the rule has no such figure.
    expected: float | None = None
    tuned_to: str = (
        ""  # how often the rule is wrong with these settings; empty where nobody measured it
    )
    # While planned maintenance of the queue lasts people are not told: its end, and a text that says so.
    maintenance_until: int | None = None
    maintenance: str = ""
    # How often it fired within the hour before it fired, this time included; more than once: it flaps.
    times_fired: int = 0
    # Of a rule across queues, whose `queue` is empty, and whose `queue_name` is topic and area:
    topic: str = ""
    area: str = ""
    queues: tuple[str, ...] = ()  # whose calls are in it, most calls first

    @property
    def place(self) -> str:
        """What it is about: the queue, or topic and area. Rule and place are one alert at a time."""
        return self.queue or f"{self.topic}/{self.area}"


def is_probe(alert: Alert) -> bool:
    """Whether the record only answers a probe: whoever shows or keeps alerts leaves it out."""
    return alert.rule == PROBE


def alert_name(rule: RuleName) -> str:
    """What Alertmanager and the runbook call the alerts of a rule: `oldest_wait` is OldestWait."""
    return "".join(word.capitalize() for word in rule.split("_"))
