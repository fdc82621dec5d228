"""The moving parts of the floor: legs that wait and are served, agents who serve them."""

from typing import Literal

from producers.simulate.centre import Person
from producers.simulate.shifts import PlannedBreak

LegState = Literal["waiting", "ringing", "talking", "wrap", "complete"]
Mode = Literal["out", "idle", "ringing", "talking", "hold", "wrap", "away"]


class Visit:
    """A caller on the way to a queue: for the first time, again, or transferred."""

    __slots__ = ("area", "caller", "contact_id", "queue", "topic", "tries")

    def __init__(
        self, queue: int, caller: str, topic: str = "", area: str = "", tries: int = 1,
        contact_id: str = "",
    ) -> None:  # fmt: skip
        self.queue = queue
        self.caller = caller
        self.topic = topic
        self.area = area
        self.tries = tries
        self.contact_id = contact_id  # of the call that was transferred; a redial is a new contact


class Leg:
    """One stay of one contact in one queue; times in milliseconds, 0 where they did not happen."""

    __slots__ = (
        "agent",
        "answered_at",
        "arrived_at",
        "contact_id",
        "ended_at",
        "hold_ms",
        "leaves",
        "left_at",
        "leg_id",
        "missed_offers",
        "offers",
        "outcome",
        "queue",
        "reason",
        "state",
        "visit",
        "wrap_ended_at",
    )  # fmt: skip

    def __init__(self, leg_id: str, queue: int, arrived_at: int, visit: Visit) -> None:
        self.leg_id = leg_id
        self.contact_id = visit.contact_id or leg_id
        self.queue = queue
        self.visit = visit
        self.arrived_at = arrived_at
        self.state: LegState = "waiting"
        self.leaves = "abandoned"
        self.agent: Agent | None = None
        self.answered_at = self.left_at = self.ended_at = self.wrap_ended_at = self.hold_ms = 0
        self.offers = self.missed_offers = 0
        self.outcome = "open"
        self.reason = ""


class Agent:
    """A person on the floor. `turn` rises with each change of mode: what was planned for an older one is void."""

    __slots__ = (
        "agent", "idle_since", "leaving", "ln_shift", "mode", "pause", "person", "queues", "reason",
        "reports", "turn",
    )  # fmt: skip

    def __init__(self, person: Person, queues: tuple[int, ...], ln_shift: float) -> None:
        self.person = person
        self.agent = person.agent
        self.queues = queues
        self.ln_shift = ln_shift
        self.mode: Mode = "out"
        self.reason = ""
        self.idle_since = 0
        self.turn = 0
        self.reports = 0
        self.leaving = False  # logs out as soon as the call is done
        self.pause: PlannedBreak | None = None  # begins as soon as the call is done
