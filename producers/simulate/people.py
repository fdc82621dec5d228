"""The changing data of a simulation: visits, legs and agents."""

from typing import Literal

from msgspec import Struct

from producers.simulate.centre import Person, Redials, WrongTurn
from producers.simulate.shifts import PlannedBreak

LegState = Literal["waiting", "ringing", "talking", "wrap", "forgotten", "complete"]
Mode = Literal["out", "idle", "ringing", "talking", "hold", "wrap", "away"]


class Visit(Struct, frozen=True, gc=False):
    """A caller who is about to reach a queue: the first time, again, or transferred."""

    queue: int
    caller: str
    topic: str = ""
    area: str = ""
    tries: int = 1
    contact_id: str = ""  # of the call that was transferred; a redial is a new contact
    redials: Redials | None = None

    def again(self) -> "Visit":
        """The next call of the same caller for the same reason."""
        return Visit(
            self.queue, self.caller, self.topic, self.area, self.tries + 1, redials=self.redials
        )


class Leg(Struct, eq=False, gc=False):
    """One stay of one contact in one queue; times in milliseconds, 0 if it did not happen.

    `gc=False`: the garbage collector need not visit open legs, because no reference leads back to a leg.
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
    misled: WrongTurn | None = None  # set if the menu sent the caller into this wrong queue


class Agent(Struct, eq=False):
    """An agent. `turn` rises with each change of mode: steps planned for an older turn are void."""

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
