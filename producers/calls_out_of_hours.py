"""Rule `calls_out_of_hours`: calls of a file that lie beside the opening hours of their queues, as if shifted. Pure.

A file that is read in a wrong zone has the shape of the day, some hours off. Calls that come early or late are no
sign of it: a shift would put others of them outside.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from schemas.counted import counted
from schemas.millis import HOUR
from schemas.opening import Opening, is_open

FEWEST_CALLS = 50
LEAST_OUTSIDE = 0.15  # of all calls, or nothing is asked
LEFT_OUTSIDE = 0.25  # of these, at most, once they are shifted
_MOST_QUARTERS = 2_000  # by the busiest ones of a year the shift is found, too
_SHIFTS_H = sorted(
    (hours for hours in range(-14, 15) if hours), key=lambda hours: (abs(hours), hours)
)


class Hours(Struct, frozen=True):
    """When a queue is open, in its own zone."""

    opening: Opening
    time_zone: str


class OutOfHours(Struct, frozen=True):
    """Of `calls` so many lie outside, and so many would if they were `shift_h` hours later."""

    calls: int
    outside: int
    shift_h: int
    outside_if_shifted: int

    def __str__(self) -> str:
        way = "later" if self.shift_h > 0 else "earlier"
        hours = counted(abs(self.shift_h), "hours")
        return (
            f"{self.outside:,} of {self.calls:,} calls lie outside of the opening hours of their queues, {hours} {way} it"
            f" would be {self.outside_if_shifted:,}; is the zone right?"
        )


def calls_out_of_hours(
    quarters: Mapping[str, Mapping[int, int]], hours: Mapping[str, Hours]
) -> OutOfHours | None:
    """`quarters`: calls by queue and beginning of the quarter of an hour, in ms. None if nothing is odd.

    A queue without opening hours, or that is always open, says nothing.
    """
    known_hours: Counter[tuple[str, int]] = Counter()
    for queue, of_queue in quarters.items():
        known = hours.get(queue)
        if known is not None and known.opening.weekly is not None:
            known_hours.update({(queue, at): n for at, n in of_queue.items()})

    def outside(shift_h: int, of: Iterable[tuple[tuple[str, int], int]]) -> int:
        return sum(
            n
            for (queue, at), n in of
            if not is_open(hours[queue].opening, hours[queue].time_zone, at + shift_h * HOUR)
        )

    calls = known_hours.total()
    if calls < FEWEST_CALLS:
        return None
    now_outside = outside(0, known_hours.items())
    if now_outside < LEAST_OUTSIDE * calls:
        return None
    busiest = known_hours.most_common(_MOST_QUARTERS)
    # Of equally good ones the smallest shift. What is told is of all calls.
    found = min(_SHIFTS_H, key=lambda shift_h: outside(shift_h, busiest))
    left = outside(found, known_hours.items())
    return (
        OutOfHours(calls, now_outside, found, left) if left <= LEFT_OUTSIDE * now_outside else None
    )
