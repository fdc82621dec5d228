"""The audit on a real Kafka and in a real archive: commands leave records, and a forged one is named."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from schemas.audit import AuditRecord, Seen, audit_record
from schemas.codec import encode
from schemas.topics import topic_name
from streams.admin.audit_trail import held_by_archive, held_by_topic, trail
from streams.admin.broker import write
from streams.admin.topics import create_topics
from streams.cli.audited import user_name
from streams.cli.main import cli
from streams.local.kafka import LocalKafka
from streams.plumbing.audit_writing import write_audit
from streams.plumbing.wall_clock import now_ms
from streams.sinks.clickhouse.audit_rows import audit_row
from tests.integration.archive.databases import KINDS, keep, opened
from tests.integration.archive.process import ArchiveProcess, archive_process
from tests.support.names import unique
from tests.support.services import ClickHouse


@pytest.fixture(scope="module")
def namespace(kafka: LocalKafka) -> str:
    name = unique("audit") + "-"
    create_topics(kafka.place.bootstrap, name, now_ms())
    return name


@pytest.fixture(scope="module")
def archive(
    kafka: LocalKafka, namespace: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ArchiveProcess]:
    process = archive_process(tmp_path_factory.mktemp("audit"), kafka.place.bootstrap, namespace)
    with process.server:
        yield process


def record(who: str) -> AuditRecord:
    return audit_record(
        at=now_ms(), who=who, role="viewer", from_address="10.0.0.1", action="log_in",
        outcome="refused", detail="wrong token",
    )  # fmt: skip


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, words)
    return done.exit_code, done.stdout, done.stderr


def test_commands_leave_records_that_are_listed_and_checked(
    kafka: LocalKafka, namespace: str, archive: ArchiveProcess
) -> None:
    data = archive.server.log.parent / "data"
    place = ["--kafka", kafka.place.bootstrap, "--namespace", namespace, "--data", str(data)]

    def queuewatch(*words: str) -> tuple[int, str, str]:
        """Of a command that asks the archive."""
        return run(*words, *place, "--query-port", str(archive.query_port))

    async def several() -> list[str]:
        return await asyncio.gather(
            *(write_audit(kafka.place.bootstrap, namespace, record(f"user {n}")) for n in range(5))
        )

    assert asyncio.run(several()) == [""] * 5
    # Its answer was lost, so its writer tries again.
    again = replace(record("user 5"), record_id="0123456789abcdef")
    for _ in range(2):
        assert asyncio.run(write_audit(kafka.place.bootstrap, namespace, again)) == ""
    legs = ("history", "legs", "--from", "2026-11-01T00:00Z", "--to", "2026-11-02T00:00Z")
    code, _, said = queuewatch(*legs, "--format", "csv")
    assert (code, said) == (0, "")
    assert run("alerts", "unmute", "3fa9c1", *place)[0] == 1
    archive.wait_for_rows("audit", 9)

    code, listed, said = queuewatch("audit", "list", "--who", user_name(), "--format", "json")
    assert (code, said) == (0, "")
    export, unmuted = json.loads(listed)
    assert export["action"] == "export"
    assert export["object"].endswith(
        "history legs --from 2026-11-01T00:00Z --to 2026-11-02T00:00Z --format csv"
    )
    assert (unmuted["object"], unmuted["outcome"]) == ("3fa9c1", "failed")
    assert unmuted["detail"].startswith('no mute "3fa9c1" holds')
    assert "user 3" in queuewatch("audit", "list", "--outcome", "refused", "--from", "1h")[1]

    code, checked, said = queuewatch("audit", "check")
    assert (code, said) == (0, "")
    assert "9 records" in checked
    assert "1 of them stand there twice" in checked
    assert queuewatch("audit", "list", "--who", "user 5")[1].count("user 5") == 1
    noted = checked.split()[-1]
    assert queuewatch("audit", "check", "--noted", noted)[0] == 0

    forged = encode(replace(record("anna"), seen=Seen(8, "f" * 64)))
    write(kafka.place.bootstrap, topic_name("audit", namespace), b"anna", forged)
    code, _, said = queuewatch("audit", "check", "--noted", noted)
    assert code == 1
    first, last = said.splitlines()
    assert first.startswith("queuewatch: offset 9 (")
    assert "log_in by anna): the chain is broken" in first
    assert "the audit was changed" in last


@pytest.mark.parametrize("kind", KINDS)
def test_the_archive_alone_shows_what_was_removed(
    kind: str, tmp_path: Path, clickhouse_server: ClickHouse, kafka: LocalKafka
) -> None:
    name = unique("audit") + "-"
    create_topics(kafka.place.bootstrap, name, now_ms())
    for who in ("one", "two", "three"):
        assert asyncio.run(write_audit(kafka.place.bootstrap, name, record(who))) == ""
    topic, committed = held_by_topic(kafka.place.bootstrap, name)
    assert committed == 0
    with opened(kind, tmp_path, clickhouse_server) as database:
        for entry in topic.entries.values():
            value = encode(entry.record)
            keep(database, "audit", [audit_row(entry.offset, entry.appended_at, value)])
        whole = trail(topic, held_by_archive(database), 3)
        assert whole.broken == []
        assert [entry.record.who for entry in whole.entries if entry.record] == [
            "one", "two", "three"
        ]  # fmt: skip
        keep(database, "audit", [audit_row(9, now_ms() + 120_000, encode(record("forged")))])
        (hole, forged) = trail(topic, held_by_archive(database), 3).broken
    assert hole.startswith("offsets 3 to 8: missing")
    assert "forged" in forged


def test_without_its_topic_the_record_is_refused_with_a_line(kafka: LocalKafka) -> None:
    problem = asyncio.run(write_audit(kafka.place.bootstrap, unique("none") + "-", record("one")))
    assert "topics create" in problem


def test_nothing_is_said_to_have_been_seen_before_the_first(
    kafka: LocalKafka, namespace: str, archive: ArchiveProcess
) -> None:
    del archive
    topic, _ = held_by_topic(kafka.place.bootstrap, namespace)
    first = min(topic.entries.values(), key=lambda entry: entry.offset)
    assert first.record is not None
    assert first.record.seen == Seen()
