"""Alerts by their names, as people type them."""

import pytest

from schemas.alerts import PROBE
from schemas.commands import Acknowledged
from streams.admin.alerts import known
from streams.admin.broker import AdminError
from tests.support.alerts import NOON, alert

OLD = alert("resolved", alert_id="oldest_wait/billing/0", onset_at=NOON - 99_000_000, version=3)
NEW = alert(version=12)


def test_the_newest_version_holds_and_open_ones_are_those_that_go_on() -> None:
    found = known([NEW, alert(version=11), OLD, alert("pending", alert_id="p", onset_at=NOON)], [])
    assert [each.alert_id for each in found.alerts] == [OLD.alert_id, NEW.alert_id, "p"]
    assert [each.alert_id for each in found.open()] == [NEW.alert_id, "p"]
    assert found.alerts[1].version == 12


def test_a_name_is_an_id_or_rule_and_queue() -> None:
    found = known([OLD, NEW], [Acknowledged(who="ann", at=NOON, alert_id=NEW.alert_id)])
    assert found.named("oldest_wait/billing") == NEW
    assert found.named(OLD.alert_id) == OLD
    assert found.open_named("oldest_wait/billing") == NEW
    assert found.book.acknowledged(NEW) is not None
    with pytest.raises(AdminError, match=r'no alert "x" \(`queuewatch alerts list --all`'):
        found.named("x")
    with pytest.raises(AdminError, match="oldest_wait/billing/0 is over: resolved"):
        found.open_named(OLD.alert_id)
    later = alert("resolved", alert_id="later", onset_at=NOON + 1)
    assert known([later, NEW], []).named("oldest_wait/billing") == NEW  # what goes on comes first


def test_an_answer_to_a_probe_is_in_no_list() -> None:
    assert known([alert(rule=PROBE, alert_id="probe/calls-0")], []).alerts == []


def test_an_incident_is_named_by_its_topic_and_area() -> None:
    pipe = alert(
        alert_id="incident/leak/ward-1/7", rule="incident", queue="", topic="leak", area="ward-1"
    )
    found = known([NEW, pipe], [])
    assert found.named("incident/leak/ward-1") == pipe
    assert found.open_named("incident/leak/ward-1/7") == pipe
