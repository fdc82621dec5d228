import random

import pytest

from producers import event_order
from producers.event_order import TimedEvent, in_order, order_key
from schemas import calls
from schemas.agents import AgentState
from schemas.millis import SECOND

NOON = 1_700_000_000_000


def _facts(leg: int, at: int) -> list[TimedEvent]:
    def named(kind: str, at: int) -> dict[str, object]:
        return {
            "event_id": f"{leg}:{kind}", "at": at, "source": "pbx", "queue": "billing",
            "leg_id": str(leg),
        }  # fmt: skip

    return [
        calls.Queued(**named("queued", at)),  # type: ignore[arg-type]
        calls.Answered(**named("answered", at)),  # type: ignore[arg-type]
        calls.Ended(**named("ended", at + 7 * SECOND)),  # type: ignore[arg-type]
    ]


EVENTS = [event for leg in range(40) for event in _facts(leg, NOON + leg // 3 * SECOND)]


@pytest.mark.parametrize("run_events", [1, 3, 7, 1000])
def test_sorted_runs_give_what_sorting_gives(
    run_events: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_order, "FAN_IN", 4)  # so that runs of runs are merged, too
    shuffled = random.Random(1).sample(EVENTS, len(EVENTS))
    assert list(in_order(shuffled, run_events)) == sorted(EVENTS, key=order_key)


def test_one_second_keeps_the_order_of_a_life() -> None:
    queued, answered, _ = _facts(1, NOON)
    restart = calls.Restarted(event_id="z", at=NOON, source="pbx")
    state = AgentState(
        event_id="a", at=NOON, source="pbx", agent="a", routing_state="available", since=NOON
    )
    assert list(in_order([state, answered, queued, restart])) == [restart, queued, answered, state]


def test_every_kind_of_event_has_its_place() -> None:
    kinds = set(calls.LegFact.__args__) | {AgentState, calls.Restarted}
    assert kinds == set(event_order._RANKS)


def test_nothing_gives_nothing() -> None:
    assert list(in_order([])) == []
