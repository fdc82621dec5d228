import pytest
from msgspec.structs import replace

from schemas.alerts import PROBE
from schemas.calls import Probe, Queued, Tick
from schemas.codec import UndecodableError, encode
from schemas.privacy import key_from_secret
from schemas.quarantine import REPLAY_HEADER, Handled, Quarantined
from schemas.tables import TABLES
from schemas.targets import TopicsEpoch
from schemas.topics import EPOCH_KEY, TOPICS
from streams.sinks.clickhouse import records
from streams.sinks.clickhouse.records import (
    UNDECODABLE,
    Source,
    refused_live,
    rows_of,
    source_of,
)
from streams.sinks.clickhouse.refused import quarantined
from tests.support.alerts import alert
from tests.support.legs import leg_row_of, made_up_legs, targets_of

AT = 1_790_000_000_000


def source(topic: str, value: bytes | None, key: bytes | None = None) -> Source:
    return Source(topic, 2, 17, AT, key, value)


def test_reads_every_topic_that_the_table_of_topics_gives_the_archive() -> None:
    assert set(records.TOPICS) == {topic.name for topic in TOPICS if "archive" in topic.readers}


def test_a_leg_becomes_a_version() -> None:
    (leg,) = made_up_legs(1, AT, AT + 1, ["billing"], 1)
    ((table, row),) = rows_of(source("legs", encode(leg_row_of(leg))))
    assert (table, row[0]) == ("leg_versions", "billing")


def test_tombstones_ticks_and_epochs_are_no_rows() -> None:
    assert rows_of(source("alerts", None)) == []
    assert rows_of(source("calls", encode(Tick(event_id="t", at=AT, source="node")))) == []
    assert rows_of(source("targets", encode(TopicsEpoch(1, AT)), EPOCH_KEY)) == []
    assert len(rows_of(source("targets", encode(targets_of(["a", "b"])), b"1"))) == 2


def test_a_probe_and_its_answer_are_no_rows() -> None:
    probe = Probe(event_id="p", at=AT, source="queuewatch")
    assert rows_of(source("calls", encode(probe))) == []
    assert rows_of(source("alerts", encode(alert(rule=PROBE)))) == []
    assert len(rows_of(source("alerts", encode(alert())))) == 1


def test_an_event_that_nobody_can_read_is_kept_by_its_place_alone() -> None:
    ((table, row),) = rows_of(source("calls", b'{"phone": "5550001234"'))
    assert (table, row[0], row[1], row[4]) == ("events", "calls-2", 17, UNDECODABLE)
    assert "5550001234" not in str(row)


def test_fields_that_we_do_not_know_are_not_kept() -> None:
    event = encode(Queued(event_id="e", at=AT, source="node", queue="billing", leg_id="c1"))
    ((_, row),) = rows_of(source("calls", event[:-1] + b',"phone":"5550001234"}'))
    assert "5550001234" not in str(row)


@pytest.mark.parametrize(
    "value", [b"", b"{", b"[]", b'{"queue": 1}', b"\xff\xfe", b'{"queue":"\xff"}']
)
def test_what_is_not_a_leg_is_undecodable(value: bytes) -> None:
    with pytest.raises(UndecodableError):
        rows_of(source("legs", value))


def test_what_was_done_about_an_entry_stands_beside_it() -> None:
    entry = Quarantined("calls-2", 7, "not_json", "why", AT, "{")
    ((table, _),) = rows_of(source("quarantine", encode(entry)))
    assert table == "quarantine"
    done = replace(entry, handled=Handled("dropped", AT, "a test of ours"))
    ((table, row),) = rows_of(source("quarantine", encode(done)))
    assert table == "quarantine_handled"
    assert dict(zip(TABLES[table], row, strict=True)) == {
        "origin": "calls-2", "position": 7, "reason": "not_json", "at": AT // 1000, "at_ms": AT,
        "what": "dropped", "note": "a test of ours", "sent_as": -1,
    }  # fmt: skip


def test_only_lines_of_a_follower_are_told_to_who_is_on_call() -> None:
    of_follower = Quarantined(
        "queue_log@1", 7, "unknown_line", "why", AT, "x", source="pbx", live=True
    )
    assert refused_live(source("quarantine", encode(of_follower))) == ("pbx", "unknown_line")
    of_file = replace(of_follower, live=False)
    dropped = replace(of_follower, handled=Handled("dropped", AT, "why"))
    for record in (of_file, dropped):
        assert refused_live(source("quarantine", encode(record))) is None
    assert refused_live(source("alerts", b"{}")) is None
    assert refused_live(source("quarantine", None)) is None


def test_a_replay_that_is_refused_again_keeps_its_first_place() -> None:
    again = Source("legs", 2, 90, AT, None, b"{", [(REPLAY_HEADER, b"legs-2:17")])
    record = quarantined(again, "why", key_from_secret(b"0123456789abcdef"))
    assert (record.origin, record.position, record.sent_as) == ("legs-2", 17, 90)


def test_a_refused_record_is_masked_and_names_its_place() -> None:
    key = key_from_secret(b"0123456789abcdef")
    record = quarantined(
        source("legs", b'{"caller": "555 000 1234"' + b"x" * 9000, b"k"), "why", key
    )
    assert (record.origin, record.position, record.reason) == ("legs-2", 17, "refused_by_archive")
    assert "555 000 1234" not in record.original
    assert len(record.original) < 4_200
    assert quarantined(source("legs", b"\xff"), "why", key).original == "\\xff"


def test_an_origin_is_the_record_that_it_came_from() -> None:
    told = source("calls", b"{}")
    assert source_of((told.topic, told.partition, Record())) == Source("calls", told.partition, 7, 9, b"k", b"v", (("h", b"1"),))  # fmt: skip


class Record:
    offset, timestamp, key, value, headers = 7, 9, b"k", b"v", (("h", b"1"),)
