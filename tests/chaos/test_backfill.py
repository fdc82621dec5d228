"""Old records into the same queues beside live traffic: history changes, and nothing else does."""

from schemas.millis import DAY
from tests.chaos.judge import judge
from tests.chaos.ledger import START, ledger
from tests.chaos.outputs import compare, replayed, written
from tests.chaos.scale import SCALE
from tests.chaos.system import System

_SLICES = 5


def test_a_backfill_beside_live_traffic_changes_history_only(system: System) -> None:
    queues = system.queues(2)
    calls = ledger(queues, 80, SCALE.legs)
    old = ledger(queues, 81, SCALE.legs, start=START - 365 * DAY)
    old.legs = {leg_id: leg for leg_id, leg in old.legs.items() if leg.outcome != "open"}
    system.steady()
    live, history = calls.events(), old.history()
    for number in range(_SLICES):
        for events in (live, history):
            first, last = (len(events) * n // _SLICES for n in (number, number + 1))
            system.send(events[first:last])
    judge(system, calls, history=old)  # the books are those of the live calls alone
    wrote, alone = written(system, calls), replayed(system, calls, frozenset(), live_only=True)
    assert alone["alerts"]
    for name in ("minutes", "alerts"):
        compare(name, wrote[name], alone[name])
