"""The agents of one queue as of now, added up once: rules ask for the same sums at each boundary."""

from msgspec import Struct

from schemas.agents import ShownState

_BUSY: tuple[ShownState, ...] = ("ringing", "talking", "hold", "wrap")
_GONE: tuple[ShownState, ...] = ("logged_out", "unreachable")


class Crew(Struct, gc=False):
    """It is made anew when an agent changes and never changed, so that who holds one knows by `is` whether it is the one of now."""

    agents: dict[str, int]  # by state, without who is signed out; empty: none was ever seen
    busy: int  # with a call, its wrap-up, or a phone that rings: nobody can be given another one
    taking: int  # these and who is available: all but those who pause or cannot be reached
    reachable: int  # signed in, and their phone can be reached; those who pause included
    signed_in: int
    paused: int  # in all of their queues

    def is_staffed_as(self, other: "Crew") -> bool:
        """Whether rules that look between minutes see the same: an agent who was talking and is free now changes nothing of it."""
        return (
            self.taking == other.taking
            and self.signed_in == other.signed_in
            and bool(self.agents) == bool(other.agents)
        )


NOBODY_KNOWN = Crew({}, 0, 0, 0, 0, 0)


def crew(counts: dict[str, int], paused: int) -> Crew:
    """Of so many agents by state, those who are signed out included."""
    known = dict[str, int]()
    busy = free = gone = signed_in = 0
    for state, n in counts.items():
        if not n or state == "logged_out":
            continue
        known[state] = n
        signed_in += n
        if state in _BUSY:
            busy += n
        elif state in _GONE:
            gone += n
        elif state == "available":
            free = n
    return Crew(known or {"available": 0}, busy, busy + free, signed_in - gone, signed_in, paused)
