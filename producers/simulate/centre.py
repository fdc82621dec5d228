"""The data of a simulated centre: queues with their demand, people with skills and shifts.

Rule 1: only data is here; behaviour is in `engine`. Rule 2: names of durations end in their unit.
"""

from msgspec import Struct

from schemas.millis import MINUTE, SECOND
from schemas.opening import Opening

ALWAYS = Opening()


class Demand(Struct, frozen=True):
    """One queue: its calls, how long they take, how long callers wait."""

    queue: str
    centre: str
    calls_a_day: float  # on an average weekday, without redials and transfers
    talk_median_s: float
    opening: Opening = ALWAYS
    hours: tuple[float, ...] = (1.0,) * 24  # relative demand by local hour; any scale
    weekdays: tuple[float, ...] = (1.0,) * 7  # Monday first
    wrap_median_s: float = 22.0
    impatience: float = 1.0  # multiplies the hazard of hanging up
    give_up_after_s: float | None = (
        None  # the platform ends a longer wait: outcome exited, reason timeout
    )
    callback_after_s: float | None = None  # after this wait a caller may request a call back
    transfers_to: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


class Break(Struct, frozen=True):
    """A pause; `after_min` counts from the start of the shift."""

    after_min: int
    length_min: int
    reason: str


class Shift(Struct, frozen=True):
    """Local minutes after midnight; an end above 1,440 is on the next day."""

    start_min: int
    end_min: int
    breaks: tuple[Break, ...] = ()


class Person(Struct, frozen=True):
    """An agent: his skills, and the weekdays (Monday 0) on which his shift starts."""

    agent: str
    queues: tuple[str, ...]
    shift: Shift
    weekdays: tuple[int, ...]
    saturday: Shift | None = None  # where it differs from the other days
    works_holidays: bool = True
    turn: float | None = None  # from 0 to 1: when of his team he goes on a break; None: by chance


class Redials(Struct, frozen=True):
    """How many of those who hung up call again, and how soon, if this differs from the scenario's values."""

    share: float
    median_min: float


class Burst(Struct, frozen=True):
    """Many calls for one reason: the same topic and a random area."""

    queue: str
    topic: str
    calls_an_hour: float  # at the beginning; halves every `half_life_min`
    half_life_min: float = 40.0
    redials: Redials = Redials(1.0, 3.0)


class WrongTurn(Struct, frozen=True):
    """A menu that sends a share of the callers into the wrong queue."""

    to: str
    share: float
    hangs_up_ms: tuple[int, int]  # patience of these callers
    redials: Redials = Redials(0.8, 0.5)


class Restart(Struct, frozen=True):
    """The platform hangs, is restarted, and has lost all calls and logins."""

    silent_s: int
    agents_back_s: tuple[int, int]  # after the restart
    calls_again_share: float = 0.8  # share of callers who were cut off or could not get through
    calls_again_s: tuple[int, int] = (15, 180)


class Episode(Struct, frozen=True):
    """A change of behaviour for a while; fields that are not set change nothing.

    Minutes count from the beginning of a run, whatever the time of day.
    """

    after_min: int = 0
    every_min: int | None = None  # period of repetition; None: once
    lasts_min: int | None = None  # None: as long as the run
    queues: tuple[str, ...] = ()  # queues concerned; empty: all
    more_calls: float = 0.0  # additional share of calls: 1.0 doubles them
    handling: float = 1.0  # factor of talking time and wrap-up
    missing_share: float = 0.0  # share of the agents of these queues who go home
    burst: Burst | None = None
    wrong_turn: WrongTurn | None = None
    restart: Restart | None = None


class Scenario(Struct, frozen=True):
    """How the people in a centre behave. The defaults are scenario `ordinary`: nothing special happens."""

    name: str
    code: str  # one letter, part of ids; every scenario has another one
    volume: float = 1.0
    day_sd: float = 0.10  # standard deviation of the factor of a day (gamma, mean 1)
    interval_sd: float = 0.15  # of the factor of a half hour (lognormal), …
    interval_memory: float = 0.4  # … which depends on the one before: AR(1)
    talk_ln_sd: float = 0.9
    short_call_share: float = 0.05  # talks below ten seconds: wrong number, cut off
    agent_ln_sd: float = 0.19  # how much agents differ in talking time
    wrap_ln_sd: float = 0.6
    transfer_share: float = 0.05
    hold_share: float = 0.08
    missed_offer_share: float = 0.01
    redial_share: float = 0.45
    redial_median_min: float = 10.0
    redial_ln_sd: float = 1.1
    tries: int = 4
    callback_share: float = 0.35
    withheld_share: float = 0.03
    absent_share: float = 0.06
    closed_share: float = 0.04  # share of the demand at that hour that calls a closed queue
    closed_waits_share: float = (
        0.15  # share of those who are let in and wait without being answered
    )
    ring_ms: tuple[int, int] = (1_500, 6 * SECOND)
    missed_ring_ms: tuple[int, int] = (12 * SECOND, 20 * SECOND)
    missed_pause_ms: tuple[int, int] = (1 * MINUTE, 5 * MINUTE)
    episodes: tuple[Episode, ...] = ()
    faults: tuple[str, ...] = ()  # default of --faults


class Centre(Struct, frozen=True):
    """Everything that `engine` needs except a start and a seed."""

    name: str
    time_zone: str
    demands: tuple[Demand, ...]
    people: tuple[Person, ...]
    scenario: Scenario
    holidays: tuple[str, ...] = ()  # ISO dates
