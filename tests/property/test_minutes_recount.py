"""Minute rows, once frozen, equal a naive recount of the whole day as of their minute."""

from hypothesis import example, given

from schemas.millis import MINUTE
from tests.support.builders import call, mark
from tests.support.days import NODES, START, Day, believed, days, given_up
from tests.support.recount import minute
from tests.support.story import Story

_BEYOND_THE_CAP = Day(
    [
        call("queued", "ada", START, source=NODES[0]),
        call("queued", "eve", START + 90 * MINUTE, source=NODES[0]),
        call("abandoned", "eve", START + 118 * MINUTE, source=NODES[0]),
    ],
    end=START + 120 * MINUTE,
)


@example(day=_BEYOND_THE_CAP)
@given(days(resumes=False))  # a resumed leg restates the past; frozen rows stand
def test_every_minute_of_the_wall_equals_a_recount(day: Day) -> None:
    story = Story()
    told = 0
    ticks = list(range(START, day.end, 20_000))
    for position, event in enumerate(day.events):
        if position in day.crashes:
            story.restart()
        told = max(told, event.at)
        while ticks and ticks[0] <= told:
            _tick(story, ticks.pop(0))
        story.say(event)
    _tick(story, day.end + 2 * MINUTE)
    legs = [given_up(each) for each in believed(day.events).values()]
    rows = story.minutes()
    assert rows, "a day with legs has minutes"
    for at, row in rows.items():
        expected = minute(legs, at, 30 * MINUTE)
        counts = row.windows[30]
        assert {
            "waiting": row.waiting,
            "oldest_wait_s": (row.oldest_wait_ms or 0) / 1000,
            "in_service": row.in_service,
            "offered": counts.offered,
            "answered": counts.answered,
            "abandoned": counts.abandoned,
            "answered_in_target": counts.answered_in_target,
        } == {
            name: expected[name]
            for name in (
                "waiting", "oldest_wait_s", "in_service", "offered", "answered", "abandoned",
                "answered_in_target",
            )
        }, at  # fmt: skip
    busy = {
        at
        for at in range(min(rows), max(rows), MINUTE)
        if minute(legs, at, 60 * MINUTE)["offered"] or minute(legs, at, MINUTE)["waiting"]
    }
    assert busy <= rows.keys()


def _tick(story: Story, at: int) -> None:
    for node in NODES:
        story.say(mark("tick", at, node))
