"""The moving parts of the floor: legs that wait and are served, agents who serve them."""

from typing import Literal

from msgspec import Struct

from producers.simulate.centre import Keen, Person, WrongTurn
from producers.simulate.shifts import PlannedBreak

LegState = Literal["waiting", "ringing", "talking", "wrap", "forgotten", "complete"]
Mode = Literal["out", "idle", "ringing", "talking", "hold", "wrap", "away"]


class Visit(Struct, frozen=True, gc=False):
    """A caller on the way to a queue: for the first time, again, or transferred."""

    queue: int
    caller: str
    topic: str = ""
    area: str = ""
    tries: int = 1
    contact_id: str = ""  # of the call that was transferred; a redial is a new contact
    keen: Keen | None = None

    def again(self) -> "Visit":
        """The same caller with the same wish, once more."""
        return Visit(self.queue, self.caller, self.topic, self.area, self.tries + 1, keen=self.keen)


class Leg(Struct, eq=False, gc=False):
    """One stay of one contact in one queue; times in milliseconds, 0 where they did not happen.

    Without the garbage collector, which would walk every open leg: nothing that it names leads back.
    """

    leg_id: str
    contact_id: str
    queue: int
    arrived_at: int
    visit: Visit
    state: LegState = "waiting"
    leaves: str = "abandoned"
    agent: "Agent | None" = None
    answered_at: int = 0
    left_at: int = 0
    ended_at: int = 0
    wrap_ended_at: int = 0
    held_at: int = 0
    hold_ms: int = 0
    offers: int = 0
    missed_offers: int = 0
    outcome: str = "open"
    reason: str = ""
    misled: WrongTurn | None = None  # the menu brought him here


class Agent(Struct, eq=False):
    """A person on the floor. `turn` rises with each change of mode: what was planned for an older one is void."""

    agent: str
    person: Person
    queues: tuple[int, ...]
    ln_shift: float
    mode: Mode = "out"
    reason: str = ""
    idle_since: int = 0
    turn: int = 0
    reports: int = 0
    on_duty_until: int = 0
    leaving: bool = False  # logs out as soon as the call is done
    pause: PlannedBreak | None = None  # begins as soon as the call is done
