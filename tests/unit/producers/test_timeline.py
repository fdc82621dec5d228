from itertools import pairwise

from producers.event_order import TimedEvent
from producers.timeline import Marks, with_ticks
from schemas.calls import EndOfInput, Queued, Tick
from schemas.millis import DAY, HOUR, MINUTE, SECOND

NOON = 1_700_000_000_000  # on the 5-second grid
LATER = NOON + 10 * DAY
MARKS = Marks("pbx")


def _call(at: int) -> TimedEvent:
    return Queued(event_id=str(at), at=at, source="pbx", queue="billing", leg_id=str(at))


def _told(*times: int, now: int = LATER) -> list[tuple[str, int]]:
    """(`t` tick, `e` event, `x` end; milliseconds after noon)."""
    names: dict[type, str] = {Tick: "t", EndOfInput: "x"}
    timeline = with_ticks(map(_call, times), MARKS, lambda: now)
    return [(names.get(type(item), "e"), item.at - NOON) for item in timeline]


def test_ticks_stand_between_events_and_after_those_of_their_time() -> None:
    told = _told(NOON + 1, NOON + 5 * SECOND, NOON + 5 * SECOND, NOON + 12 * SECOND)
    assert told[:7] == [
        ("t", 0), ("e", 1), ("e", 5_000), ("e", 5_000), ("t", 5_000), ("t", 10_000), ("e", 12_000),
    ]  # fmt: skip


def test_the_first_tick_comes_before_the_first_event() -> None:
    assert _told(NOON)[:3] == [("t", -5_000), ("e", 0), ("t", 0)]


def test_the_tail_empties_every_window_and_ends() -> None:
    told = _told(NOON + 1)
    assert told[-2:] == [("t", 65 * MINUTE), ("x", 65 * MINUTE + 1)]
    ticks = [at for kind, at in told if kind == "t"]
    assert ticks == list(range(0, 65 * MINUTE + 1, 5 * SECOND))


def test_nothing_lies_after_now() -> None:
    told = _told(NOON + 1, now=NOON + 12_345)
    assert told == [("t", 0), ("e", 1), ("t", 5_000), ("t", 10_000), ("x", 12_345)]
    assert _told(NOON + 1, now=NOON + 1)[-1] == ("x", 1)


def test_long_silence_is_ticked_each_minute_and_weeks_are_not_ticked_through() -> None:
    told = _told(NOON, NOON + 9 * DAY)
    between = [at for kind, at in told if kind == "t" and 0 < at < 9 * DAY]
    assert [at for at in between if at <= 2 * HOUR] == list(range(5_000, 2 * HOUR + 1, 5_000))
    minutes = [at for at in between if 2 * HOUR < at < DAY]
    assert {later - at for at, later in pairwise(minutes)} == {MINUTE}
    assert between[-1] == 9 * DAY - 5 * SECOND
    assert between[-2] < DAY + MINUTE


def test_no_event_no_tick() -> None:
    assert _told() == []


def test_marks_of_a_replay_say_so() -> None:
    marks = Marks("pbx", replay=True)
    assert marks.tick(NOON).replay
    assert marks.end(NOON).replay
