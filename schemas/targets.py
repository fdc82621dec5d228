"""Topic `targets`: what is promised for each queue, versioned; `valid_from` is event time."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import force_setattr

from schemas.alerts import Severity
from schemas.formulas import FormulaName
from schemas.maintenance import MaintenanceWindow
from schemas.metrics import Metric
from schemas.opening import Opening
from schemas.roles import Role
from schemas.timing import SERVICE_CAP_MS, SHORT_ABANDON_MS, WAITING_CAP_MS

Share = Annotated[float, Meta(gt=0, le=1)]
RuleSettings = dict[str, int | float]  # of an alert rule: its keys, durations in milliseconds
_FORMER_ALERT = Annotated[
    RuleSettings | UnsetType | None,
    Meta(description="Read only: now in `alerts`.", extra_json_schema={"deprecated": True}),
]


def check_zone(name: str) -> None:
    """ValueError if there is no such time zone: of a forged record boards and workers would end, for good."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValueError(f"no time zone {name[:50]!r}") from None


class Targets(Struct, frozen=True):
    """What is promised for one queue, all inheritance resolved. Durations in milliseconds."""

    queue: str
    name: str
    centre: str
    centre_name: str
    department: str
    department_name: str
    time_zone: str
    answer_within_ms: int
    goal: float
    formula: FormulaName = "short_abandons_ignored"
    short_abandon_ms: int = SHORT_ABANDON_MS
    opening: Opening = Opening()
    day_start_minute: int = 0
    owner: str = ""
    waiting_cap_ms: int = WAITING_CAP_MS
    service_cap_ms: int = SERVICE_CAP_MS
    alerts: dict[str, RuleSettings] = {}  # by rule; one that is absent is off
    severities: dict[str, Severity] = {}  # by rule, in place of the rule's own
    maintenance: tuple[MaintenanceWindow, ...] = ()  # nobody is told of alerts meanwhile
    formerly: tuple[str, ...] = ()  # ids under which history has earlier calls of the queue
    agents_named_to: tuple[Role, ...] = ()  # who sees on boards which agent does what
    callers_listed_to: tuple[Role, ...] = ()  # who sees on boards each caller, by a token
    # Records of release 0.1.0 name their rules here; the topic is kept for ever.
    oldest_wait_alert: _FORMER_ALERT = UNSET
    abandonment_alert: _FORMER_ALERT = UNSET

    def __post_init__(self) -> None:
        """Move rules that an earlier release published to `alerts`; only that field is ever written."""
        check_zone(self.time_zone)
        for rule in ("oldest_wait", "abandonment"):
            former = getattr(self, f"{rule}_alert")
            if former is UNSET:
                continue
            force_setattr(self, f"{rule}_alert", UNSET)
            if former is not None:
                force_setattr(self, "alerts", {**self.alerts, rule: former})


class TargetsVersion(Struct, frozen=True):
    """One published `queues.toml`; `version` counts from 1.

    For a queue the first version that names it is valid from the beginning of time, later ones
    from `valid_from`. `default_zone` is the zone of groups of queues.
    """

    version: int
    valid_from: int
    published_at: int
    default_zone: str
    queues: tuple[Targets, ...] = ()
    metrics: tuple[Metric, ...] = ()  # of users, see schemas/metrics_book.py

    def __post_init__(self) -> None:
        check_zone(self.default_zone)


class TopicsEpoch(Struct, frozen=True, omit_defaults=True):
    """Key `epoch` of topic `targets`: raised when topics are created again or get more partitions, so that versions still
    rise.
    """

    epoch: Annotated[int, Meta(ge=0, lt=1 << 24)]  # a version has 24 bits for it
    created_at: int
    # For how many partitions of `calls` the state was made; None: a former release wrote it.
    partitions: int | None = None
    # By input topic and partition, the first record that is counted there: former ones were counted when queues and
    # agents had other partitions. A topic or a partition that is not named: all.
    counted_from: dict[str, list[int]] = {}

    def counted_from_at(self, topic: str, partition: int) -> int:
        offsets = self.counted_from.get(topic, [])
        return offsets[partition] if partition < len(offsets) else 0
