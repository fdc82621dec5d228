"""What a simulated centre is made of: queues with their demand, people with skills and shifts.

Rule 1: this is data; what happens to it is in `engine`. Rule 2: durations carry their unit.
"""

from msgspec import Struct

from schemas.millis import MINUTE, SECOND
from schemas.opening import Opening

ALWAYS = Opening()


class Demand(Struct, frozen=True):
    """One queue: who calls it, how long it takes, how long they wait."""

    queue: str
    centre: str
    calls_a_day: float  # on an average weekday, redials and transfers not counted
    talk_median_s: float
    opening: Opening = ALWAYS
    hours: tuple[float, ...] = (1.0,) * 24  # shares of the day by local hour, any scale
    weekdays: tuple[float, ...] = (1.0,) * 7  # Monday first
    wrap_median_s: float = 22.0
    impatience: float = 1.0  # multiplies the hazard of hanging up
    give_up_after_s: float | None = None  # the platform ends a longer wait (exited, timeout)
    callback_after_s: float | None = None  # from here on a caller may ask to be rung back
    transfers_to: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


class Break(Struct, frozen=True):
    """A pause so many minutes into a shift."""

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


class Keen(Struct, frozen=True):
    """How often those call again who hung up, and how soon, where they do not do it as others do."""

    share: float
    median_min: float


class Burst(Struct, frozen=True):
    """Many call for one reason: same topic, and an area by lot."""

    queue: str
    topic: str
    calls_an_hour: float  # at the beginning; from there on it halves every `half_life_min`
    half_life_min: float = 40.0
    redials: Keen = Keen(1.0, 3.0)


class WrongTurn(Struct, frozen=True):
    """A menu that leads a share of the callers into a queue that they did not want."""

    to: str
    share: float
    hangs_up_ms: tuple[int, int]  # as soon as they hear where they are
    redials: Keen = Keen(0.8, 0.5)


class Restart(Struct, frozen=True):
    """The platform hangs, and forgets every call and login when it is started again."""

    silent_s: int
    agents_back_s: tuple[int, int]  # after the restart
    calls_again_share: float = 0.8  # of those who were cut off, or could not get through
    calls_again_s: tuple[int, int] = (15, 180)


class Episode(Struct, frozen=True):
    """Something that goes on for a while; what is left out does not change.

    Minutes count from the beginning of a run: one that begins six hours ago has it in its past, and
    in its present too, whatever the time of day.
    """

    after_min: int = 0
    every_min: int | None = None  # and again; None: once
    lasts_min: int | None = None  # None: as long as the run
    queues: tuple[str, ...] = ()  # whom it concerns; empty: all
    more_calls: float = 0.0  # share on top of those who call anyway: 1.0 doubles them
    handling: float = 1.0  # multiplies talking and wrap-up
    missing_share: float = 0.0  # of the agents with one of these queues: they go home
    burst: Burst | None = None
    wrong_turn: WrongTurn | None = None
    restart: Restart | None = None


class Scenario(Struct, frozen=True):
    """How the people in a centre behave. Defaults: `ordinary`, a day on which nothing breaks."""

    name: str
    code: str  # a letter of its own in the ids
    volume: float = 1.0
    day_sd: float = 0.10  # gamma with mean 1: how much days differ
    interval_sd: float = 0.15  # lognormal, half-hours within a day …
    interval_memory: float = 0.4  # … which remember the one before: AR(1)
    talk_ln_sd: float = 0.9
    short_call_share: float = 0.05  # below ten seconds: wrong number, cut off
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
    closed_share: float = 0.04  # of the demand at that hour: who calls a closed queue
    closed_waits_share: float = 0.15  # of those: let in all the same, and wait for nobody
    ring_ms: tuple[int, int] = (1_500, 6 * SECOND)
    missed_ring_ms: tuple[int, int] = (12 * SECOND, 20 * SECOND)
    missed_pause_ms: tuple[int, int] = (1 * MINUTE, 5 * MINUTE)
    episodes: tuple[Episode, ...] = ()
    faults: tuple[str, ...] = ()  # on the way from the platform, unless others are asked for


class Centre(Struct, frozen=True):
    """Everything that `engine` needs beside a start and a seed."""

    name: str
    time_zone: str
    demands: tuple[Demand, ...]
    people: tuple[Person, ...]
    scenario: Scenario
    holidays: tuple[str, ...] = ()  # ISO dates
