"""What is told to nobody while something else fires."""

from streams.sinks.deliver.inhibition import Inhibited, Silence, SilenceMatcher, is_silenced
from tests.support.delivery import NOON, labels


def test_a_page_mutes_the_warning_of_its_queue_and_of_no_other() -> None:
    inhibited = Inhibited([labels("billing")])
    assert labels("billing", severity="warn") in inhibited
    assert labels("other", severity="warn") not in inhibited
    assert labels("billing") not in inhibited


def test_a_queue_without_feed_is_muted_but_for_the_technical_alert() -> None:
    inhibited = Inhibited(
        [{"alertname": "QueueWithoutFeed", "queue": "billing", "severity": "none"}]
    )
    assert labels("billing") in inhibited
    assert labels("other") not in inhibited
    assert {"alertname": "FeedStale", "queue": "billing"} not in inhibited


def test_the_stream_down_mutes_every_queue_and_the_archive_down_none() -> None:
    down = {"alertname": "PipelineDown", "job": "stream", "severity": "page"}
    assert labels("billing") in Inhibited([down])
    assert down not in Inhibited([down])
    assert labels("billing") not in Inhibited([down | {"job": "archive"}])


def test_a_silence_holds_for_its_labels_and_its_time() -> None:
    matchers = (SilenceMatcher("queue", "billing"), SilenceMatcher("doubtful", ""))
    silence = Silence("1", matchers, NOON, NOON + 10, "queuewatch notify", "ann has it")
    assert is_silenced(labels("billing"), [silence], NOON)
    assert not is_silenced(labels("billing"), [silence], NOON + 10)
    assert not is_silenced(labels("billing"), [silence], NOON - 1)
    assert not is_silenced(labels("billing", doubtful="true"), [silence], NOON)
    assert not is_silenced(labels("other"), [silence], NOON)


def test_matchers_may_be_regular_expressions_and_may_be_turned_round() -> None:
    assert SilenceMatcher("queue", "bill.*", is_regex=True).matches(labels("billing"))
    assert not SilenceMatcher("queue", "bill", is_regex=True).matches(labels("billing"))
    assert SilenceMatcher("queue", "other", is_equal=False).matches(labels("billing"))
