"""Settings with which Kafka loses what it accepted, or stops for one broker.

What each topic must be stands in streams.admin.topics; a worker does not start without it. Here is what an administrator
may choose, and would not have chosen had he known what follows.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType
from msgspec import Struct

from schemas.topics import TOPICS, topic_name
from streams.admin.access import OFFSETS, TRANSACTIONS
from streams.admin.broker import admin_client
from streams.admin.topic_table import ENOUGH_COPIES, TopicFact, least_in_sync, topic_configs
from streams.admin.topics import brokers_of, read_facts

_REPLICATION = {
    OFFSETS: "offsets.topic.replication.factor",
    TRANSACTIONS: "transaction.state.log.replication.factor",
}
_LEAST = "min.insync.replicas"
_LEAST_OF_TRANSACTIONS = "transaction.state.log.min.isr"
_UNCLEAN = "unclean.leader.election.enable"


class Finding(Struct, frozen=True):
    """One line for a person with its remedy. `refused`: records can be lost, or the line can stop."""

    line: str
    refused: bool = True


class ClusterFacts(Struct, frozen=True):
    """Topics by their names on the broker. `internal` lacks those of Kafka's own that are not made yet, or not shown.

    `settings` of a broker are None where this user may not see them.
    """

    brokers: int
    topics: Mapping[str, TopicFact]
    internal: Mapping[str, TopicFact]
    settings: Mapping[str, str] | None


def check_cluster(bootstrap: str, namespace: str) -> list[Finding]:
    """What is unclean on that cluster; AdminError when Kafka does not answer."""
    with admin_client(bootstrap) as client:
        return findings(
            ClusterFacts(
                brokers=brokers_of(client),
                topics=read_facts(client, [topic_name(each.name, namespace) for each in TOPICS]),
                internal=read_facts(client, list(_REPLICATION)),
                settings=_settings(client),
            ),
            namespace,
        )


def findings(facts: ClusterFacts, namespace: str) -> list[Finding]:
    """One for each cause, with the topics that it is about; empty when all is well."""
    every = {**facts.topics, **facts.internal}
    return [
        *_of_copies(facts.brokers, every),
        *_of_acknowledgements(every),
        *_of_unclean_elections(every),
        *_of_limits(facts.topics, namespace),
        *_of_topics_to_come(facts),
        *_of_settings(facts.settings),
    ]


def _of_copies(brokers: int, topics: Mapping[str, TopicFact]) -> Iterator[Finding]:
    enough = min(brokers, ENOUGH_COPIES)
    for copies in range(1, enough):
        names = [name for name, fact in topics.items() if fact.copies == copies]
        lost = "lost with its broker" if copies == 1 else "one copy only while a broker is away"
        if names:
            yield Finding(
                f"{_topics(names)}: {_copies(copies)} of each record on {brokers} brokers, {lost}:"
                f" raise it to {enough} with kafka-reassign-partitions",
                refused=copies == 1,
            )
    behind = [name for name, fact in topics.items() if fact.in_sync < fact.copies]
    if behind:
        yield Finding(
            f"{_topics(behind)}: not all copies are in sync now: see whether a broker is away or overloaded",
            refused=False,
        )


def _of_acknowledgements(topics: Mapping[str, TopicFact]) -> Iterator[Finding]:
    """How many copies a record has when it counts as accepted."""
    found: dict[tuple[int, int], list[str]] = {}
    for name, fact in topics.items():
        least = int(fact.configs.get(_LEAST, least_in_sync(fact.copies)))
        if _follows(fact.copies, least):
            found.setdefault((fact.copies, least), []).append(name)
    for (copies, least), names in found.items():
        is_pair = (copies, least) == (2, 2)  # with two copies neither number is right
        remedy = "use three brokers" if is_pair else _altered(names, _LEAST, least_in_sync(copies))
        yield Finding(
            f"{_topics(names)}: {_LEAST} is {least} of {_copies(copies)},"
            f" {_follows(copies, least)}: {remedy}",
            refused=not is_pair,
        )


def _follows(copies: int, least: int) -> str:
    """What is bad about it; "" if nothing is."""
    if least > copies:
        return "nothing can be written"
    if 1 < least == copies:
        return "every restart of a broker stops the line"
    if least < least_in_sync(copies):
        return "an accepted record may be lost with one broker"
    return ""


def _of_unclean_elections(topics: Mapping[str, TopicFact]) -> Iterator[Finding]:
    names = [
        name
        for name, fact in topics.items()
        if fact.copies > 1 and fact.configs.get(_UNCLEAN) == "true"
    ]
    if names:
        yield Finding(
            f"{_topics(names)}: {_UNCLEAN} is true, a broker that lacks accepted records may become"
            f" leader: {_altered(names, _UNCLEAN, 'false')}"
        )


def _of_limits(topics: Mapping[str, TopicFact], namespace: str) -> Iterator[Finding]:
    for topic in TOPICS:
        name = topic_name(topic.name, namespace)
        if (fact := topics.get(name)) is None:
            continue
        wanted = topic_configs(topic, fact.copies)["max.message.bytes"]
        largest = int(fact.configs.get("max.message.bytes", wanted))
        if largest < int(wanted):
            yield Finding(
                f"topic {name}: max.message.bytes is {largest}, at least {wanted} is needed:"
                f" {_altered([name], 'max.message.bytes', wanted)}"
            )
        kept = fact.configs.get("retention.bytes", "-1")
        if kept != "-1" and "delete" in topic.cleanup:
            yield Finding(
                f"topic {name}: retention.bytes is {kept}, records go before their time:"
                f" {_altered([name], 'retention.bytes', -1)}"
            )


def _of_topics_to_come(facts: ClusterFacts) -> Iterator[Finding]:
    """Topics of Kafka's own are made at their first use, as its brokers' settings say then."""
    settings = facts.settings or {}
    enough = min(facts.brokers, ENOUGH_COPIES)
    for name, setting in _REPLICATION.items():
        if name in facts.internal or setting not in settings:
            continue
        copies = int(settings[setting])
        if copies > facts.brokers:
            yield _of_broker(setting, copies, f"{name} cannot be made on {facts.brokers}", enough)
        elif copies < enough:
            yield _of_broker(setting, copies, f"{name} stops with one broker", enough)
        least = int(settings.get(_LEAST_OF_TRANSACTIONS, least_in_sync(copies)))
        if name == TRANSACTIONS and (follows := _follows(copies, least)):
            yield _of_broker(_LEAST_OF_TRANSACTIONS, least, follows, least_in_sync(copies))


def _of_settings(settings: Mapping[str, str] | None) -> Iterator[Finding]:
    if settings is None:
        yield Finding(
            "the settings of the brokers were not looked at, this user may not see them:"
            " `queuewatch topics acl` names the right (describe_configs of the cluster)",
            refused=False,
        )
        return
    if settings.get("auto.create.topics.enable") == "true":
        yield Finding(
            "auto.create.topics.enable is true, a misspelt --namespace of any program makes topics:"
            " set it to false in the brokers' server.properties",
            refused=False,
        )
    if settings.get("log.cleaner.enable") == "false":
        yield Finding(
            "log.cleaner.enable is false, topic state grows until the disk is full: set it to true"
            " in the brokers' server.properties"
        )


def _of_broker(setting: str, value: int, why: str, right: int) -> Finding:
    return Finding(
        f"{setting} is {value}, {why}: set it to {right} in the brokers' server.properties"
    )


def _altered(names: list[str], setting: str, value: object) -> str:
    name = names[0] if len(names) == 1 else "NAME"
    return f"kafka-configs --alter --topic {name} --add-config {setting}={value}"


def _topics(names: Iterable[str]) -> str:
    listed = list(names)
    return f"topic{'s' if len(listed) > 1 else ''} {', '.join(listed)}"


def _copies(count: int) -> str:
    return "1 copy" if count == 1 else f"{count} copies"


def _settings(client: Any) -> dict[str, str] | None:
    """Of a broker that answers: those that matter here are alike on all of a cluster that is well kept.

    kafka-python gives no error but no settings where the user may not see them.
    """
    brokers = client.describe_cluster()["brokers"]
    number = str(next(each["broker_id"] for each in brokers if not each.get("is_fenced")))
    resource = ConfigResource(ConfigResourceType.BROKER, number)
    found = client.describe_configs([resource], config_filter="all")["broker"].get(number)
    return {key: entry["value"] for key, entry in found.items()} if found else None
