"""The agents of a queue, unless its calls say that somebody takes them of whom nothing was told.

Agents and calls are read side by side. Where a platform tells its agents once, or later than its calls, those who have come are not
known yet, and everybody seems to be signed out while callers are answered. That figure is no nought: it is not known.
"""

from schemas.counters import positions
from schemas.millis import HOUR, MINUTE
from schemas.timing import STEP_MS
from streams.core.crew import NOBODY_KNOWN, Crew
from streams.core.leg_store import Entry
from streams.core.line import Line
from streams.core.queue_legs import QueueLegs
from streams.core.roster import Roster
from streams.core.windows import Windows, floor_step

# So long nobody is believed to have left after an answer. Longer, and who is gone untold is found later; shorter, and agents who
# write up between two calls look gone.
ANSWERED_WITHIN_MS = 5 * MINUTE
_TALKS_AT_MOST_MS = HOUR  # a conversation whose end was never told proves nothing for ever
_ANSWERED = positions(("answered",))


def known_crew(roster: Roster, legs: QueueLegs, at: int) -> Crew:
    """As of `at`. `NOBODY_KNOWN` if nobody is signed in by what was told, though somebody answered a call after the last of them had signed
    out: within five minutes, or within an hour if that conversation goes on and nothing was told of its agent since. Answers in the 5
    seconds of the last sign-out are before it.

    An answer without an agent proves nobody: voicemail boxes and menus that take calls are often told as that.
    """
    queue, windows = legs.queue, legs.windows
    found = roster.crews.get(queue) or roster.crew_of(queue)
    if found.signed_in or not found.agents or windows.is_idle():
        return found
    end, from_then = floor_step(at), floor_step(roster.last_sign_out(queue)) + STEP_MS
    begin = max(end - ANSWERED_WITHIN_MS, from_then)
    if windows.counted(begin, end, _ANSWERED)[0]:  # else there is nobody to look for
        for each in legs.store.warm_entries():
            if each.verdict.outcome == "answered" and _is_answered(each, begin, end):
                return NOBODY_KNOWN
    begin = max(end - _TALKS_AT_MOST_MS, from_then)
    for each in legs.line.serving.values():
        answered_at = each.verdict.left_at or 0
        if _is_answered(each, begin, end) and not roster.is_told_since(each.leg.agent, answered_at):
            return NOBODY_KNOWN
    return found


def _is_answered(entry: Entry, begin: int, end: int) -> bool:
    """Whether an agent has answered the call in `[begin, end)`. Where one source names nobody and another one does, the leg has no agent
    and is a conflict.
    """
    leg = entry.leg
    return bool(leg.agent or leg.conflict) and begin <= (entry.verdict.left_at or 0) < end


def is_answered_ahead(line: Line, windows: Windows, at: int, end: int) -> bool:
    """Whether by the facts so far somebody is answered at the boundary `at` or later: agents who seem to be gone are not known from the
    next boundary on, and no further fact says so.
    """
    if windows.counted(at, end, _ANSWERED)[0]:
        return True
    return any((each.verdict.left_at or 0) >= at for each in line.serving.values())
