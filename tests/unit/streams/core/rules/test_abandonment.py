"""Too many hang up: from the events to the sentence that people get."""

import pytest

from schemas.millis import SECOND
from streams.core.rule import ALWAYS
from streams.core.rules.abandonment import RULE
from tests.support.builders import call, clock
from tests.support.ruled import abandonment, ruled
from tests.support.story import Story


def lost(day: Story, count: int, answered: int = 0) -> None:
    for number in range(count + answered):
        at = clock("09:00:00") + number * SECOND
        day.say(call("queued", f"leg{number}", at))
    for number in range(count + answered):
        at = clock("09:01:00") + number * SECOND
        day.say(call("abandoned" if number < count else "answered", f"leg{number}", at))


def test_many_who_hang_up_warn_and_few_do_not() -> None:
    rule = abandonment(0.2, 0.1, minimum=10, clear_hold_ms=0)
    day, few = Story(alerts=ruled(rule)), Story(alerts=ruled(rule))
    lost(day, 4, answered=6)
    lost(few, 9)
    for story in (day, few):
        story.tick("09:02:00")
    assert few.alerts() == []
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity, alert.value, alert.n) == ("firing", "warn", 0.4, 10)
    assert "40 % of 10 callers hung up in the last 30 minutes (limit 20 %" in alert.reason
    for minute in range(3, 36):
        day.tick(f"09:{minute:02}:00")
    assert day.alerts() == ["abandonment resolved"]  # half an hour later there are too few to say


def test_a_share_on_a_limit_neither_raises_nor_clears() -> None:
    on_the_limit = Story(alerts=ruled(abandonment(0.2, 0.2, minimum=10)))
    lost(on_the_limit, 2, answered=8)
    on_the_limit.tick("09:02:10")
    assert on_the_limit.alerts() == []
    day = Story(alerts=ruled(abandonment(0.2, 0.1, minimum=10, clear_hold_ms=0)))
    lost(day, 4, answered=6)
    day.tick("09:02:00")
    assert day.alerts() == ["abandonment firing"]
    for number in range(30):
        day.at("09:03:00").queued(f"more{number}")
        day.at("09:03:01").answered(f"more{number}")
    day.tick("09:04:00")  # 4 of 40
    assert day.alerts() == ["abandonment firing"]
    day.at("09:04:01").queued("last")
    day.at("09:04:02").answered("last")
    day.tick("09:05:00")
    assert day.alerts() == ["abandonment resolved"]


@pytest.mark.parametrize(("count", "until"), [(2, ALWAYS), (3, 0)])
def test_no_boundary_is_looked_at_before_so_many_are_lost_that_it_could_be_raised(
    count: int, until: int
) -> None:
    table = abandonment(0.2, 0.1, minimum=10)
    day = Story(alerts=ruled(table))
    lost(day, count, answered=4)
    day.tick("09:01:30")
    legs = day.unit.monitors[day.queue].legs
    assert RULE.quiet_until(table, legs.line, legs.windows) == until
