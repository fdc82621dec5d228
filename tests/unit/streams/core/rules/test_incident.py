"""Incident, as one queue sees it: its calls go to topic `reports`, or it says why it is not asked.

How an incident is found stands in test_incidents.py, since that is decided across queues.
"""

from typing import Any

import msgspec
import pytest

from schemas.across import DecidedAcross
from schemas.codec import decode_as
from schemas.reports import Passed, Report, ReportsRecord
from streams.core.rules.incident import RULE, IncidentTable
from tests.support.builders import BILLING, as_key, clock, targets
from tests.support.ruled import ruled
from tests.support.story import Story

ADA, BO = "0" * 8 + "." + "a" * 32, "0" * 8 + "." + "b" * 32
PLACE = {"topic": "leak", "area": "ward-1"}


def day(**more: Any) -> Story:
    return Story(alerts=ruled(IncidentTable()), **more)


def told(story: Story) -> list[Report]:
    return [each for each in written(story) if isinstance(each, Report)]


def written(story: Story) -> list[Report | Passed]:
    story.outputs.take(story.unit)
    kind: Any = ReportsRecord
    return [decode_as(kind, value) for value in story.outputs.reports]


def test_a_call_with_topic_and_area_is_told_once() -> None:
    story = day()
    story.at("09:00:05").queued("ada", caller=ADA, **PLACE)
    story.at("09:00:10").answered("ada")
    story.at("09:00:12").queued("bo", caller=BO)
    story.restart()
    story.at("09:05:00").ended("ada")
    assert told(story) == [Report(BILLING, as_key("ada"), "leak", "ward-1", clock("09:00:05"), ADA)]


def test_the_clock_follows_the_reports_it_has_passed() -> None:
    story = day()
    story.at("09:00:05").queued("ada", caller=ADA, **PLACE)
    story.tick("09:00:10")
    first, second = written(story)
    assert isinstance(first, Report)
    assert second == Passed(0, "node", clock("09:00:10"), since=clock("09:00:05"))


def test_a_corrected_call_is_taken_back_where_it_was() -> None:
    story = day()
    whole = {"arrived_at": clock("09:00"), "answered_at": clock("09:00:10"), "caller": ADA}
    story.at("09:05").leg("ada", **whole, **PLACE)
    story.at("09:06").leg("ada", **whole, topic="leak", area="ward-2")
    first, back, second = told(story)
    assert (first.area, back.area, second.area) == ("ward-1", "ward-1", "ward-2")
    assert (first.taken_back, back.taken_back, second.taken_back) == (False, True, False)


def test_nothing_is_told_where_the_rule_is_off() -> None:
    story = Story()
    story.at("09:00:05").queued("ada", caller=ADA, **PLACE)
    story.tick("09:00:10")
    story.outputs.take(story.unit)
    assert story.outputs.reports == []


def test_a_queue_says_what_nobody_reports() -> None:
    story = day()
    story.at("09:00:05").queued("ada", caller=ADA)
    assert story.snapshot().not_evaluated == {"incident": "no topics reported"}
    story.at("09:00:06").queued("bo", **PLACE)
    assert story.snapshot().not_evaluated == {"incident": "no callers reported"}
    story.at("09:00:07").queued("cy", caller=BO, **PLACE)
    story.across.update(DecidedAcross(clock("09:00")))
    assert story.snapshot().not_evaluated == {}
    story.restart()
    assert story.snapshot().not_evaluated == {}


def test_its_table_in_the_file() -> None:
    table = IncidentTable()
    assert (table.callers, table.hold_ms, table.clear_hold_ms) == (5, 0, 3_600_000)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"callers": 1}, IncidentTable)


def test_its_sentence_when_it_is_over() -> None:
    example = RULE.example
    assert example is not None
    assert RULE.sentence("leak, ward-1", example._replace(calm=True)) == (
        "leak, ward-1: over; 5 callers in 24m, 0.1 expected (Burst pipes 4, No water 1)"
    )


def test_targets_are_not_needed_of_a_queue_that_nobody_configured() -> None:
    story = Story(configured=False)
    story.at("09:00:05").queued("ada", caller=ADA, **PLACE)
    story.publish(targets("other"))
    assert told(story) == []
