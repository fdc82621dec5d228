"""What an alert rule declares: its table in queues.toml, what it measures, and when it cannot be raised.

Everything else is derived: the keys of queues.toml, the label and the runbook of the alert, the
boundaries at which rules need not be evaluated, the table in docs/on-call.md. See "Adding an alert rule"
in docs/developer.md.
"""

from abc import ABC, abstractmethod
from functools import cache
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from schemas.alerts import NotEvaluated, Severity
from schemas.millis import LATEST, MINUTE, SECOND
from schemas.targets import RuleSettings, Targets
from streams.core.alerting import Progress
from streams.core.line import Line
from streams.core.queue_view import QueueView
from streams.core.windows import Windows

ALWAYS = LATEST  # as a time: no limit; as a duration: for ever


class HoldingTimes(Struct, frozen=True, kw_only=True):
    """The fields of every rule's table: how long it must be raised to fire, and calm to resolve.

    Each field is a key of queues.toml: `hold_ms` is written `hold = "30s"`, a field of type Share
    as a share, any other as it is. A check over several fields goes into `__post_init__`: it raises
    a ValueError whose text begins with the key, as in `clear_below: must not …`. A field that is
    added later needs a default, and no field may be removed: tables that an earlier release
    published are read for ever.
    """

    hold_ms: int = 0
    clear_hold_ms: int = 60 * SECOND


class Measured(NamedTuple):
    """A rule's figure in its own unit, how many callers are behind it, and both comparisons.

    `raised` begins an alert and `calm` ends one; if neither is true the alert stays as it is.
    `doubtful`: the callers behind it are perhaps gone. `cause`: what the sentence says besides the figure.
    """

    value: float
    threshold: float
    n: int
    raised: bool
    calm: bool
    doubtful: bool = False
    cause: str = ""
    not_evaluated: NotEvaluated | None = None  # see the function of this name
    expected: float | None = (
        None  # what the value would be if all went as promised; None: no such figure
    )
    minutes: int | None = None  # that value and n are of, where the rule has several windows


def not_evaluated(why: NotEvaluated, threshold: float, n: int = 0) -> Measured:
    """The rule lacks what it needs: it is not raised, and an open alert ends. Quiet would look the same, so
    boards and Prometheus say why.
    """
    return Measured(0.0, threshold, n, raised=False, calm=True, not_evaluated=why)


DOUBTFUL_EXTRA_MS = 5 * MINUTE  # unless configured
PERHAPS_GONE = "perhaps gone (later callers were answered first)"  # in sentences

NOT_ASKED = Measured(0.0, 0.0, 0, raised=False, calm=True)  # of a rule that was removed

T = TypeVar("T", bound=HoldingTimes)


class Rule(ABC, Generic[T]):
    """One alert rule. It keeps nothing between two boundaries: the stream keeps the holding times.

    `measure`, `sentence` and the first five attributes are required. The rest only saves work: by
    default the rule is evaluated at every 5-second boundary; one that sets `each_minute` at whole minutes. If what is promised there is wrong, the
    alert comes late or never; tests/property/test_quiet_is_invisible.py checks it.
    """

    name: str  # of the module, and of the table in queues.toml: [….alerts.NAME]
    title: str  # a few words for a list of alerts
    severity: Severity  # unless queues.toml says another
    unit: Literal["seconds", "share", "number"]  # of the value and the threshold
    table: type[T]
    reads_agents: bool = False  # it reads `view.agents`: where nobody knows them it says nothing
    counts_agents: bool = (
        False  # it reads `view.busy_and_taking`: they are counted each minute for it
    )

    # How often it is wrong with the defaults of its table, as its runbook says; empty where that was not measured.
    tuned_to: str = ""
    reads_profile: bool = False  # it reads `view.expected`: without a profile it says nothing
    across_queues: bool = False  # decided from topic `reports` (streams.core.across_rule)
    profile_helps: bool = False  # it reads `view.expected` where there is one

    example: Measured | None = None  # for the documents; else a value over a limit, without a cause

    each_minute: bool = False  # asked at whole minutes alone: no other boundary is looked at for it
    every_minutes: int = (
        1  # with `each_minute`, unless its alert is open: at minutes that this divides
    )

    # With `steady_until` and `lasts_until`: one caller more in line may change what they say; so may what is told of a
    # conversation or its wrap-up.
    counts_callers: bool = True
    reads_service: bool = True

    counts_at_minutes: bool = False  # without `each_minute`: see `asked_at_minute`

    answer_cannot_raise: bool = False  # a caller in line who is answered does not raise it
    leaving_cannot_raise: bool = (
        False  # nor does one who leaves it otherwise; else `quiet_until` is asked then
    )
    idle_cannot_raise: bool = False  # time alone does not raise it if windows and line are empty

    @abstractmethod
    def measure(self, table: T, view: QueueView) -> Measured:
        """The queue as of one boundary against the limits of `table`."""

    def measure_doubtful(self, table: T, view: QueueView) -> Measured | None:
        """The same of the doubtful callers, with `doubtful=True` and later limits; None for a rule
        that does not measure waits.

        It is asked while the other callers do not raise the rule. A rule on waits must have it: a
        caller who only seems to be gone would wait and wake nobody. The alert is one of its own, so
        that a caller who is surely there still pages while it fires.
        """
        return None

    def lacks(self, table: T, view: QueueView) -> NotEvaluated | None:
        """What `measure` says in `not_evaluated`, and nothing else of it: screens ask this of each rule once a minute."""
        return self.measure(table, view).not_evaluated

    def lacks_until(self, table: T, view: QueueView) -> int:
        """The time up to which `lacks` says the same, whatever comes, unless it becomes known or unknown who the agents are, calls
        tell what none told before, or targets or profile change; 0: each call may change it.
        """
        return 0

    @abstractmethod
    def sentence(self, queue_name: str, measured: Measured) -> str:
        """What a person who is woken reads first: which queue, what, and the limit that is exceeded."""

    def cause(self, table: T, view: QueueView, measured: Measured) -> str:
        """What the sentence says besides the figure. It is asked where somebody is told, and not at each look: words cost more
        than figures.
        """
        return measured.cause

    def quiet_until(self, table: T, line: Line, windows: Windows) -> int:
        """The boundary up to which it cannot be raised unless a new fact comes; 0: evaluate it now.

        It is asked again at the end of the minute at the latest, and at each boundary at which another rule is
        evaluated: if it says that boundary or a later one, `measure` is not asked. `line` and `windows` hold every
        fact so far, but the boundary of the windows may be older. A rule that measures what comes
        after an answer (talk, hold, wrap-up) must leave it at 0: such facts do not end the quiet. Of a rule with
        `each_minute` it is never asked.
        """
        after = self.waits_at_least_ms(table)
        return 0 if after is None else line.none_waits_longer_until(after)

    def waits_at_least_ms(self, table: T) -> int | None:
        """It cannot be raised before somebody, perhaps gone, has waited for so long; None: that may be. Then `quiet_until` and
        `arrival_cannot_raise_for_ms` follow from it, and all such rules cost one look.
        """
        return None

    def cannot_be_raised(self, table: T, view: QueueView) -> bool:
        """Whether a look that costs less than `measure` shows that neither this nor `measure_doubtful` would raise it now.

        It is asked first while it has no alert. False says nothing.
        """
        return False

    def steady_until(self, table: T, view: QueueView) -> int:
        """The boundary up to which neither this nor `measure_doubtful` can raise it though somebody has waited for
        `waits_at_least_ms`, while as many agents take calls and are signed in, the minute goes on, and none comes of the facts that
        `counts_callers` and `reads_service` name; 0: that is not known. Answers and later facts than the boundary are in
        `view.line`. A time before `ALWAYS` is about waits: a new caller ends it by `arrival_cannot_raise_for_ms`.
        """
        return 0

    def lasts_until(self, table: T, view: QueueView, before: Progress) -> int:
        """The boundary up to which an open alert surely stays as it is: one that fires cannot get calm (it is not now), and a pending
        one, which is raised now, stays raised; 0: that is not known. While what `steady_until` asks for holds and nobody leaves the
        line. A doubtful alert is one of doubtful callers; that no other caller may raise it is part of this.
        """
        return 0

    def safe_until(self, table: T, view: QueueView) -> int:
        """The boundary up to which it cannot be raised whatever comes; 0: that is not known.

        For a rule that is raised by nothing happening, and that new calls can only put off. It is asked when `measure` did
        not raise it, and again once that boundary has passed, when a late fact came, or when targets or profile
        changed.
        """
        return 0

    def asked_at_minute(self, table: T, view: QueueView) -> bool:
        """Whether it is measured at this whole minute although `quiet_until` says that it is quiet: for a cause that is counted at
        whole minutes alone. Only a rule that says `counts_at_minutes` is asked.
        """
        return False

    def idle_until(self, table: T, view: QueueView) -> int:
        """The boundary up to which time alone does not raise it while windows and line stay empty."""
        return ALWAYS if self.idle_cannot_raise else self.safe_until(table, view)

    def arrival_cannot_raise_for_ms(self, table: T) -> int:
        """For how long after the arrival a new caller who still waits cannot raise it, in ms."""
        return self.waits_at_least_ms(table) or 0


def table_of(rule: Rule[Any], settings: RuleSettings | None) -> HoldingTimes | None:
    """None when the rule is off, or when another release wrote settings that this one cannot read."""
    if settings is None:
        return None
    try:
        table: HoldingTimes = msgspec.convert(settings, rule.table)
    except msgspec.ValidationError:
        return None
    return table


def severity_of(rule: Rule[Any], targets: Targets) -> Severity:
    """What queues.toml says of the rule in this queue, else the rule's own."""
    return targets.severities.get(rule.name, rule.severity)


def tuned_to(rule: Rule[T], table: T | None) -> str:
    """Of the defaults alone: with other settings nobody knows how often the rule is wrong."""
    return rule.tuned_to if rule.tuned_to and table == _defaults(rule.table) else ""


_defaults = cache(lambda table: table())  # asked for each record of an alert


class UnknownRule(Rule[HoldingTimes]):
    """Stands for a rule of another release, whose alert is open and which this release does not have."""

    severity = "warn"

    def __init__(self, name: str) -> None:
        self.name = name

    def measure(self, table: HoldingTimes, view: QueueView) -> Measured:
        return NOT_ASKED

    def sentence(self, queue_name: str, measured: Measured) -> str:
        return f"{queue_name}: the rule {self.name} is not known any more"
