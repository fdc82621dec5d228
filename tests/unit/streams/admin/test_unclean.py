"""Every setting with which Kafka loses what it accepted or stops for one broker, and its remedy."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from schemas.topics import TOPICS
from streams.admin.topic_table import TopicFact, topic_configs
from streams.admin.unclean import ClusterFacts, Finding, findings
from tests.support.documents import blocks, read
from tests.support.sources import ROOT

SETTINGS = {
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "auto.create.topics.enable": "false",
    "log.cleaner.enable": "true",
}


def cluster(copies: int = 3, brokers: int = 3) -> ClusterFacts:
    """As `topics create` leaves it."""
    own = TopicFact(50, {"min.insync.replicas": "2" if copies > 2 else "1"}, copies, copies)
    return ClusterFacts(
        brokers=brokers,
        topics={
            f"city.{t.name}": TopicFact(t.partitions or 8, topic_configs(t, copies), copies, copies)
            for t in TOPICS
        },
        internal={"__consumer_offsets": own, "__transaction_state": own},
        settings=SETTINGS,
    )


def with_topic(
    facts: ClusterFacts, name: str, configs: Mapping[str, str] | None = None, **changed: int
) -> ClusterFacts:
    old = facts.topics[name]
    new = replace(old, configs={**old.configs, **(configs or {})}, **changed)
    return replace(facts, topics={**facts.topics, name: new})


def with_settings(**changed: str) -> ClusterFacts:
    """Before Kafka made its own topics."""
    named = {name.replace("_", "."): value for name, value in changed.items()}
    return replace(cluster(), internal={}, settings={**SETTINGS, **named})


def only(facts: ClusterFacts) -> Finding:
    (found,) = findings(facts, "city.")
    return found


@pytest.mark.parametrize(("copies", "brokers"), [(1, 1), (2, 2), (3, 3), (3, 5)])
def test_a_cluster_as_it_is_made_has_no_finding(copies: int, brokers: int) -> None:
    assert findings(cluster(copies, brokers), "city.") == []


def test_before_kafka_made_its_own_topics_their_settings_count() -> None:
    assert findings(with_settings(), "city.") == []


def test_one_copy_on_several_brokers_is_refused_in_one_line() -> None:
    found = findings(cluster(1, 3), "city.")
    assert [each.refused for each in found] == [True]
    assert found[0].line.startswith("topics city.calls, city.agents, ")
    assert "1 copy of each record on 3 brokers, lost with its broker" in found[0].line
    assert found[0].line.endswith(": raise it to 3 with kafka-reassign-partitions")


def test_two_copies_on_three_brokers_are_a_warning() -> None:
    found = findings(cluster(2, 3), "city.")
    assert [each.refused for each in found] == [False]
    assert "2 copies of each record on 3 brokers" in found[0].line


@pytest.mark.parametrize(
    ("copies", "least", "follows", "refused"),
    [
        (3, "1", "an accepted record may be lost with one broker", True),
        (3, "3", "every restart of a broker stops the line", True),
        (3, "4", "nothing can be written", True),
        (1, "2", "nothing can be written", True),
        (2, "2", "every restart of a broker stops the line: use three brokers", False),
    ],
)
def test_a_wrong_number_of_acknowledgements_says_what_follows(
    copies: int, least: str, follows: str, refused: bool
) -> None:
    facts = cluster(copies, copies)
    found = only(with_topic(facts, "city.legs", {"min.insync.replicas": least}))
    assert found.refused == refused
    assert found.line.startswith(f"topic city.legs: min.insync.replicas is {least} of {copies} cop")
    assert follows in found.line
    if refused:
        right = topic_configs(TOPICS[0], copies)["min.insync.replicas"]
        assert found.line.endswith(
            f"kafka-configs --alter --topic city.legs --add-config min.insync.replicas={right}"
        )


def test_four_copies_of_which_three_must_be_there_are_well() -> None:
    facts = with_topic(
        cluster(3, 5), "city.legs", {"min.insync.replicas": "3"}, copies=4, in_sync=4
    )
    assert findings(facts, "city.") == []


def test_an_unclean_leader_is_refused_where_there_are_copies() -> None:
    unclean = {"unclean.leader.election.enable": "true"}
    assert only(with_topic(cluster(), "city.state", unclean)).line.endswith(
        "--topic city.state --add-config unclean.leader.election.enable=false"
    )
    assert findings(with_topic(cluster(1, 1), "city.state", unclean), "city.") == []


def test_a_copy_that_lags_is_a_warning() -> None:
    found = only(with_topic(cluster(), "city.calls", in_sync=2))
    assert not found.refused
    assert found.line.startswith("topic city.calls: not all copies are in sync now")


def test_too_small_a_record_and_records_that_go_early_are_refused() -> None:
    small = only(with_topic(cluster(), "city.targets", {"max.message.bytes": "1048576"}))
    assert small.refused
    assert "max.message.bytes is 1048576, at least 16777216 is needed" in small.line
    early = only(with_topic(cluster(), "city.calls", {"retention.bytes": "1000"}))
    assert early.refused
    assert "retention.bytes is 1000, records go before their time" in early.line
    # What is compacted is not cut by size.
    assert findings(with_topic(cluster(), "city.state", {"retention.bytes": "9"}), "city.") == []


@pytest.mark.parametrize("name", ["__consumer_offsets", "__transaction_state"])
def test_topics_of_kafkas_own_need_copies_too(name: str) -> None:
    facts = cluster()
    weak = TopicFact(50, {"min.insync.replicas": "1"})
    found = only(replace(facts, internal={**facts.internal, name: weak}))
    assert found.refused
    assert found.line.startswith(f"topic {name}: 1 copy of each record on 3 brokers")


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("offsets_topic_replication_factor", "1", "__consumer_offsets stops with one broker"),
        ("offsets_topic_replication_factor", "4", "__consumer_offsets cannot be made on 3"),
        ("transaction_state_log_min_isr", "1", "may be lost with one broker: set it to 2"),
        ("transaction_state_log_min_isr", "3", "every restart of a broker stops the line"),
        ("log_cleaner_enable", "false", "topic state grows until the disk is full"),
    ],
)
def test_a_setting_of_the_brokers_is_named_with_its_remedy(
    setting: str, value: str, said: str
) -> None:
    found = only(with_settings(**{setting: value}))
    assert found.refused
    assert found.line.startswith(f"{setting.replace('_', '.')} is {value}, ")
    assert said in found.line
    assert found.line.endswith("in the brokers' server.properties")


def test_what_the_operators_page_tells_to_write_has_no_finding() -> None:
    (block,) = [
        each for each in blocks(read(ROOT / "docs" / "operator.md"), "text") if "min.isr=" in each
    ]
    written = dict(line.split("=") for line in block.splitlines())
    facts = replace(cluster(), internal={}, settings=written)
    assert findings(facts, "city.") == []
    assert set(SETTINGS) - {"log.cleaner.enable"} <= set(written)


def test_topics_that_make_themselves_are_a_warning() -> None:
    found = only(with_settings(auto_create_topics_enable="true"))
    assert not found.refused


def test_settings_that_may_not_be_seen_are_said_to_be_unseen() -> None:
    found = only(replace(cluster(), settings=None))
    assert not found.refused
    assert "`queuewatch topics acl` names the right" in found.line
