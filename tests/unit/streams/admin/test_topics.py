"""What the table says of topics, and every difference that `topics check` names."""

import pytest

from schemas.millis import from_iso
from schemas.topics import TOPICS, topic
from streams.admin.topics import TopicFact, mistakes, next_epoch, topic_configs


def _broker(partitions: int = 8, namespace: str = "") -> dict[str, TopicFact]:
    return {
        namespace + t.name: TopicFact(t.partitions or partitions, topic_configs(t)) for t in TOPICS
    }


@pytest.mark.parametrize("partitions", [1, 8, 24])
def test_topics_as_created_have_no_mistake(partitions: int) -> None:
    assert mistakes(_broker(partitions), "") == []


def test_a_missing_topic_says_which_command_makes_it() -> None:
    facts = _broker(namespace="north.")
    del facts["north.legs"]
    assert mistakes(facts, "north.") == [
        "topic north.legs is missing: run `queuewatch topics create`"
    ]


def test_every_partitioned_topic_has_as_many_partitions_as_calls() -> None:
    facts = _broker()
    facts["agents"] = TopicFact(4, facts["agents"].configs)
    (line,) = mistakes(facts, "")
    assert line.startswith("topic agents has 4 partitions, expected 8, as many as calls:")


def test_a_small_topic_has_one_partition_whatever_calls_has() -> None:
    facts = _broker()
    facts["targets"] = TopicFact(8, facts["targets"].configs)
    (line,) = mistakes(facts, "")
    assert line.startswith("topic targets has 8 partitions, expected 1:")


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("calls", "message.timestamp.type", "CreateTime"),
        ("state", "cleanup.policy", "delete"),
        ("targets", "retention.ms", "604800000"),
    ],
)
def test_a_wrong_setting_is_named_with_the_right_one(name: str, key: str, value: str) -> None:
    facts = _broker()
    facts[name] = TopicFact(facts[name].partitions, {**facts[name].configs, key: value})
    (line,) = mistakes(facts, "")
    expected = topic_configs(topic(name))[key]
    assert line.startswith(f"topic {name}: {key} is {value}, expected {expected}:")


def test_settings_that_may_not_be_seen_are_not_taken_for_wrong_ones() -> None:
    facts = _broker()
    facts["legs"] = TopicFact(8, {})
    (line,) = mistakes(facts, "")
    assert line.startswith("topic legs: this user may not see its settings")


def test_the_order_of_cleanup_policies_means_nothing() -> None:
    facts = _broker()
    facts["alerts"] = TopicFact(8, {**facts["alerts"].configs, "cleanup.policy": "delete,compact"})
    assert mistakes(facts, "") == []


def test_inputs_carry_the_time_of_the_broker_and_targets_stay_for_ever() -> None:
    assert topic_configs(topic("calls"))["message.timestamp.type"] == "LogAppendTime"
    assert topic_configs(topic("legs"))["message.timestamp.type"] == "CreateTime"
    assert topic_configs(topic("targets"))["retention.ms"] == "-1"
    assert "retention.ms" not in topic_configs(topic("state"))


def test_the_epoch_counts_minutes_and_rises_even_when_the_clock_went_back() -> None:
    now = from_iso("2026-01-02T00:01:59Z")
    assert next_epoch(now, None) == 24 * 60 + 1
    assert next_epoch(now, 5_000) == 5_001
    assert next_epoch(from_iso("2025-06-01T00:00:00Z"), None) == 1
