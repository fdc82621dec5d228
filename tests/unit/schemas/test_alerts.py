"""Alerts are read whatever rule they are of."""

import msgspec
import pytest

from schemas.alerts import Alert, alert_name
from schemas.codec import UndecodableError, decode_as, encode
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
