"""deliver put together: addresses, probe and health report."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.owners import Owner
from streams.plumbing.health_reports import Identity
from streams.sinks.deliver.apprise_sender import Sender
from streams.sinks.deliver.process import DeliverFileError, health, probe, read_targets
from streams.sinks.deliver.status import DeliverStatus
from tests.support.delivery import NOON, owners


def _owner(path: Path) -> Owner:
    water = owners("water")["water"]
    return replace(water, table=replace(water.table, deliver_file=str(path)))


def test_the_addresses_of_all_owners_are_read(tmp_path: Path) -> None:
    (tmp_path / "urls").write_text("json://127.0.0.1\n")
    found = list(read_targets([_owner(tmp_path / "urls")], Sender()))
    assert [each.key for each in found] == [("water", "json, line 1")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "holds no address"),
        (b"hunter2", "line 1: no address of apprise"),
        (b"\xff", "no text in UTF-8"),
        (None, "No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_used_names_owner_and_path(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "urls"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DeliverFileError) as refused:
        list(read_targets([_owner(path)], Sender()))
    text = str(refused.value)
    assert text.startswith(f"owners.water.deliver_file: {path}: ")
    assert told in text
    assert "hunter2" not in text


def test_it_is_well_once_the_outbox_was_read() -> None:
    status = DeliverStatus(state="waiting_for_kafka", detail="Kafka does not answer")
    assert not probe(status).well
    assert probe(status).body == b"waiting_for_kafka: Kafka does not answer\n"
    status.state = "running"
    assert probe(status).well


def test_the_report_says_how_messages_ended() -> None:
    status = DeliverStatus(state="running", ended={"sent": 2}, queued=1, last_sent_at=NOON - 3_000)
    report = health(status, Identity("deliver", "deliver-1", NOON, "1", 1), NOON)
    assert (report.process, report.ready) == ("deliver", True)
    assert report.ages_s == {"last_sent": 3.0}
    assert report.totals == {"sent": 2, "queued": 1, "failed_attempts": 0, "undecodable": 0}
