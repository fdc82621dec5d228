"""One group of alerts: its name, its numbers, its content."""

from schemas.messages import ToldAlert
from streams.sinks.deliver.telling import content_id, fingerprint, group_name, severity_of
from tests.support.delivery import telling


def test_a_fingerprint_is_that_of_alertmanager() -> None:
    """Of prometheus/common: FNV-1a over names and values in order, each followed by 255."""
    assert fingerprint({}) == "cbf29ce484222325"
    assert fingerprint({"b": "2", "a": "1"}) == fingerprint({"a": "1", "b": "2"})
    assert fingerprint({"a": "12"}) != fingerprint({"a1": "2"})


def test_the_worst_severity_is_that_of_the_group_and_none_is_a_page() -> None:
    assert severity_of([{"severity": "warn"}, {"severity": "page"}]) == "page"
    assert severity_of([{"severity": "warn"}]) == "warn"
    assert severity_of([{}]) == "page"


def test_the_content_depends_on_alerts_and_their_condition_not_on_their_order() -> None:
    one, other = telling("a", "b"), telling("b", "a")
    assert content_id(one.group, one.told()) == content_id(other.group, other.told())
    over = telling("a", over=("b",))
    assert content_id(one.group, one.told()) != content_id(over.group, over.told())
    again = [ToldAlert(each.fingerprint, each.starts_at + 1, each.is_firing) for each in one.told()]
    assert content_id(one.group, one.told()) != content_id(one.group, again)


def test_a_group_is_named_by_severity_and_labels() -> None:
    assert group_name("page", {"owner": "water", "department": "works"}) == (
        "page {department=works, owner=water}"
    )
