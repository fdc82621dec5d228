"""Samples of the table's series; what has no value is absent."""

from streams.plumbing.families import Families, exposition


def test_no_value_is_no_sample() -> None:
    families = Families()
    families.add("queuewatch_ready", None, "notify")
    assert families.collected() == []


def test_places_become_topic_and_partition() -> None:
    families = Families()
    families.add_places("queuewatch_lag_records", {"north.calls-3": 7})
    text = exposition(families.collected()).decode()
    assert 'queuewatch_lag_records{partition="3",topic="north.calls"} 7.0' in text
    assert "# TYPE queuewatch_lag_records gauge" in text


def test_a_counter_keeps_its_name() -> None:
    families = Families()
    families.add("queuewatch_notify_posts_total", 2, "ok")
    text = exposition(families.collected()).decode()
    assert 'queuewatch_notify_posts_total{result="ok"} 2.0' in text
    assert "# TYPE queuewatch_notify_posts_total counter" in text
