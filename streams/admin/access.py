"""What each process may do on Kafka, and no more: made from the writers and readers of the table of topics.

Rights of Kafka: https://kafka.apache.org/documentation/#operations_in_kafka. WRITE and READ include DESCRIBE.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourceType,
)
from msgspec import Struct

from schemas.groups import archive_group, reports_group, stream_group, transactional_prefix
from schemas.topics import TOPICS, topic_name
from streams.admin.broker import AdminError, admin_client

# One user each. All other writers and readers of the table are commands that people call: `operator`.
PROCESSES = ("send", "stream", "archive", "notify", "deliver", "board", "reports")
OPERATOR = "operator"
USERS = (*PROCESSES, OPERATOR)
_NIGHTLY = ("reconcile", "profiles")  # commands that `archive` also does each night
CHECKS_ALL = ("stream", OPERATOR)  # how every topic is set up, before anything is counted
# Topics of Kafka's own, and its settings: `topics check` looks at them.
OFFSETS, TRANSACTIONS = "__consumer_offsets", "__transaction_state"
_CLUSTER = "kafka-cluster"  # the one name that Kafka has for it

Kind = Literal["topic", "group", "transactional-id", "cluster"]
Operation = Literal["read", "write", "describe", "describe_configs", "create"]

_KINDS = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "transactional-id": ResourceType.TRANSACTIONAL_ID,
    "cluster": ResourceType.CLUSTER,
}
_OPERATIONS = {
    "read": ACLOperation.READ,
    "write": ACLOperation.WRITE,
    "describe": ACLOperation.DESCRIBE,
    "describe_configs": ACLOperation.DESCRIBE_CONFIGS,
    "create": ACLOperation.CREATE,
}


class Right(Struct, frozen=True):
    """`user` may do `operations` on one resource, or on all whose name begins so (`prefixed`)."""

    user: str
    kind: Kind
    name: str
    operations: tuple[Operation, ...]
    prefixed: bool = False


def rights(namespace: str) -> list[Right]:
    """In the order of the table; the least with which every process and command does its work."""
    found = [
        Right(user, "topic", topic_name(topic.name, namespace), operations)
        for topic in TOPICS
        for user in USERS
        if (operations := _of_topic(user, topic.writers, topic.readers))
    ]
    groups = (
        ("stream", stream_group(namespace)),
        ("stream", reports_group(namespace)),
        ("archive", archive_group(namespace)),
    )
    found += [Right(user, "group", name, ("read",)) for user, name in groups]
    found += [Right(OPERATOR, "group", name, ("describe",)) for _, name in groups]
    # Whether history knows what was sent before: `send` waits for that.
    found += [
        Right("send", "group", name, ("describe",))
        for name in (stream_group(namespace), archive_group(namespace))
    ]
    found.append(Right("send", "topic", topic_name("legs", namespace), ("describe",)))
    found += [
        Right(OPERATOR, "topic", name, ("describe", "describe_configs"))
        for name in (OFFSETS, TRANSACTIONS)
    ]
    found.append(Right(OPERATOR, "cluster", _CLUSTER, ("describe_configs",)))
    ids = transactional_prefix(namespace)
    found.append(Right("stream", "transactional-id", ids, ("write",), prefixed=True))
    return found


def _of_topic(user: str, writers: Iterable[str], readers: Iterable[str]) -> tuple[Operation, ...]:
    mine: tuple[Operation, ...] = ()
    if user in CHECKS_ALL:
        mine += ("describe", "describe_configs")
    if any(user in _users(each) for each in readers):
        mine += ("read",)
    if any(user in _users(each) for each in writers):
        mine += ("write",)
    return (*mine, "create") if user == OPERATOR else mine


def _users(name: str) -> tuple[str, ...]:
    """Who does what the table names."""
    if name in PROCESSES:
        return (name,)
    return (OPERATOR, "archive") if name in _NIGHTLY else (OPERATOR,)


def as_commands(
    wanted: Sequence[Right], principals: Mapping[str, str], bootstrap: str
) -> list[str]:
    """Lines for Kafka's own tool, for whoever may set rights and has no queuewatch."""
    return [
        f"kafka-acls --bootstrap-server {bootstrap} --add --allow-principal '{principals[right.user]}'"
        + "".join(f" --operation {each}" for each in right.operations)
        + (f" --{right.kind}" if right.kind == "cluster" else f" --{right.kind} '{right.name}'")
        + (" --resource-pattern-type prefixed" if right.prefixed else "")
        for right in wanted
    ]


def grant(wanted: Sequence[Right], principals: Mapping[str, str], bootstrap: str) -> None:
    """Set them; those that stand already are no error. AdminError if the broker has no authorizer, or refuses."""
    asked = [each for right in wanted for each in _acls(right, principals[right.user])]
    with admin_client(bootstrap) as client:
        answer = client.create_acls(asked)
        for error in answer["failed"]:
            raise AdminError(f"Kafka at {bootstrap} does not set the rights: {error.__name__}")


def _acls(right: Right, principal: str) -> list[Any]:
    pattern = ACLResourcePatternType.PREFIXED if right.prefixed else ACLResourcePatternType.LITERAL
    resource = ResourcePattern(_KINDS[right.kind], right.name, pattern)
    return [
        ACL(principal, "*", _OPERATIONS[operation], ACLPermissionType.ALLOW, resource)
        for operation in right.operations
    ]
