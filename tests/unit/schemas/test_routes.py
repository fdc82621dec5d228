"""The facts about who is told, how soon, and what mutes what."""

from schemas.millis import MINUTE, SECOND
from schemas.routes import INHIBITIONS, PACES, QUIET_SEVERITIES, Matcher


def test_a_matcher_matches_whole_values_and_writes_itself_as_alertmanager_reads_it() -> None:
    assert Matcher("queue", "a").matches({"queue": "a"})
    assert not Matcher("queue", "a").matches({"queue": "ab"})
    assert Matcher("queue", "").matches({})
    assert not Matcher("rule", ".+", "=~").matches({})
    assert QUIET_SEVERITIES.matches({"severity": "note"})
    assert not QUIET_SEVERITIES.matches({"severity": "notes"})
    assert Matcher("queue", "a", "!=").matches({"queue": "b"})
    assert not Matcher("queue", "a", "!=").matches({"queue": "a"})
    assert Matcher("a", "b", "!=").text() == 'a!="b"'
    assert Matcher("a", "b").text() == 'a="b"'
    assert QUIET_SEVERITIES.text() == 'severity=~"none|note"'


def test_a_page_is_told_sooner_and_repeated_more_often_than_a_warning() -> None:
    page, warn = PACES["page"], PACES["warn"]
    assert all(sooner < later for sooner, later in zip(page, warn, strict=True))
    assert (page.wait_ms, page.interval_ms, page.repeat_ms) == (5 * SECOND, MINUTE, 30 * MINUTE)


def test_no_inhibition_mutes_its_own_source() -> None:
    """Alertmanager leaves such alerts out by a rule of its own, which `deliver` need not know."""
    examples = (
        {"alertname": "QueueWithoutFeed", "queue": "a", "severity": "none"},
        {"alertname": "PipelineDown", "job": "stream", "severity": "page"},
        {"alertname": "PipelineDown", "job": "archive", "owner": "queuewatch", "severity": "page"},
        {"alertname": "PipelineDown", "job": "stream", "owner": "queuewatch", "severity": "page"},
        {"alertname": "OldestWait", "rule": "oldest_wait", "queue": "a", "severity": "page"},
    )
    for rule, labels in zip(INHIBITIONS, examples, strict=True):
        assert all(each.matches(labels) for each in rule.source)
        assert not all(each.matches(labels) for each in rule.target)
