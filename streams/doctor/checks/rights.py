"""What this user may do on Kafka, against what each process needs (`queuewatch topics acl`)."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from schemas.groups import archive_group, reports_group, stream_group
from schemas.topics import TOPICS, topic_name
from streams.admin.access import USERS, rights
from streams.admin.broker import admin_client
from streams.doctor.check import Check
from streams.doctor.finding import Finding, fail, listed, ok, warn
from streams.doctor.system import System

_MOST = 3
Allowed = Mapping[
    tuple[str, str], frozenset[str]
]  # by kind and name: the operations, in small letters


class Granted(Struct, frozen=True):
    """Kafka does not say what a user may do with ids of transactions: those are not compared."""

    allowed: Allowed


def ask(system: System) -> Granted:
    names = [topic_name(topic.name, system.namespace) for topic in TOPICS]
    groups = [each(system.namespace) for each in (stream_group, reports_group, archive_group)]
    with admin_client(system.kafka) as client:
        allowed = {
            ("topic", each["name"]): _operations(each) for each in client.describe_topics(names)
        }
        described = client.describe_groups(groups, include_authorized_operations=True)
        allowed |= {("group", name): _operations(each) for name, each in described.items()}
    return Granted(allowed)


def _operations(described: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(each.lower() for each in described.get("authorized_operations") or ())


def missing(system: System, granted: Granted, user: str) -> list[str]:
    """What that user needs and we may not, one text each."""
    return [
        f"{operation} of {right.kind} {right.name}"
        for right in rights(system.namespace)
        if right.user == user and (right.kind, right.name) in granted.allowed
        for operation in right.operations
        if operation not in granted.allowed[right.kind, right.name]
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
