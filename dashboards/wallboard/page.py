"""The data of the page, as it is sent to browsers; every field is shown, or is for users of /api/board."""

from typing import Literal

from msgspec import Struct

from dashboards.wallboard.freshness import Condition
from dashboards.wallboard.texts import Clock
from dashboards.wallboard.words import NO_VALUE
from schemas.commands_book import Quiet
from schemas.goal import AgainstGoal

Level = Literal["act", "watch", "ok", "none"]


class Share(Struct, frozen=True, omit_defaults=True):
    """A ratio with its numerator and denominator (`n`); no `value` if `n` is 0; `text` in percent."""

    n: int
    numerator: int
    value: float | None = None
    text: str = NO_VALUE
    against_goal: AgainstGoal | None = None
    note: str = ""  # a caution to show beside it, such as too few calls


class Sign(Struct, frozen=True, omit_defaults=True):
    """The word that is shown for a queue, its glyph, and the cause. `level` selects the colour."""

    level: Level
    word: str
    glyph: str
    why: str = ""  # in English
    rule: str = ""  # the alert rule that it is of


class AgentCounts(Struct, frozen=True):
    """Agents by their present state: `busy` is ringing, talking or hold; `away` not ready or unreachable."""

    free: int
    busy: int
    wrap: int
    away: int


class AgentLine(Struct, frozen=True, omit_defaults=True):
    """One agent of the row's queue, by the platform's id, which may be a name: only for the roles of
    `agents_named_to` in queues.toml. In `state` since `since`, with the reason of a pause.
    """

    agent: str
    state: str
    since: int
    reason: str = ""


class SaidLine(Struct, frozen=True):
    """What somebody wrote of an alert, with an order or by a command."""

    who: str
    at: int
    text: str


class AlertLine(Struct, frozen=True, omit_defaults=True):
    """A firing alert of the row's queue; `quiet` says who has it, or who muted it; `had_by` names who
    acknowledged it.

    `value`, `threshold`, `n`, `minutes`, `calm`, `doubtful` and `not_evaluated` are those of the alert (topic `alerts`), `place`
    its queue, or topic and area. `is_partly_seen`: it is about queues, too, that the reader does not see; then its figures
    and what people said of it are left out.
    """

    alert_id: str
    rule: str
    severity: str
    reason: str
    since: int
    quiet: str = ""
    had_by: str = ""
    value: float = 0.0
    threshold: float = 0.0
    n: int = 0
    minutes: int | None = None
    calm: bool = False  # it ends unless it rises again
    doubtful: bool = False
    not_evaluated: str = ""
    place: str = ""
    place_name: str = ""
    is_partly_seen: bool = False
    why_quiet: Quiet | None = None  # `quiet` as data
    said: tuple[SaidLine, ...] = ()


NoteKind = Literal[
    "incident", "maintenance", "not_configured", "replay", "source_silent", "doubtful", "out_of_hours",
    "not_evaluated", "unexplained", "hung_up_at_once", "lost",
]  # fmt: skip


class Note(Struct, frozen=True, omit_defaults=True):
    """What is to be known of a row beside its figures: how many, of when (ms), of which alert (its place in `alerts`), of which
    rules and why. `text` is that of people: why there is maintenance.
    """

    kind: NoteKind
    n: int = 0
    at: int | None = None
    rules: tuple[str, ...] = ()
    text: str = ""
    of: int = 0  # how many there are of whom `n` are meant
    within_ms: int = 0


class Spare(Struct, frozen=True):
    """Where agents are free who do not serve the row's queue: another queue near it in which nobody waits."""

    queue: str
    name: str
    free: int


class Row(Struct, frozen=True, omit_defaults=True):
    """One queue. A figure is absent if it is not known, or too old."""

    queue: str
    name: str
    centre: str
    department: str
    sign: Sign
    condition: Condition
    as_of: int | None = None
    as_of_text: str = ""
    replay_of: int | None = None  # for a replay, the time at which it originally happened
    waiting: int | None = None
    waiting_late: int | None = None  # of them longer than T, as of `as_of`
    doubtful: int = 0
    in_service: int | None = None
    oldest_arrived_at: int | None = None
    oldest_wait_ms: int | None = None  # at the board's `now`
    ticking: bool = False  # whether the page may count `oldest_wait_ms` on
    late: bool = False  # the oldest has waited past T
    service_level: Share | None = None  # closed, 30 minutes, by `formula`
    service_level_today: Share | None = None
    abandonment: Share | None = None  # ab1, 30 minutes
    abandonment_long: Share | None = None  # ab2: without short abandons; the alert judges this one
    agents: AgentCounts | None = None
    agent_states: dict[str, int] | None = None
    people: tuple[AgentLine, ...] = ()
    answer_within_ms: int | None = None
    short_abandon_ms: int | None = None
    goal: float | None = None
    formula: str = ""
    formula_title: str = ""
    promise: str = ""  # `80 % within 20 s`
    alerts: tuple[AlertLine, ...] = ()
    notes: tuple[str, ...] = ()  # in English
    remarks: tuple[Note, ...] = ()  # the same as data
    centre_id: str = ""
    department_id: str = ""
    zone: str = "UTC"
    zone_told: str = (
        ""  # behind its times: its zone, where the clock of the board shows another time
    )
    closed: bool = False  # out of its opening hours
    opens_at: int | None = None  # of a closed queue; None if it does not open within two weeks
    shared_with: tuple[
        str, ...
    ] = ()  # queues with the very same agents, so that nobody adds them up
    spare: Spare | None = None

    @property
    def clock(self) -> Clock:
        return Clock(self.zone, self.zone_told)


class Totals(Struct, frozen=True, omit_defaults=True):
    """Sums over those queues whose figures may be shown: `counted` of `queues`. Each leg by its own target."""

    id: str
    name: str
    queues: int
    counted: int
    sign: Sign  # the worst of its queues
    waiting: int | None = None
    oldest_wait_ms: int | None = None
    ticking: bool = False
    service_level: Share | None = None
    service_level_today: Share | None = None
    abandonment: Share | None = None
    agents: AgentCounts | None = None  # each agent once, even if he serves several queues
    alerts: int = 0
    act: int = 0
    watch: int = 0


SILENT = "silent"


class Part(Struct, frozen=True, omit_defaults=True):
    """One process of queuewatch; if it is not `ready`, `text` is the reason in English, of the fields below it."""

    name: str
    ready: bool
    text: str = ""
    state: str = ""  # the word that it says of itself (schemas.health), or SILENT
    silent_ms: int = 0  # since its last word, at the board's `now`
    detail: str = ""  # its own sentence, in English


class ShownLine(Struct, frozen=True, omit_defaults=True):
    """A line that somebody wrote on the boards of a department (its id), or of all ("")."""

    line_id: str
    text: str
    who: str
    until: int
    department: str = ""


class Board(Struct, frozen=True, omit_defaults=True):
    """The whole board at `now`; `as_of` is the newest event time of its queues."""

    now: int
    as_of: int | None
    age_ms: int | None
    zone: str
    zone_offset_ms: int
    build: str
    condition: Literal["live", "replay", "behind", "stale", "recovering", "dead"]
    banner: str  # shown over the full width unless the figures are live
    all: Totals
    departments: tuple[Totals, ...] = ()
    centres: tuple[Totals, ...] = ()
    rows: tuple[Row, ...] = ()
    parts: tuple[Part, ...] = ()
    messages: tuple[str, ...] = ()  # in English: `problem`, `parts` that are not ready, `dark`
    problem: str = ""  # why the board cannot read its data, in English
    dark: int = 0  # rows without figures, though they had some, while others live
    definition: str = ""
    lines: tuple[ShownLine, ...] = ()
    simulated: bool = False  # a simulator sends calls: no figure is of a real caller
