"""What the table says of topics, and every difference that `topics check` names."""

import pytest

from schemas.codec import encode
from schemas.targets import TopicsEpoch
from schemas.topics import EPOCH_KEY, TOPICS, topic
from streams.admin.broker import Record
from streams.admin.topic_table import TopicFact, all_mistakes, mistakes, newest_epoch, topic_configs


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


def test_topics_that_grew_without_their_state_are_told_alone() -> None:
    facts = _broker(8)
    del facts["legs"]
    assert all_mistakes(facts, "", 8) == all_mistakes(facts, "", None) == mistakes(facts, "")
    (line,) = all_mistakes(facts, "", 4)
    assert line.startswith("the topics have 8 partitions, but the state is made for 4")


def test_the_newest_epoch_stands_among_the_targets() -> None:
    first, second = TopicsEpoch(1, 0), TopicsEpoch(2, 0)
    records = [
        Record(0, EPOCH_KEY, encode(first)),
        Record(1, b"targets", b"{}"),
        Record(2, EPOCH_KEY, encode(second)),
        Record(3, EPOCH_KEY, None),
    ]
    assert newest_epoch(records) == second
    assert newest_epoch(records[1:2]) is None
