from itertools import pairwise

from producers.event_order import TimedEvent
from producers.timeline import Marks, QueueTick, with_ticks
from schemas.agents import AgentState
from schemas.calls import EndOfInput, Queued, Restarted, Tick
from schemas.millis import DAY, MINUTE, SECOND

NOON = 1_700_000_000_000  # on the 5-second grid
LATER = NOON + 10 * DAY
MARKS = Marks("pbx")


def _call(at: int) -> TimedEvent:
    return Queued(event_id=str(at), at=at, source="pbx", queue="billing", leg_id=str(at))


def _agent(at: int) -> TimedEvent:
    return AgentState(event_id=str(at), at=at, source="pbx", agent="ann", routing_state="available", since=at)  # fmt: skip


def _told(*times: int, now: int = LATER) -> list[tuple[str, int]]:
    """(`t` tick, `q` tick of one queue, `e` event, `x` end; milliseconds after noon)."""
    return _timeline(list(map(_call, times)), now)


def _timeline(events: list[TimedEvent], now: int = LATER) -> list[tuple[str, int]]:
    names: dict[type, str] = {Tick: "t", QueueTick: "q", EndOfInput: "x"}
    timeline = with_ticks(events, MARKS, lambda: now)
    return [(names.get(type(item), "e"), item.at - NOON) for item in timeline]


def test_ticks_stand_between_events_and_after_those_of_their_time() -> None:
    times = (NOON + 1, NOON + 5 * SECOND, NOON + 5 * SECOND, NOON + 12 * SECOND)
    told = _told(*times, now=NOON + 10 * MINUTE)
    assert told[:7] == [
        ("t", 0), ("e", 1), ("e", 5_000), ("e", 5_000), ("t", 5_000), ("t", 10_000), ("e", 12_000),
    ]  # fmt: skip


def test_the_first_tick_comes_before_the_first_event() -> None:
    assert _told(NOON, now=NOON + MINUTE)[:3] == [("t", -5_000), ("e", 0), ("t", 0)]


WHOLE = NOON // MINUTE * MINUTE - NOON  # a whole minute


def test_the_tail_empties_every_window_and_ends() -> None:
    told = _told(NOON + 1)
    assert told[-2:] == [("t", 65 * MINUTE), ("x", 65 * MINUTE + 1)]
    ticks = [at for kind, at in told if kind == "t"]
    assert ticks == [0, *range(WHOLE + MINUTE, 65 * MINUTE, MINUTE), 65 * MINUTE]


def test_what_is_long_past_is_ticked_each_minute_and_before_an_event_where_it_happens() -> None:
    first = WHOLE + MINUTE
    told = _told(NOON + 1, NOON + first + 13_000, NOON + first + 13_000, NOON + first + 14_000)
    assert told[:7] == [
        ("t", 0), ("e", 1), ("t", first), ("q", first + 10_000), ("e", first + 13_000), ("e", first + 13_000),
        ("e", first + 14_000),
    ]  # fmt: skip


def test_what_people_watch_is_ticked_at_each_boundary() -> None:
    times = (NOON + 1, NOON + 12 * MINUTE)
    told = _told(*times, now=NOON + 12 * MINUTE)
    watched = [at for kind, at in told if kind == "t" and at > 2 * MINUTE + 1]
    assert watched == list(range(watched[0], 12 * MINUTE + 1, 5 * SECOND))
    assert watched[0] <= 3 * MINUTE
    assert {b - a for a, b in pairwise(watched)} == {5 * SECOND}
    assert "q" not in {kind for kind, _ in told}


def test_a_restart_is_of_every_partition_and_so_is_the_tick_before_it() -> None:
    restarted = Restarted(event_id="r", at=NOON + 12_000, source="pbx")
    told = _timeline([_call(NOON + 1), restarted])
    assert told[:4] == [("t", 0), ("e", 1), ("t", 10_000), ("e", 12_000)]


def test_with_agents_each_boundary_is_ticked() -> None:
    told = _timeline([_agent(NOON + 1), _call(NOON + 12_000)])
    assert told[:5] == [("t", 0), ("e", 1), ("t", 5_000), ("t", 10_000), ("e", 12_000)]


def test_nothing_lies_after_now() -> None:
    told = _told(NOON + 1, now=NOON + 12_345)
    assert told == [("t", 0), ("e", 1), ("t", 5_000), ("t", 10_000), ("x", 12_345)]
    assert _told(NOON + 1, now=NOON + 1)[-1] == ("x", 1)


def test_weeks_are_not_ticked_through() -> None:
    told = _told(NOON, NOON + 9 * DAY)
    between = [at for kind, at in told if kind == "t" and 0 < at < 9 * DAY]
    minutes = [at for at in between if at < DAY]
    assert {later - at for at, later in pairwise(minutes)} == {MINUTE}
    assert between[-1] == 9 * DAY - 5 * SECOND
    assert between[-2] < DAY + MINUTE


def test_no_event_no_tick() -> None:
    assert _told() == []


def test_marks_of_a_replay_say_so() -> None:
    marks = Marks("pbx", replay=True)
    assert marks.tick(NOON).replay
    assert marks.end(NOON).replay
