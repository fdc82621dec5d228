"""Too many hang up: from the events to the sentence that people get."""

from schemas.millis import SECOND
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
    assert "40% of 10 callers hung up in the last 30 minutes (limit 20%" in alert.reason
    for minute in range(3, 36):
        day.tick(f"09:{minute:02}:00")
    assert day.alerts() == ["abandonment resolved"]  # half an hour later there are too few to say
