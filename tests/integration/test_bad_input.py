"""Bad input through the running line: the good around it counts exactly, the bad stands in quarantine.

One line for all tests; each kind of input is sent once, and what became of it is looked at from every side.
"""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer
from kafka.errors import MessageSizeTooLargeError

from schemas.millis import HOUR, MINUTE, SECOND, iso
from schemas.tables import TABLES
from schemas.topics import TOPICS, topic_name
from streams.admin.broker import consumer, partitions_of, walk
from streams.admin.quarantine import Entry, Wanted, chosen, read
from streams.local.kafka import LocalKafka
from streams.sinks.clickhouse.query_client import QueryClient
from tests.support.bad_input import (
    CALLS_AROUND,
    INVENTED,
    QUEUE,
    QUEUES,
    SPELT,
    STRANGE_QUEUES,
    Bad,
    RawSender,
    good_call,
    kinds,
    queue_log_file,
    records_file,
    strange_lives,
)
from tests.support.builders import call
from tests.support.line import PARTITIONS, Line

MOST_UNKNOWN = 20  # queues a partition, in place of 250
DIGITS = tuple("".join(filter(str.isdigit, spelt))[-9:] for spelt in SPELT)


class Spoilt:
    """The line after everything was sent and drained."""

    def __init__(self, line: Line, folder: Path) -> None:
        self.line = line
        now = time.time_ns() // 1_000_000
        self.start = now // MINUTE * MINUTE - 15 * HOUR
        self.bad = kinds(self.start, now)
        self.raw: list[bytes] = []
        sender = RawSender(line.bootstrap, line.namespace, PARTITIONS)
        self.sent: dict[str, Bad] = {}  # by the place where each bad record stands
        self._send(sender)
        self.records = sender.close()
        at = self.start + 2 * HOUR
        line.run("send", "records", str(records_file(folder, at)), "--accept")
        line.run("send", "queue-log", str(queue_log_file(folder, at)), "--accept")
        line.drain()
        self.day = ("--from", iso(self.start), "--to", iso(now))

    def _send(self, sender: RawSender) -> None:
        futures = []
        for number in range(CALLS_AROUND):
            sender.say(*good_call(number, self.start))
            if number < len(self.bad):
                futures.append((self.bad[number], sender.send(QUEUE, self.bad[number].value)))
        sender.say(*strange_lives(self.start + HOUR))
        at = self.start + HOUR
        sender.say(*(call("queued", f"i-{n}", at, f"invented-{n}") for n in range(INVENTED)))
        sender.say(call("ended", "ten-hours", at + 10 * HOUR, QUEUE))
        sender.tick(self.start + 14 * HOUR)
        for bad, future in futures:
            place = future.get(60)
            self.sent[f"calls-{place.partition}:{place.offset}"] = bad

    def entries(self, **wanted: Any) -> dict[str, Entry]:
        """The open entries by their ids, unless others are wanted."""
        found = read(self.line.bootstrap, self.line.namespace)
        return {entry.place: entry for entry in chosen(found, [], Wanted(**wanted))}


@pytest.fixture(scope="module")
def spoilt(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spoilt]:
    folder = tmp_path_factory.mktemp("bad_input")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("QUEUEWATCH_UNCONFIGURED_QUEUES", str(MOST_UNKNOWN))
        with Line(kafka.place.bootstrap, folder, QUEUES) as line:
            yield Spoilt(line, folder)


def test_good_calls_around_are_counted_exactly(spoilt: Spoilt) -> None:
    (row,) = spoilt.line.history("summary", *spoilt.day, "--queue", QUEUE)
    # Besides: ends-first, ten-hours and unknown-field; skewed; of the files one abandoned each.
    assert (row["answered"], row["abandoned"]) == (str(CALLS_AROUND + 2), "3")
    assert (row["open"], row["ghost"], row["dropped"]) == (
        "0",
        "1",
        "0",
    )  # unknown-field never ends
    assert row["offered"] == str(CALLS_AROUND + 6)
    assert row["answered_in_target"] == row["answered"]


def test_strange_lives_are_counted_as_well_as_they_can_be(spoilt: Spoilt) -> None:
    legs = {row["leg_id"]: row for row in spoilt.line.history("legs", *spoilt.day)}
    assert (legs["skewed"]["wait_ms"], legs["skewed"]["flags"]) == ("0", "negative_wait")
    assert (legs["ends-first"]["outcome"], legs["ends-first"]["talk_hold_ms"]) == ("answered", "0")
    assert legs["ten-hours"]["talk_hold_ms"] == str(10 * HOUR - 3 * SECOND)
    assert legs["ten-hours"]["agent"] == "an\\x00n \U0001f600"  # JSON has all as it is
    assert "no-entry" not in legs
    strange = [legs[f"strange-{place}"] for place in range(len(STRANGE_QUEUES))]
    assert [leg["queue"] for leg in strange] == [
        queue.replace("\0", "\\x00").replace("\n", "\\n") for queue in STRANGE_QUEUES
    ]
    assert {leg["answer_within_ms"] for leg in strange} == {""}  # nobody promised anything


def test_every_bad_record_stands_in_quarantine_with_its_reason(spoilt: Spoilt) -> None:
    found = spoilt.entries(topic="calls")
    told = {
        bad.what: found[place].reason if place in found else ""
        for place, bad in spoilt.sent.items()
    }
    assert told == {bad.what: bad.reason for bad in spoilt.bad}
    reasons = Counter(entry.reason for entry in found.values())
    expected = Counter(bad.reason for bad in spoilt.bad if bad.reason)
    expected["too_old"] += 1  # no-entry
    expected["too_many_queues"] += INVENTED + len(STRANGE_QUEUES) - PARTITIONS * MOST_UNKNOWN
    assert reasons == expected
    of_files = Counter(entry.reason for entry in spoilt.entries(topic="file").values())
    assert of_files == {"bad_row": 3 * len(SPELT) + 3, "unknown_line": 4}


def test_the_archive_and_the_metrics_say_the_same(spoilt: Spoilt) -> None:
    listed = Counter(entry.reason for entry in spoilt.entries(topic="calls").values())
    assert spoilt.line.figures("queuewatch_quarantined_total", "reason") == listed
    answer = archive(spoilt.line).execute(
        "SELECT reason, count() FROM quarantine FINAL WHERE origin LIKE 'calls-%' GROUP BY reason"
    )
    assert {str(reason): int(str(count)) for reason, count in answer.rows} == listed
    assert spoilt.line.figures("queuewatch_events_total", "result") == {
        "quarantined": listed.total() - 1,  # no-entry was applied, and set aside hours later
        "applied": spoilt.records + 2 - listed.total() + 1, "duplicate": 0,  # 2 legs of files
    }  # fmt: skip


def test_the_worker_stays_up_its_books_balance_and_its_memory_is_bounded(spoilt: Spoilt) -> None:
    books = spoilt.line.figures("callcentre_unexplained_legs", "queue")
    assert set(books.values()) == {0}
    unknown = set(books) - {QUEUE}
    assert set(STRANGE_QUEUES) <= unknown
    assert len(unknown) == PARTITIONS * MOST_UNKNOWN
    assert all(queue in STRANGE_QUEUES or queue.startswith("invented-") for queue in unknown)
    assert "Traceback" not in spoilt.line.stream.log.read_text()
    assert "Traceback" not in spoilt.line.archive.log.read_text()


def test_a_producer_of_2_mb_gets_the_error_itself(spoilt: Spoilt) -> None:
    topic = f"{spoilt.line.namespace}calls"
    for more in ({}, {"max_request_size": 4_000_000}):  # refused by the client, and by the broker
        client = KafkaProducer(bootstrap_servers=spoilt.line.bootstrap, **more)
        with pytest.raises(MessageSizeTooLargeError):
            client.send(topic, b"x" * 2_000_000, partition=0).get(60)
        client.close()


def test_no_number_of_a_caller_stands_anywhere_in_clear(spoilt: Spoilt) -> None:
    line = spoilt.line
    ours = {bad.value for bad in spoilt.bad if bad.reason or "unknown field" in bad.what}
    for topic in TOPICS:
        for data in everything(line.bootstrap, topic_name(topic.name, line.namespace)):
            assert not tells(data) or data in ours, (topic.name, data)
    files = [path for path in line.folder.rglob("*") if path.is_file()]
    ours_too = {line.folder / "calls.csv", line.folder / "queue_log"}
    assert [path for path in files if path not in ours_too and tells(path.read_bytes())] == []
    database = archive(line)
    for table in TABLES:
        rows = database.execute(f"SELECT * FROM {table}").rows
        assert [row for row in rows if tells(repr(row).encode())] == []


def test_what_is_mended_is_replayed_and_counted_once(spoilt: Spoilt, tmp_path: Path) -> None:
    line = spoilt.line
    found = list(spoilt.entries(reason="too_many_queues").values())[:3]
    queues = {entry.place: entry.original_key for entry in found}
    file = tmp_path / "queues.toml"
    file.write_text(QUEUES + "".join(f"[queues.{queue}]\n" for queue in queues.values()))
    line.run("queues", "publish", str(file))
    places = list(queues)
    said = line.run("quarantine", "replay", *places).strip()
    assert said == "3 sent again: 3 accepted, 0 refused again; 0 not sent"
    again = line.run("quarantine", "replay", *places).strip()
    assert again == "0 sent again: 0 accepted, 0 refused again; 3 not sent"
    line.drain()
    legs = Counter(row["queue"] for row in line.history("legs", *spoilt.day))
    assert {queue: legs[queue] for queue in queues.values()} == dict.fromkeys(queues.values(), 1)
    assert set(places).isdisjoint(spoilt.entries())
    assert set(spoilt.entries(states=frozenset({"replayed"}))) == set(places)


def test_what_is_still_bad_says_so_and_the_list_does_not_grow(spoilt: Spoilt) -> None:
    line, before = spoilt.line, spoilt.entries()
    by_reason = {entry.reason: entry.place for entry in before.values()}
    place = by_reason["too_many_queues"]
    for _ in range(2):
        said = line.fails("quarantine", "replay", place)
        assert f"{place}: refused again: too_many_queues" in said
    bad = ("not_json", "caller_in_clear", "ahead_of_broker", "bad_row")
    said = line.fails("quarantine", "replay", *(by_reason[reason] for reason in bad))
    for why in (
        "still not_json", "still caller_in_clear", "and send the file again",
        "still in the future: can be replayed from ",
    ):  # fmt: skip
        assert why in said
    after = spoilt.entries()
    assert set(after) == set(before)
    assert (after[place].replays, after[place].state) == (2, "open")


def test_what_is_dropped_leaves_the_list_and_stays_in_sight(spoilt: Spoilt) -> None:
    line = spoilt.line
    (place,) = [place for place, bad in spoilt.sent.items() if bad.what == "a list"]
    line.run("quarantine", "drop", place, "--because", "sent by a test")
    assert place not in spoilt.entries()
    assert spoilt.entries(states=frozenset({"dropped"}))[place].note == "sent by a test"
    listed = line.run("quarantine", "list", "--all", "--reason", "wrong_type", "--format", "csv")
    assert listed.splitlines()[1].startswith("wrong_type,calls,2,")
    shown = line.run("quarantine", "show", place)
    assert "dropped" in shown
    assert "[1, 2]" in shown
    line.drain()
    kept = "SELECT what, note FROM quarantine_handled WHERE what = 'dropped'"
    assert archive(line).execute(kept).rows == [("dropped", "sent by a test")]


def test_an_event_that_was_counted_is_not_counted_again(spoilt: Spoilt) -> None:
    """As if the note of a replay had been lost in a crash: the same bytes come once more."""
    line = spoilt.line
    before = line.figures("queuewatch_events_total", "result")
    at = spoilt.start + 13 * HOUR + 50 * MINUTE
    told = [call("queued", "twice", at, QUEUE), call("abandoned", "twice", at + SECOND, QUEUE)]
    sender = RawSender(line.bootstrap, line.namespace, PARTITIONS)
    sender.say(*told, *told)
    sender.close()
    line.drain()
    after = line.figures("queuewatch_events_total", "result")
    assert {name: after[name] - before[name] for name in after} == {
        "applied": 2, "duplicate": 2, "quarantined": 0,
    }  # fmt: skip


def tells(data: bytes) -> bool:
    """Whether a caller's number stands in it, with whatever people put between digits."""
    digits = bytes(sign for sign in data if sign not in b" -()./+\0\\")
    return any(number.encode() in digits for number in DIGITS)


def everything(bootstrap: str, topic: str) -> Iterator[bytes]:
    """Keys, values and headers of all records, of aborted transactions as well."""
    with consumer(bootstrap) as client:
        for _, record in walk(client, partitions_of(client, topic)):
            yield record.key or b""
            yield record.value or b""
            yield repr(record.headers).encode()


def archive(line: Line) -> QueryClient:
    return QueryClient(line.folder / "data", line.query_port)
