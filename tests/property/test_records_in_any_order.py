"""The same rows in any order are the same events in one order; the history of a leg is its life."""

import tempfile
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from producers.event_order import in_order, order_key
from producers.input_file import InputFile
from producers.leg_events import leg_events
from producers.progress import silent
from producers.records.reading import RecordsFile
from producers.timeline import TICK_EVERY_MS, Marks, QueueTick, with_ticks
from schemas.calls import FinishedLeg, Queued, Tick
from schemas.millis import HOUR, iso
from schemas.privacy import key_from_secret

NOON = 1_280_664_000_000
NOW = NOON + 48 * HOUR
KEY = key_from_secret(b"a secret of the tests")
HEADER = "leg_id,queue,arrived_at,answered_at,left_at,ended_at,outcome,missed_offers"

waits = st.integers(0, 90_000)
outcomes = st.sampled_from(
    ["answered", "abandoned", "exited", "transferred", "callback", "dropped", "rejected", "open"]
)


@st.composite
def row(draw: st.DrawFn, number: int) -> str:
    arrived = NOON + draw(st.integers(0, 300)) * 1_000
    left, outcome = arrived + draw(waits), draw(outcomes)
    answered = iso(left) if outcome == "answered" else ""
    ended = iso(left + draw(waits)) if outcome == "answered" else ""
    gone = iso(left) if outcome not in ("answered", "open") else ""
    missed = draw(st.integers(0, 3))
    return f"{number},q{draw(st.integers(1, 3))},{iso(arrived)},{answered},{gone},{ended},{outcome},{missed}"


@st.composite
def days(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """The rows of a day, and the same rows shuffled."""
    rows = [draw(row(number)) for number in range(draw(st.integers(0, 12)))]
    return rows, draw(st.permutations(rows))


def _legs(rows: list[str]) -> list[FinishedLeg | Queued]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "day.csv"
        path.write_text("\n".join((HEADER, *rows)))
        file = RecordsFile(InputFile(path), "records:day", KEY)
        items = list(file.read(NOW, silent()))
        legs = [item for item in items if isinstance(item, FinishedLeg | Queued)]
        assert legs == items, "nothing is refused"
        return legs


@given(days())
def test_shuffled_rows_are_the_same_timeline(day: tuple[list[str], list[str]]) -> None:
    timelines = [
        list(with_ticks(in_order((e for leg in _legs(rows) for e in leg_events(leg)), 5),
                        Marks("records:day"), lambda: NOW))
        for rows in day
    ]  # fmt: skip
    assert timelines[0] == timelines[1]
    for of_all in (
        [item.at for item in timelines[0] if not isinstance(item, QueueTick)],
        [item.at for item in timelines[0] if isinstance(item, Tick)],
    ):
        assert of_all == sorted(of_all)
    for before, item in pairwise(timelines[0]):
        assert before.at - item.at <= TICK_EVERY_MS, (
            "a tick is at most a step older than what went before"
        )
    queues = {item.queue for item in timelines[0] if isinstance(item, QueueTick)}
    for queue in ("", *queues):
        ticks = [item.at for item in timelines[0]
                 if isinstance(item, Tick) or (isinstance(item, QueueTick) and item.queue == queue)]  # fmt: skip
        assert ticks == sorted(set(ticks)), "of a queue's partition"


@given(days(), st.integers(1, 7))
def test_the_external_sort_is_a_sort(day: tuple[list[str], list[str]], run_events: int) -> None:
    events = [event for leg in _legs(day[1]) for event in leg_events(leg)]
    assert list(in_order(events, run_events)) == sorted(events, key=order_key)
    assert len({event.event_id for event in events}) == len(events)


@given(days())
def test_a_life_tells_what_the_row_told(day: tuple[list[str], list[str]]) -> None:
    for leg in _legs(day[0]):
        told = {type(event).__name__: event for event in leg_events(leg)}
        if isinstance(leg, Queued):
            assert list(told) == ["Queued"]
        elif leg.outcome == "answered":
            assert (told["Queued"].at, told["Answered"].at) == (leg.arrived_at, leg.answered_at)
            assert told["Ended"].at == leg.ended_at
        elif leg.outcome != "rejected":
            assert told["Queued"].at == leg.arrived_at
            assert [event.at for event in leg_events(leg)][-1] == leg.left_at
