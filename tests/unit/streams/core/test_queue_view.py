"""What a rule sees of a queue at a boundary."""

from schemas.counters import positions
from streams.core.queue_view import QueueView
from tests.support.builders import clock
from tests.support.story import Story

OFFERED, ABANDONED = positions(("offered", "abandoned"))


def view_of(day: Story) -> QueueView:
    monitor = day.unit.monitors[day.queue]
    at = monitor.legs.windows.boundary or 0
    return monitor.decisions.view(day.versions[-1].queues[0], at)


def test_the_figures_are_those_of_the_boundary() -> None:
    day = Story()
    day.at("09:00:01").queued("ada")
    day.at("09:00:02").queued("bo")
    day.at("09:00:20").abandoned("bo")
    day.tick("09:01:05")
    view = view_of(day)
    assert view.at == clock("09:01:00")
    assert (view.waiting, view.oldest_wait_ms, view.lost_and_resolved) == (1, 59_000, (1, 1))
    came, lost = view.rolling.summed(1)[OFFERED], view.rolling.summed(60)[ABANDONED]
    assert (came, lost, view.agents) == (2, 1, {})
    began, so_far = view.day_so_far
    assert (began, so_far[OFFERED], view.handled.answered) == (clock("00:00"), 2, 0)
    assert view.targets.queue == day.queue


def test_a_doubtful_caller_is_in_figures_of_his_own_also_when_he_just_left() -> None:
    day = Story()
    day.at("09:00:00").queued("lost")
    for number in range(5):
        day.at(f"09:00:1{number}").queued(f"leg{number}")
        day.at(f"09:00:2{number}").answered(f"leg{number}")
    day.tick("09:01:05")
    view = view_of(day)
    assert (view.waiting, view.oldest_wait_ms) == (0, 0)
    assert (view.doubtful, view.oldest_doubtful_wait_ms) == (1, 60_000)
    day.at("09:01:06").answered("lost")
    view = view_of(day)  # as of 09:01:00 still
    assert (view.at, view.waiting, view.oldest_wait_ms) == (clock("09:01:00"), 0, 0)
    assert (view.doubtful, view.oldest_doubtful_wait_ms) == (1, 60_000)
    day.at("09:01:30").queued("ada")
    day.tick("09:02:05")
    day.at("09:02:06").answered("ada")
    assert (view_of(day).waiting, view_of(day).oldest_wait_ms) == (1, 30_000)
    assert (view_of(day).doubtful, view_of(day).oldest_doubtful_wait_ms) == (0, 0)


def test_the_longest_wait_is_from_the_oldest_arrival_to_the_boundary_and_0_with_nobody() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.tick("09:01:10")
    view = view_of(day)
    assert (view.oldest_wait_ms, view.waiting) == (view.at - clock("09:00:00"), 1)
    day.at("09:01:20").answered("ada")
    day.tick("09:05:00")
    view = view_of(day)
    assert (view.oldest_wait_ms, view.waiting) == (0, 0)
