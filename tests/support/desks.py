"""Two queues of two departments, a caller who gave up in one and waits in the other, and who may see what of it."""

from msgspec.structs import replace

from dashboards.access.rights import Grant, scope_of
from dashboards.wallboard.latest import Latest
from schemas.agents import RosterEntry
from schemas.millis import HOUR, MINUTE
from schemas.roles import Role
from schemas.snapshots import WaitingCaller
from tests.support.callers import came, line
from tests.support.people import promises
from tests.support.walls import NOW, latest_of

SUPERVISORS: tuple[Role, ...] = ("supervisor",)
WATER = scope_of((Grant("supervisor", frozenset({"water"})),), SUPERVISORS, SUPERVISORS)
ALL = scope_of((Grant("supervisor"),), SUPERVISORS, SUPERVISORS)
VIEWER = scope_of((Grant("viewer"),), SUPERVISORS, SUPERVISORS)
WAITS = came("a", before=MINUTE)
GONE = came("g", "abandoned", before=HOUR, queue="payroll", caller=WAITS.caller)


def town(*people: RosterEntry, named_to: tuple[Role, ...] = SUPERVISORS) -> Latest:
    payroll = replace(line(), queue="payroll", callers=(WaitingCaller("b", NOW),), waiting=1)
    return latest_of(
        replace(line(WAITS), agents={"available": 1}),
        replace(payroll, agents={"available": 1}),
        promises=promises(named_to=named_to, listed_to=SUPERVISORS),
        people=people,
    )
