"""Passed around, as one queue sees it: its stays go to topic `reports`, or it says why it cannot be asked.

How a caller is followed stands in tests/unit/streams/core/across, since that is decided across queues.
"""

from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from schemas.across import DecidedAcross
from schemas.codec import decode_as
from schemas.millis import MINUTE
from schemas.reports import ReportsRecord, Stay
from streams.core.leg_report import Reported
from streams.core.queue_view import QueueView
from streams.core.rule import Measured
from streams.core.rules.passed_around import RULE, Passed, PassedAroundTable
from tests.support.builders import BILLING, as_key, clock, targets
from tests.support.ruled import ruled
from tests.support.story import Story

ADA = as_key("ada")
CAME = clock("09:00:05")


def day(**more: Any) -> Story:
    return Story(alerts=ruled(PassedAroundTable()), **more)


def told(story: Story) -> list[Stay]:
    story.outputs.take(story.unit)
    kind: Any = ReportsRecord
    found = [decode_as(kind, value) for value in story.outputs.reports]
    return [each for each in found if isinstance(each, Stay)]


def test_a_stay_is_told_when_it_begins_and_when_it_ends() -> None:
    story = day()
    story.at("09:00:05").queued("ada", contact_id="c1")
    story.at("09:00:07").offered("ada")
    story.restart()
    story.at("09:00:10").answered("ada")
    story.at("09:05:00").ended("ada", by="caller")
    waits = Stay(BILLING, ADA, "c1", CAME)
    answered = Stay(BILLING, ADA, "c1", CAME, clock("09:00:10"), 5_000)
    assert told(story) == [waits, answered]


def test_an_agent_who_sends_her_on_is_told() -> None:
    story = day()
    story.at("09:00:05").queued("ada", contact_id="c1")
    story.at("09:00:10").answered("ada")
    story.at("09:05:00").ended("ada", by="transfer")
    assert told(story)[-1] == Stay(
        BILLING, ADA, "c1", CAME, clock("09:00:10"), 5_000, clock("09:05:00")
    )


@pytest.mark.parametrize(
    ("kind", "more", "sent_on"),
    [
        ("transferred", {}, True),
        ("exited", {"reason": "timeout"}, True),
        ("exited", {"reason": "overflow"}, True),
        ("abandoned", {}, False),
        ("callback_requested", {}, False),
        ("dropped", {}, False),
    ],
)
def test_who_leaves_unanswered(kind: str, more: dict[str, str], *, sent_on: bool) -> None:
    story, left_at = day(), clock("09:01:05")
    story.at("09:00:05").queued("ada", contact_id="c1")
    getattr(story.at("09:01:05"), kind)("ada", **more)
    on = left_at if sent_on else None
    assert told(story)[-1] == Stay(BILLING, ADA, "c1", CAME, left_at, MINUTE, on)


def test_the_double_of_a_call_is_taken_back() -> None:
    story = day()
    story.at("09:00:05").queued("ada", contact_id="c1")
    assert [each.taken_back for each in told(story)] == [False]
    story.at("09:01:05").exited("ada", reason="withdrawn")
    assert [each.taken_back for each in told(story)] == [False, True]


@pytest.mark.parametrize(
    "other", [{"contact_id": ""}, {"channel": "callback"}, {"direction": "outbound"}]
)
def test_nobody_is_followed_who_did_not_wait_in_the_line(other: dict[str, str]) -> None:
    story = day()
    story.at("09:00:05").queued("ada", **{"contact_id": "c1", **other})
    assert told(story) == []
    story.at("09:00:05").rejected("bo", contact_id="c2")
    assert told(story) == []


def test_nobody_is_followed_through_history() -> None:
    story = day()
    story.at("09:05:00").leg("ada", feed="history", arrived_at=CAME, contact_id="c1")
    assert told(story) == []
    assert len(story.legs()) == 1


def test_every_queue_tells_once_one_has_the_rule() -> None:
    story = Story(configured=False)
    story.at("09:00:05").queued("ada", contact_id="c1")
    assert told(story) == []
    story.publish(targets("other", alerts=ruled(PassedAroundTable())))
    story.at("09:01:05").transferred("ada")
    assert [each.sent_on_at for each in told(story)] == [clock("09:01:05")]


def test_a_queue_says_that_nobody_reports_contacts() -> None:
    story = day()
    story.across.update(DecidedAcross(clock("09:00")))
    story.at("09:00:05").queued("ada")
    assert story.snapshot().not_evaluated == {"passed_around": "no contacts reported"}
    story.at("09:00:06").queued("bo", contact_id="c1")
    assert story.snapshot().not_evaluated == {}
    story.restart()
    assert story.snapshot().not_evaluated == {}


def test_its_limits() -> None:
    table = PassedAroundTable()
    assert (table.queues, table.raise_above_ms, table.hold_ms) == (3, 10 * MINUTE, 0)
    three = (("a", MINUTE), ("b", MINUTE), ("c", 8 * MINUTE))
    at_limit, over = Passed(10 * MINUTE, three), Passed(10 * MINUTE + 1, three)
    assert not RULE.measure_callers(table, [at_limit]).raised
    assert RULE.measure_callers(table, [at_limit, over]).n == 1
    quiet = Measured(0, 600, 0, raised=False, calm=True)
    assert RULE.measure_callers(table, [Passed(60 * MINUTE, three[:2])]) == quiet
    told_of = SimpleNamespace(reported=Reported(contacts=True))
    assert RULE.measure(table, cast("QueueView", told_of)) == quiet
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"queues": 1}, PassedAroundTable)


def test_the_sentence_of_the_documents_is_the_one_that_is_told() -> None:
    route = (("Accounts", 5 * MINUTE), ("Meter readings", 4 * MINUTE), ("Billing", 5 * MINUTE))
    measured = RULE.measure_callers(PassedAroundTable(), [Passed(14 * MINUTE, route)])
    assert measured == RULE.example
    assert RULE.sentence("Billing", measured) == (
        "Billing: a caller has waited in 3 queues, 14m in all"
        " (Accounts 5m, Meter readings 4m, here 5m; limit 10m)"
    )
