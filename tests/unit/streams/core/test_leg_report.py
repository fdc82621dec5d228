"""Which legs rules across queues are told of."""

import pytest

from schemas.reports import Report
from streams.core.leg_report import NOTHING_REPORTED, Reported, leg_report
from tests.support.builders import BILLING, MONDAY, as_key, call, told

PLACE = {"topic": "leak", "area": "ward-1"}
CALLER = "0" * 8 + "." + "a" * 32


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


@pytest.mark.parametrize(
    ("fields", "noted"),
    [
        ({}, Reported()),
        (PLACE, Reported(topics=True)),
        ({**PLACE, "caller": CALLER}, Reported(topics=True, callers=True)),
        ({"caller": CALLER}, Reported()),
        ({"contact_id": "c1"}, Reported(contacts=True)),
        ({"area": "ward-1", "contact_id": "c1"}, Reported(contacts=True)),
        ({"contact_id": "c1", "direction": "outbound"}, Reported()),
    ],
)
def test_what_a_leg_tells_is_noted(fields: dict[str, str], noted: Reported) -> None:
    leg = told(call("queued", "ada", MONDAY, **fields))
    assert NOTHING_REPORTED.noted(leg) == noted
    everything = Reported(topics=True, callers=True, contacts=True)
    assert everything.noted(leg) == everything


def test_nothing_is_noted_before_the_arrival_is_known() -> None:
    leg = told(call("queued", "ada", MONDAY, contact_id="c1"))
    leg.queued_at = None
    assert NOTHING_REPORTED.noted(leg) == NOTHING_REPORTED
