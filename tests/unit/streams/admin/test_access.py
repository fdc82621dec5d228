"""The least rights of each user, made from the table of topics."""

from schemas.topics import TOPICS
from streams.admin.access import OPERATOR, PROCESSES, USERS, as_commands, rights


def may(user: str, topic: str) -> set[str]:
    return {
        operation
        for right in rights("city.")
        if (right.user, right.kind, right.name) == (user, "topic", f"city.{topic}")
        for operation in right.operations
    }


def test_a_process_reads_and_writes_what_the_table_names() -> None:
    assert may("send", "calls") == {"write"}
    assert may("send", "legs") == {"describe"}  # how far the archive is, and not what it reads
    assert may("stream", "calls") == {"read", "describe", "describe_configs"}
    assert may("archive", "calls") == {"read"}
    assert may("board", "calls") == set()
    assert may("board", "commands") == {"read", "write"}


def test_who_publishes_at_its_time_may_write_the_audit_and_nothing_else_of_others() -> None:
    """A record of the audit names those before it, so who writes one reads them."""
    assert may("reports", "audit") == may("board", "audit") == {"read", "write"}
    assert (
        may("reports", "publications") == may("reports", "scheduled_reports") == {"read", "write"}
    )
    written = {topic.name for topic in TOPICS if "write" in may("reports", topic.name)}
    assert written == {"audit", "publications", "scheduled_reports", "health"}
    assert {user for user in USERS if "write" in may(user, "audit")} == {
        "board",
        "reports",
        OPERATOR,
    }


def test_only_the_operator_makes_topics_and_only_he_writes_targets() -> None:
    for topic in TOPICS:
        assert {user for user in USERS if "create" in may(user, topic.name)} == {OPERATOR}
    assert {user for user in USERS if "write" in may(user, "targets")} == {OPERATOR}


def test_the_archive_also_does_the_nightly_commands() -> None:
    assert may("archive", "state") == {"read"}
    assert may("archive", "profiles") == {"read", "write"}


def test_groups_and_transactions_are_of_the_processes_that_have_them() -> None:
    others = [right for right in rights("city.") if right.kind != "topic"]
    assert {(r.user, r.kind, r.name, r.operations, r.prefixed) for r in others} == {
        ("stream", "group", "city.queuewatch-stream", ("read",), False),
        ("stream", "group", "city.queuewatch-reports", ("read",), False),
        ("archive", "group", "city.queuewatch-archive", ("read",), False),
        (OPERATOR, "group", "city.queuewatch-reports", ("describe",), False),
        (OPERATOR, "group", "city.queuewatch-stream", ("describe",), False),
        (OPERATOR, "group", "city.queuewatch-archive", ("describe",), False),
        ("send", "group", "city.queuewatch-stream", ("describe",), False),
        ("send", "group", "city.queuewatch-archive", ("describe",), False),
        (OPERATOR, "cluster", "kafka-cluster", ("describe_configs",), False),
        ("stream", "transactional-id", "city.queuewatch-", ("write",), True),
    }


def test_only_the_operator_looks_at_the_cluster_and_at_topics_of_kafkas_own() -> None:
    own = [right for right in rights("city.") if right.name.startswith("__")]
    assert {(right.user, right.operations) for right in own} == {
        (OPERATOR, ("describe", "describe_configs"))
    }
    lines = as_commands(rights("city."), {user: f"User:{user}" for user in USERS}, "kafka:9093")
    assert (
        "kafka-acls --bootstrap-server kafka:9093 --add --allow-principal 'User:operator'"
        " --operation describe_configs --cluster"
    ) in lines


def test_every_process_that_the_table_names_is_a_user() -> None:
    named = {name for topic in TOPICS for name in (*topic.writers, *topic.readers)}
    assert set(PROCESSES) <= named


def test_they_are_printed_for_kafkas_own_tool() -> None:
    lines = as_commands(rights("city."), {user: f"User:{user}" for user in USERS}, "kafka:9093")
    assert (
        "kafka-acls --bootstrap-server kafka:9093 --add --allow-principal 'User:send'"
        " --operation write --topic 'city.calls'"
    ) in lines
    assert lines[-1] == (
        "kafka-acls --bootstrap-server kafka:9093 --add --allow-principal 'User:stream'"
        " --operation write --transactional-id 'city.queuewatch-' --resource-pattern-type prefixed"
    )
