"""Topic `targets`: what was promised to whom, versioned, with valid-from in event time."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.formulas import FormulaName
from schemas.millis import SECOND
from schemas.opening import Opening
from schemas.timing import SERVICE_CAP_MS, SHORT_ABANDON_MS, WAITING_CAP_MS


class OldestWaitRule(Struct, frozen=True):
    """Raise while somebody has waited longer than `raise_above_ms` for `hold_ms` on end."""

    raise_above_ms: int
    clear_below_ms: int
    hold_ms: int = 0
    clear_hold_ms: int = 60 * SECOND


class AbandonmentRule(Struct, frozen=True):
    """Raise on the share ab2 of the last 30 minutes, with at least `minimum` callers behind it."""

    raise_above: Annotated[float, Meta(gt=0, le=1)]
    clear_below: Annotated[float, Meta(ge=0, le=1)]
    hold_ms: int = 0
    clear_hold_ms: int = 5 * 60 * SECOND
    minimum: int = 20


class Targets(Struct, frozen=True):
    """The promise of one queue, all inheritance resolved. Durations in milliseconds."""

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
    oldest_wait_alert: OldestWaitRule | None = None
    abandonment_alert: AbandonmentRule | None = None


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


class TopicsEpoch(Struct, frozen=True):
    """Key `epoch` of topic `targets`: raised when topics are made anew, so that versions go on rising."""

    epoch: int
    created_at: int
