"""What former releases wrote (tests/golden), read back."""

import base64
import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.sources import ROOT

GOLDEN = ROOT / "tests" / "golden"
RELEASES = sorted(path.name for path in GOLDEN.glob("release-*"))


class GoldenRecord(NamedTuple):
    """A record of a topic; with `offset`, `timestamp`, `key`, `value`, `headers` as a consumer's."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


def topic_records(release: str, topic: str) -> list[GoldenRecord]:
    return list(_records(GOLDEN / release / "topics" / f"{topic}.jsonl.gz"))


def state_pieces(release: str) -> list[GoldenRecord]:
    """The pieces of every unit as of one checkpoint in the middle of its input."""
    return list(_records(GOLDEN / release / "state.jsonl.gz"))


def table_names(release: str) -> list[str]:
    return sorted(path.stem for path in (GOLDEN / release / "archive").glob("*.sql"))


def table_statement(release: str, table: str) -> str:
    return (GOLDEN / release / "archive" / f"{table}.sql").read_text()


def table_rows(release: str, table: str) -> bytes:
    """In format JSONEachRow."""
    return gzip.decompress((GOLDEN / release / "archive" / f"{table}.jsonl.gz").read_bytes())


# While an alert fires it is written each minute with the figures of then; 0.1.0 wrote it once.
_OF_THE_MINUTE = frozenset({"version", "known_at", "value", "n", "reason", "agents"})


def lasting(topic: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row without what a firing alert says of the present minute, its sentence in the form of this release."""
    if topic != "alerts":
        return row
    if row["state"] == "firing":
        return {name: value for name, value in row.items() if name not in _OF_THE_MINUTE}
    # 0.1.0 wrote `42%` where this release writes `42 %`: the same share.
    return row | {"reason": re.sub(r"(\d)%", r"\1 %", row["reason"])}


def report_rows(release: str, report: str) -> list[dict[str, str]]:
    data = gzip.decompress((GOLDEN / release / "history" / f"{report}.csv.gz").read_bytes())
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def _records(path: Path) -> Iterator[GoldenRecord]:
    for line in gzip.decompress(path.read_bytes()).splitlines():
        told: dict[str, Any] = json.loads(line)
        yield GoldenRecord(
            told["partition"], told["offset"], told["at"], _bytes(told["key"]),
            _bytes(told["value"]), tuple((key, _bytes(value) or b"") for key, value in told["headers"]),
        )  # fmt: skip


def _bytes(text: str | None) -> bytes | None:
    if text is None:
        return None
    return base64.b64decode(text[7:]) if text.startswith("base64:") else text.encode()
