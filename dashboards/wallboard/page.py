"""What the page shows, as it is sent to it; every field has a place on the screen or in /api/board."""

from typing import Literal

from msgspec import Struct

from dashboards.wallboard.freshness import Condition
from dashboards.wallboard.words import NO_VALUE
from schemas.goal import AgainstGoal

Level = Literal["act", "watch", "ok", "none"]


class Share(Struct, frozen=True, omit_defaults=True):
    """A ratio with what it is made of; no `value` where `n` is 0; `text` in percent."""

    n: int
    numerator: int
    value: float | None = None
    text: str = NO_VALUE
    against_goal: AgainstGoal | None = None
    note: str = ""  # what else must be known before it is believed


class Sign(Struct, frozen=True, omit_defaults=True):
    """The one word about a queue, its glyph, and the sentence that gives the cause.

    `level` chooses the colour.
    """

    level: Level
    word: str
    glyph: str
    why: str = ""


class AgentCounts(Struct, frozen=True):
    """People by what they do now: `busy` rings, talks or holds; `away` is not ready or unreachable."""

    free: int
    busy: int
    wrap: int
    away: int


class AlertLine(Struct, frozen=True, omit_defaults=True):
    """A firing alert of the row's queue."""

    rule: str
    severity: str
    reason: str
    since: int


class Row(Struct, frozen=True, omit_defaults=True):
    """One queue. Figures are absent where nothing is known or what is known is too old."""

    queue: str
    name: str
    centre: str
    department: str
    sign: Sign
    condition: Condition
    as_of: int | None = None
    as_of_text: str = ""
    replay_of: int | None = None  # of a replay: when this really happened
    waiting: int | None = None
    doubtful: int = 0
    in_service: int | None = None
    oldest_arrived_at: int | None = None
    oldest_wait_ms: int | None = None  # at the board's `now`
    ticking: bool = False  # whether the page may count `oldest_wait_ms` on
    late: bool = False  # the oldest has waited past T
    service_level: Share | None = None  # closed, 30 minutes, by `formula`
    service_level_today: Share | None = None
    abandonment: Share | None = None  # ab1, 30 minutes
    abandonment_long: Share | None = None  # ab2: without the short ones, what the alert judges
    agents: AgentCounts | None = None
    agent_states: dict[str, int] | None = None
    answer_within_ms: int | None = None
    short_abandon_ms: int | None = None
    goal: float | None = None
    formula: str = ""
    formula_title: str = ""
    promise: str = ""  # `80 % within 20 s`
    alerts: tuple[AlertLine, ...] = ()
    notes: tuple[str, ...] = ()


class Totals(Struct, frozen=True, omit_defaults=True):
    """Sums over the `counted` of `queues` whose figures may be shown; each leg by its own target."""

    id: str
    name: str
    queues: int
    counted: int
    waiting: int | None = None
    oldest_wait_ms: int | None = None
    ticking: bool = False
    service_level: Share | None = None
    service_level_today: Share | None = None
    abandonment: Share | None = None
    agents: AgentCounts | None = None  # each person once, however many queues
    alerts: int = 0
    act: int = 0
    watch: int = 0


class Part(Struct, frozen=True, omit_defaults=True):
    """One process of ours; `ready` false carries the reason."""

    name: str
    ready: bool
    text: str = ""


class Board(Struct, frozen=True, omit_defaults=True):
    """The whole wall at `now`; `as_of` is the newest event time among its queues."""

    now: int
    as_of: int | None
    age_ms: int | None
    zone: str
    zone_offset_ms: int
    build: str
    condition: Literal["live", "replay", "behind", "stale", "dead"]
    banner: str  # full width while there is anything but live figures
    all: Totals
    departments: tuple[Totals, ...] = ()
    centres: tuple[Totals, ...] = ()
    rows: tuple[Row, ...] = ()
    parts: tuple[Part, ...] = ()
    messages: tuple[str, ...] = ()
    definition: str = ""
