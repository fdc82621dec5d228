"""Which legs rules across queues are told of."""

import pytest

from schemas.reports import Report
from streams.core.leg_report import leg_report
from tests.support.builders import BILLING, MONDAY, as_key, call, told

PLACE = {"topic": "leak", "area": "ward-1"}


def test_a_leg_with_topic_and_area() -> None:
    leg = told(call("queued", "ada", MONDAY, caller="", **PLACE))
    assert leg_report(BILLING, leg) == Report(BILLING, as_key("ada"), "leak", "ward-1", MONDAY)


@pytest.mark.parametrize(
    "other", [{"topic": ""}, {"area": ""}, {"direction": "outbound"}], ids=["topic", "area", "out"]
)
def test_none_of_a_leg_that_lacks_something(other: dict[str, str]) -> None:
    assert leg_report(BILLING, told(call("queued", "ada", MONDAY, **{**PLACE, **other}))) is None


def test_none_before_its_arrival_is_known() -> None:
    leg = told(call("queued", "ada", MONDAY, **PLACE))
    leg.queued_at = None
    assert leg_report(BILLING, leg) is None
