"""What this user may do on Kafka, against what each process needs (`queuewatch topics acl`)."""

from collections.abc import Iterable, Mapping
from typing import Any

from kafka.errors import GroupAuthorizationFailedError
from msgspec import Struct

from schemas.groups import archive_group, reports_group, stream_group
from schemas.topics import TOPICS, topic_name
from streams.admin.access import OFFSETS, TRANSACTIONS, USERS, rights
from streams.admin.broker import admin_client
from streams.doctor.check import Check
from streams.doctor.finding import Finding, fail, listed, ok, warn
from streams.doctor.system import System

_MOST = 3
_UNTOLD = ("transactional-id", "cluster")
Allowed = Mapping[
    tuple[str, str], frozenset[str]
]  # by kind and name: the operations, in small letters


class Granted(Struct, frozen=True):
    """`unknown`: groups that no process has joined yet, and topics of Kafka's own that are not there yet. Of those Kafka
    does not say what a user may do with them, nor of ids of transactions and of the cluster: none of them is compared.
    The check of topics says what it may not see of the cluster.
    """

    allowed: Allowed
    unknown: frozenset[str] = frozenset()


def ask(system: System) -> Granted:
    own = (OFFSETS, TRANSACTIONS)
    names = [topic_name(topic.name, system.namespace) for topic in TOPICS]
    groups = [each(system.namespace) for each in (stream_group, reports_group, archive_group)]
    with admin_client(system.kafka) as client:
        allowed = {
            ("topic", each["name"]): _operations(each)
            for each in client.describe_topics([*names, *own])
        }
        found = {group: _of_group(client, group) for group in groups}
    allowed |= {("group", group): each for group, each in found.items() if each is not None}
    unknown = [group for group, each in found.items() if each is None]
    unknown += [name for name in own if not allowed.get(("topic", name))]
    return Granted(allowed, frozenset(unknown))


def _of_group(client: Any, group: str) -> frozenset[str] | None:
    try:
        described = client.describe_groups([group], include_authorized_operations=True)
    except GroupAuthorizationFailedError:
        return frozenset()
    is_there = not described[group].get("error") and described[group]["group_state"] != "Dead"
    return _operations(described[group]) if is_there else None


def _operations(described: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(each.lower() for each in described.get("authorized_operations") or ())


def missing(system: System, granted: Granted, user: str) -> list[str]:
    """What that user needs and we may not, one text each."""
    return [
        f"{operation} of {right.kind} {right.name}"
        for right in rights(system.namespace)
        if right.user == user and right.kind not in _UNTOLD and right.name not in granted.unknown
        for operation in right.operations
        if operation not in granted.allowed.get((right.kind, right.name), frozenset())
    ]


def judge(system: System, granted: Granted) -> Iterable[Finding]:
    lacking = {user: missing(system, granted, user) for user in USERS}
    enough = [user for user, texts in lacking.items() if not texts]
    if system.user:
        texts = lacking[system.user]
        if not texts:
            return [ok(f"enough for {system.user}")]
        remedy = f"see the lines of {system.user} in `queuewatch topics acl`"
        found = [fail(f"{system.user} needs the right to {text}", remedy) for text in texts]
        return listed(found, _MOST, "queuewatch topics acl")
    if not enough:
        return [
            warn(
                "this user's rights are not enough for any process",
                "give them with `queuewatch topics acl`, or ask with --as PROCESS what is missing",
            )
        ]
    return [
        ok(
            "enough for all processes"
            if len(enough) == len(USERS)
            else f"enough for {', '.join(enough)}"
        )
    ]


CHECK = Check(rank=50, ask=ask, judge=judge, needs="kafka")
