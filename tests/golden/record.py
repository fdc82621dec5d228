"""What a release wrote, kept for every later one: `python -m tests.golden.record FOLDER`.

Run once with the code of the release. A simulated morning with every fault goes through a real Kafka,
`stream` and `archive` (Debian's ClickHouse, whose dialect every later server reads). FOLDER gets

- `topics/NAME.jsonl.gz`: every record of the topic as it was committed, `state` excepted;
- `state.jsonl.gz`: the pieces of each unit as of a cursor in the middle of its input;
- `archive/TABLE.sql` and `archive/TABLE.jsonl.gz`: each table as it was made, and its rows;
- `history/NAME.csv.gz`: what the release's own reports said of it.
"""

import base64
import gzip
import json
import re
import sys
import tempfile
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition

from tests.support import services
from tests.support.line import Line, shipped_queues
from tests.support.names import unique

MORNING = ("2026-03-02T09:00:00+02:00", "2026-03-02T10:15:00+02:00")
RANGE = ("--from", "2026-03-02T08:00:00+02:00", "--to", "2026-03-02T12:00:00+02:00")
REPORTS = {
    "summary": ("summary",),
    "half_hours": ("intervals", "--every", "30m", "--basis", "event"),
    "centres": ("summary", "--by", "centre"),
    "legs": ("legs",),
    "minutes": ("snapshots",),
    "corrections": ("corrections",),
}
TOPICS = (
    "calls", "agents", "targets", "roster", "legs", "spells", "minutes", "alerts", "quarantine",
)  # fmt: skip
PARTITIONS = 2


def main(folder: Path) -> None:
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        kafka = services.start_kafka(Path(scratch) / "kafka")
        database = services.clickhouse(Path(scratch) / "clickhouse")
        try:
            with database.server:
                _record(kafka.place.bootstrap, database, Path(scratch), folder)
        finally:
            kafka.stop()


def _record(bootstrap: str, database: services.ClickHouse, scratch: Path, folder: Path) -> None:
    name = unique("golden")
    url = f"clickhouse://default@127.0.0.1:{database.tcp_port}/{name}"
    _ask(database, f"CREATE DATABASE {name}")
    queues = shipped_queues()
    fewer = queues[: queues.rindex("\n[queues.")]  # the last queue is not configured at first
    (scratch / "queues.toml").write_text(queues)
    with Line(bootstrap, scratch, fewer, url, PARTITIONS) as line:
        line.run(
            "send", "simulate", "--from", MORNING[0], "--until", MORNING[1], "--seed", "7",
            "--scenario", "bad-weather", "--speed", "300", "--faults", "all",
        )  # fmt: skip
        line.run("queues", "publish", str(scratch / "queues.toml"))
        line.run("send", "simulate", "--from", "2026-03-02T11:00:00+02:00",
                 "--until", "2026-03-02T11:10:00+02:00", "--seed", "8", "--anew")  # fmt: skip
        line.drain()
        for topic in TOPICS:
            _write(folder / "topics" / f"{topic}.jsonl.gz", _records(line, topic))
        _write(folder / "state.jsonl.gz", _pieces(list(_records(line, "state"))))
        (folder / "history").mkdir()
        for report, arguments in REPORTS.items():
            said = line.run("history", *arguments, *RANGE, "--format", "csv")
            packed = gzip.compress(said.encode(), mtime=0)
            (folder / "history" / f"{report}.csv.gz").write_bytes(packed)
    tables = [row["name"] for row in _rows(database, f"SHOW TABLES FROM {name}")]
    for table in tables:
        made = _rows(database, f"SHOW CREATE TABLE {name}.{table}")[0]["statement"]
        path = folder / "archive" / f"{table}.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text(re.sub(rf"\b{name}\.", "", made) + "\n")
        rows = _rows(database, f"SELECT * FROM {name}.{table}")
        _write(folder / "archive" / f"{table}.jsonl.gz", sorted(rows, key=json.dumps))


def _records(line: Line, topic: str) -> Iterator[dict[str, Any]]:
    consumer = KafkaConsumer(
        bootstrap_servers=line.bootstrap, isolation_level="read_committed",
        enable_auto_commit=False, auto_offset_reset="earliest",
    )  # fmt: skip
    try:
        name = f"{line.namespace}{topic}"
        for partition in sorted(consumer.partitions_for_topic(name) or ()):
            place = TopicPartition(name, partition)
            consumer.assign([place])
            end = consumer.end_offsets([place])[place]
            consumer.seek_to_beginning(place)
            while consumer.position(place) < end:
                for record in consumer.poll(1000).get(place, []):
                    yield {
                        "partition": partition, "offset": record.offset, "at": record.timestamp,
                        "key": _text(record.key), "value": _text(record.value),
                        "headers": [[key, _text(value)] for key, value in record.headers],
                    }  # fmt: skip
    finally:
        consumer.close()


def _pieces(records: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Of each unit: the newest of each piece up to the checkpoint at half of its checkpoints."""
    units = sorted({(each["partition"], _unit(each)) for each in records})
    for partition, unit in units:
        mine = [r for r in records if (r["partition"], _unit(r)) == (partition, unit)]
        cursors = [n for n, r in enumerate(mine) if _bytes(r["key"]) == f"{unit}|cursor".encode()]
        cut = cursors[len(cursors) // 2]
        newest = {r["key"]: r for r in mine[: cut + 1]}
        next_offset = msgspec.msgpack.decode(_bytes(mine[cut]["value"]))[0]
        print(f"{unit}-{partition}: {len(cursors)} checkpoints; cut at offset {next_offset}")
        yield from (r for r in newest.values() if r["value"] is not None)


def _unit(record: dict[str, Any]) -> str:
    return _bytes(record["key"]).partition(b"|")[0].decode()


def _text(value: bytes | None) -> str | None:
    """As text where it is text (records of JSON stay readable in a diff), else base64 with a mark."""
    if value is None:
        return None
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(value).decode()
    return (
        text
        if not text.startswith("base64:") and text.isprintable()
        else ("base64:" + base64.b64encode(value).decode())
    )


def _bytes(text: str) -> bytes:
    return base64.b64decode(text[7:]) if text.startswith("base64:") else text.encode()


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    path.parent.mkdir(exist_ok=True)
    lines = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
    path.write_bytes(gzip.compress(lines.encode(), mtime=0))
    print(f"{path.name}: {lines.count(chr(10))} rows, {path.stat().st_size:,} bytes")


def _ask(database: services.ClickHouse, sql: str) -> bytes:
    url = f"http://{database.host}:{database.http_port}/"
    with urllib.request.urlopen(url, sql.encode(), timeout=60) as answer:
        body: bytes = answer.read()
        return body


def _rows(database: services.ClickHouse, sql: str) -> list[dict[str, Any]]:
    body = _ask(database, f"{sql} FORMAT JSONEachRow")
    return [json.loads(line) for line in body.splitlines()]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
