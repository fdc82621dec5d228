"""Topic `profiles`: how many calls a queue is usually offered, by weekday and time of day; versioned, `valid_from` is
event time.
"""

from msgspec import Struct

from schemas.millis import MINUTE

SLOT_MINUTES = 15
SLOT_MS = SLOT_MINUTES * MINUTE
SLOTS = 24 * 60 // SLOT_MINUTES
_WEEKDAYS = 7
KEPT_VERSIONS = 4  # of a queue: publishing another one deletes those before them


class Profile(Struct, frozen=True):
    """Made of the calls that arrived in `[since, until)` in opening hours. `version` counts from 1 for each queue.

    `dispersion`: variance of the calls of 5 minutes, divided by their mean, where 1 is pure chance.
    """

    queue: str
    version: int
    valid_from: int
    made_at: int
    time_zone: str
    since: int
    until: int
    dispersion: float
    days: tuple[
        tuple[float | None, ...], ...
    ]  # Monday first: calls in each slot; None: closed, or too few days of it

    def __post_init__(self) -> None:
        if [len(day) for day in self.days] != [SLOTS] * _WEEKDAYS:
            raise ValueError(f"days: must be {_WEEKDAYS} of {SLOTS} slots")
        if self.dispersion < 1:
            raise ValueError("dispersion: must not be below 1")


def profile_key(queue: str, version: int) -> bytes:
    """The key of the record; a record without a value deletes that version."""
    return f"{queue}/{version}".encode()


def of_key(key: bytes) -> tuple[str, int]:
    """(queue, version); ValueError for a key of another form."""
    queue, _, version = key.decode().rpartition("/")
    return queue, int(version)


def calls_a_week(profile: Profile) -> float:
    """How many calls the profile expects in all of its slots."""
    return sum(n for day in profile.days for n in day if n is not None)
