"""Probes between the events of a day: every figure, row, alert and piece of state is what it is without them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.alerts import is_probe
from schemas.calls import Probe
from schemas.millis import DAY, MINUTE, SECOND
from streams.core.unit import Record
from tests.support.builders import BILLING
from tests.support.days import START, Day, days
from tests.support.ruled import abandonment, oldest_wait, ruled
from tests.support.story import Story
from tests.support.unexplained import unexplained_by_queue

PROMISE: dict[str, Any] = {
    "alerts": ruled(
        oldest_wait(2 * MINUTE, MINUTE, hold_ms=30 * SECOND, clear_hold_ms=30 * SECOND),
        abandonment(0.3, 0.2, minimum=2),
    )
}
# Of a clock that is right, a day behind, and far ahead of the broker's.
TIMES = st.lists(st.integers(START - DAY, START + DAY), max_size=4)


def unused_offset(story: Story) -> None:
    """So that both logs have the same offsets: versions are made of them."""
    at = story.records[-1].timestamp if story.records else START
    story.records.append(Record(len(story.records), at, None, b""))


def ask(story: Story, at: int) -> None:
    known_at = story.records[-1].timestamp if story.records else START
    event = Probe(event_id=f"probe:{at}", at=at, source="queuewatch")
    story.say(event, appended_at=known_at)


@given(days(), st.data())
def test_a_day_with_probes_is_the_day_without(day: Day, data: st.DataObject) -> None:
    calm, asked = Story(**PROMISE), Story(**PROMISE)
    probes = 0
    for position, event in enumerate(day.events):
        for at in data.draw(TIMES):
            unused_offset(calm)
            ask(asked, at)
            probes += 1
        if position in day.crashes:
            calm.restart()
            asked.restart()
        calm.say(event)
        asked.say(event)
        if BILLING in calm.unit.monitors:
            assert asked.snapshot() == calm.snapshot()
        assert asked.unit.source_times() == calm.unit.source_times()
        assert unexplained_by_queue(asked.unit) == unexplained_by_queue(calm.unit)
    assert asked.legs() == calm.legs()
    assert asked.minutes() == calm.minutes()
    assert [each for each in asked.alert_records() if not is_probe(each)] == calm.alert_records()
    assert any(map(is_probe, asked.alert_records())) == (probes > 0)
    assert asked.totals() == calm.totals()
    assert asked.quarantined() == calm.quarantined()
    assert asked.outputs.pieces == calm.outputs.pieces
    assert (asked.unit.results, asked.unit.reasons) == (calm.unit.results, calm.unit.reasons)
