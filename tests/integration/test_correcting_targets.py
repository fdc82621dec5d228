"""A wrong promise put right for calls that history holds: in the stream's state, gone from it, and sent as history."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer

from schemas.millis import from_iso, iso
from schemas.targets_book import TargetsBook
from streams.admin.correcting_targets import Correction
from streams.admin.targets import read_versions
from streams.history.judging_again import pieces
from streams.local.kafka import LocalKafka
from streams.plumbing.wall_clock import now_ms
from streams.sinks.clickhouse.query_client import QueryClient
from tests.support.line import Line

DAY = ("--from", "2025-03-11", "--to", "2025-03-13")
QUEUES = """\
[defaults]
time_zone = "Europe/Berlin"
answer_within = "{within}"
short_abandon = "5s"
goal = 0.8
opening = "{opening}"
[queues.billing]
"""
HEADER = "leg_id,queue,arrived_at,answered_at,left_at,ended_at,outcome\n"
BEFORE = "2025-03-11T22:59:59Z"  # in Berlin still the 11th


def record(name: str, arrived: str, wait_s: int, outcome: str = "answered") -> str:
    at = from_iso(arrived)
    left = iso(at + wait_s * 1_000)
    answered, ended = (left, iso(at + 300_000)) if outcome == "answered" else ("", "")
    return f"{name},billing,{arrived},{answered},{left},{ended},{outcome}\n"


LIVE = HEADER + "".join(
    (
        record("gone-from-state", "2025-03-12T08:00:00Z", 15),
        record("gone-too", "2025-03-12T08:01:00Z", 30),
        record("in-state", "2025-03-12T16:00:00Z", 15),
        record("in-state-in-time", "2025-03-12T16:01:00Z", 9),
    )
)
PAST = HEADER + "".join(
    (
        record("before", BEFORE, 15),
        record("first", "2025-03-11T23:00:00Z", 15),
        record("abandoned", "2025-03-12T10:00:00Z", 15, "abandoned"),
    )
)
CORRECTED = {"gone-from-state", "gone-too", "in-state", "in-state-in-time", "first", "abandoned"}


@pytest.fixture
def line(kafka: LocalKafka, tmp_path: Path) -> Iterator[Line]:
    queues = QUEUES.format(within="20s", opening="always")
    with Line(kafka.place.bootstrap, tmp_path, queues) as started:
        (tmp_path / "live.csv").write_text(LIVE)
        (tmp_path / "past.csv").write_text(PAST)
        started.run("send", "records", str(tmp_path / "live.csv"), "--feed", "live")
        started.run("send", "records", str(tmp_path / "past.csv"), "--source", "old-platform")
        started.drain()
        yield started


def written(line: Line, within: str = "10s", opening: str = "always") -> str:
    path = line.folder / "queues.toml"
    path.write_text(QUEUES.format(within=within, opening=opening))
    return str(path)


def legs(line: Line, *more: str) -> dict[str, dict[str, str]]:
    return {row["leg_id"]: row for row in line.history("legs", *DAY, *more)}


def summary(line: Line) -> dict[str, str]:
    (row,) = line.history("summary", "--from", "2025-03-12", "--to", "2025-03-13")
    return row


def test_it_is_said_asked_corrected_and_in_the_ledger(line: Line) -> None:
    before = legs(line)
    assert summary(line)["answered_in_target"] == "4"
    file = written(line)

    said = line.run("queues", "publish", file, "--from", "2025-03-12", "--dry-run")
    assert "since 2025-03-12T00:00:00+01:00 (Europe/Berlin, the default zone of the file)" in said
    assert "6 calls arrived since then; 6 are judged otherwise" in said
    assert (
        "billing: 6 calls: in_target of 4, answer_within_ms of 6, targets_version of 6;"
        " service level 66.7 % (short_abandons_ignored) → 16.7 % (short_abandons_ignored)" in said
    )
    assert "dry run: nothing published, nothing written" in said
    assert legs(line) == before
    assert "nobody can be asked" in line.fails("queues", "publish", file, "--from", "2025-03-12")
    assert legs(line) == before

    said = line.run("queues", "publish", file, "--from", "2025-03-12", "--yes")
    assert said.splitlines()[-1] == (
        "judged again by version 2: 6 calls, 4 in history alone and 2 that the stream still held"
    )
    after = legs(line)
    told = {name for name, row in after.items() if row["answer_within_ms"] == "10000"}
    assert told == CORRECTED
    assert after["before"] == before["before"]
    assert {name for name in after if "judged_again" in after[name]["flags"]} == {
        "gone-from-state", "gone-too", "first", "abandoned",
    }  # fmt: skip
    assert summary(line)["answered_in_target"] == "1"
    # The ledger, and what was known before.
    ledger = line.history("corrections", *DAY)
    assert {row["cause"] for row in ledger} == {"targets"}
    assert {row["leg_id"] for row in ledger} == CORRECTED
    moved = [row for row in ledger if row["column"] == "in_target"]
    assert {(row["was"], row["now"]) for row in moved} == {("1", "0")}
    known_before = max(row["known_at"] for row in before.values())
    assert legs(line, "--as-of", known_before) == before
    # Live day counters keep the former judgement of what the stream no longer holds: no fault.
    assert "1 queue agrees" in line.run("reconcile", "--day", "2025-03-12")

    again = line.run("queues", "publish", file, "--from", "2025-03-12", "--yes")
    assert again.splitlines()[-1] == "nothing to do"
    assert legs(line) == after


def test_a_run_that_was_killed_goes_on_and_ends_as_one_that_was_not(line: Line) -> None:
    file = written(line, opening="Mon-Fri 09:30-22:00")
    with line.started("queues", "publish", file, "--from", "2025-03-12", "--yes") as publishing:
        assert publishing.stdout is not None
        assert any(text == "version 2 published\n" for text in publishing.stdout)
        publishing.kill()
    # Another one that ends after its first piece.
    line.drain()
    reader = QueryClient(line.folder / "data", line.query_port)
    since = from_iso("2025-03-11T23:00:00Z")
    book = TargetsBook(read_versions(line.bootstrap, line.namespace))
    correction = Correction(line.bootstrap, line.namespace, since, book, now_ms())
    client = KafkaProducer(bootstrap_servers=line.bootstrap)
    correction.correct(reader, pieces(reader, since, legs_at_once=1)[1], client)
    client.close()
    assert correction.done.legs == 1

    said_again = line.run("queues", "publish", file, "--from", "2025-03-12", "--yes")
    assert "version 2 of the targets says the same already" in said_again
    after = legs(line)
    assert {name for name, row in after.items() if row["answer_within_ms"] == "10000"} == CORRECTED
    assert {name for name, row in after.items() if row["out_of_hours"] == "1"} == {
        "gone-from-state", "gone-too", "first",
    }  # fmt: skip
    versions = line.history("corrections", *DAY)
    assert len({(row["leg_id"], row["version"]) for row in versions}) == len(CORRECTED)
    assert "1 queue agrees" in line.run("reconcile", "--day", "2025-03-12")

    # A later record of a corrected leg wins, and is judged by the corrected targets.
    (line.folder / "more.csv").write_text(HEADER + record("first", "2025-03-11T23:00:00Z", 21))
    line.run("send", "records", str(line.folder / "more.csv"), "--source", "old-platform")
    line.drain()
    first = legs(line)["first"]
    assert (first["wait_ms"], first["answer_within_ms"]) == ("21000", "10000")


def test_calls_that_came_before_their_queue_was_configured_are_judged(
    line: Line,
) -> None:
    text = HEADER + record("unknown", "2025-03-12T10:00:00Z", 15).replace("billing", "sales")
    (line.folder / "sales.csv").write_text(text)
    line.run("send", "records", str(line.folder / "sales.csv"), "--source", "old-platform")
    line.drain()
    path = Path(written(line, within="20s"))
    path.write_text(path.read_text() + "[queues.sales]\n")
    line.run("queues", "publish", str(path))  # as `up` does when the file changes
    assert legs(line)["unknown"]["answer_within_ms"] == ""
    said = line.run("queues", "publish", str(path), "--from", "2025-03-12", "--yes")
    assert "version 3 of the targets would say what version 2 says, from an earlier time on" in said
    assert "service level – → 100.0 % (short_abandons_ignored)" in said
    assert legs(line)["unknown"]["answer_within_ms"] == "20000"


def test_a_delivery_withdrawn_afterwards_leaves_what_others_told_by_the_corrected_promise(
    line: Line,
) -> None:
    (line.folder / "again.csv").write_text(HEADER + record("first", "2025-03-11T23:00:00Z", 21))
    said = line.run("send", "records", str(line.folder / "again.csv"), "--source", "old-platform")
    delivery = said.split("delivery ")[1].split()[0]
    line.drain()
    file = written(line)
    said = line.run("queues", "publish", file, "--from", "2025-03-12", "--yes")
    assert "beside these 1 that hold if a later delivery of the same call is withdrawn" in said
    assert "judged again by version 2: 6 calls, 4 in history alone" in said
    assert legs(line)["first"]["wait_ms"] == "21000"
    line.run("deliveries", "withdraw", delivery, "--yes")
    first = legs(line)["first"]
    assert (first["wait_ms"], first["answer_within_ms"], first["in_target"]) == (
        "15000", "10000", "0",
    )  # fmt: skip
    again = line.run("queues", "publish", file, "--from", "2025-03-12", "--yes")
    assert again.splitlines()[-1] == "nothing to do"
