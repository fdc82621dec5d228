"""Alerts are read whatever rule they are of."""

from math import inf

import msgspec
import pytest

from schemas.alerts import FALLS_UNDER, Alert, alert_name, times_limit
from schemas.codec import UndecodableError, decode_as, encode
from streams.core.rule_catalogue import RULES
from tests.support.sources import ROOT

EXAMPLE = ROOT / "schemas" / "examples" / "alerts" / "alert.json"


def test_an_alert_of_a_rule_that_only_another_release_has_is_read() -> None:
    known = decode_as(Alert, EXAMPLE.read_bytes())
    other = msgspec.structs.replace(known, rule="ring_no_answer_2")
    assert decode_as(Alert, encode(other)) == other
    with pytest.raises(UndecodableError):
        decode_as(Alert, encode(msgspec.structs.replace(known, rule="Ring No Answer")))


@pytest.mark.parametrize(
    ("rule", "name"),
    [("oldest_wait", "OldestWait"), ("abandonment", "Abandonment"), ("a_2b", "A2b")],
)
def test_the_name_for_people_is_made_from_the_rule(rule: str, name: str) -> None:
    assert alert_name(rule) == name


@pytest.mark.parametrize(
    ("rule", "value", "threshold", "times"),
    [
        ("oldest_wait", 180.0, 120.0, 1.5),
        ("oldest_wait", 120.0, 120.0, 1.0),
        ("oldest_wait", 60.0, 120.0, 0.5),
        ("oldest_wait", 0.0, 120.0, 0.0),
        ("waiting_per_agent", 3.0, 0.0, inf),
        ("incident", 0.0, 0.0, 1.0),
        ("understaffed", 0.35, 0.7, 2.0),
        ("understaffed", 1.0, 0.7, 0.7),
        ("understaffed", 0.0, 0.7, inf),
        ("understaffed", 0.0, -0.05, 0.0),
    ],
)
def test_how_far_a_value_is_beyond_its_limit_goes_in_the_direction_of_the_rule(
    rule: str, value: float, threshold: float, times: float
) -> None:
    assert times_limit(rule, value, threshold) == pytest.approx(times)


def test_which_rules_fall_under_their_limit_is_as_their_examples_have_it() -> None:
    examples = {rule.name: rule.example for rule in RULES if rule.example}
    assert {name for name, each in examples.items() if each.value < each.threshold} == FALLS_UNDER
    for name, each in examples.items():
        assert times_limit(name, each.value, each.threshold) >= 1
