"""A first `queues.toml` from the queues that are there: in the topics, in records, in a queue_log."""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast

from schemas.codec import UndecodableError, decode_as
from schemas.health import Health
from schemas.topics import topic_name
from streams.admin.broker import AdminError, read_whole

_NOT_A_QUEUE = frozenset({"", "NONE", "all"})
_QUEUE_FIELD = 2  # of `time|call id|queue|agent|event|…`
_EVENT_FIELD = 4
_GZIP_MAGIC = b"\x1f\x8b"

_HEAD = """\
# Made by `queuewatch queues init`: one table a queue that was seen. Set each promise before publishing;
# any key of [defaults] may stand in a queue, a centre or a department instead.
[defaults]
time_zone = {zone}
formula = "short_abandons_ignored"
short_abandon = "5s"
answer_within = "20s"
goal = 0.8
opening = "always"

[defaults.alerts.oldest_wait]
raise_above = "2m"
clear_below = "1m"
"""


def queues_of_topics(bootstrap: str, namespace: str) -> list[str]:
    """Queues that have a snapshot, or books in the report of a stream."""
    seen: set[str] = set()
    for record in read_whole(bootstrap, topic_name("snapshots", namespace)):
        if record.key and record.value is not None:
            seen.add(record.key.decode(errors="replace"))
    for record in read_whole(bootstrap, topic_name("health", namespace)):
        try:
            seen |= decode_as(Health, record.value or b"").unexplained_legs.keys()
        except UndecodableError:
            continue
    if not seen:
        raise AdminError("no queue was seen yet: send calls first, or use --from-records")
    return sorted(seen)


def queues_of_records(path: Path, column: str) -> list[str]:
    """Values of one column of a CSV with a header, gzipped or not."""
    reader = csv.DictReader(_lines(path))
    if column not in (reader.fieldnames or ()):
        known = ", ".join(reader.fieldnames or ()) or "none"
        raise AdminError(
            f'{path}: no column "{column}" (there are: {known}): choose one with --column'
        )
    return _sorted(path, (row[column] or "" for row in reader))


def queues_of_queue_log(path: Path) -> list[str]:
    """The queue field of Asterisk's queue_log; lines of other shapes are passed over."""
    fields = (line.rstrip("\n").split("|") for line in _lines(path))
    return _sorted(path, (f[_QUEUE_FIELD] for f in fields if len(f) > _EVENT_FIELD))


def render(queues: Iterable[str], zone: str) -> str:
    """A valid queues.toml with one table a queue; ids are quoted where TOML needs it."""
    tables = "".join(f"\n[queues.{_key(queue)}]\nname = {_text(queue)}\n" for queue in queues)
    return _HEAD.format(zone=_text(zone)) + tables


def _sorted(path: Path, values: Iterable[str]) -> list[str]:
    queues = sorted({value.strip() for value in values} - _NOT_A_QUEUE)
    if not queues:
        raise AdminError(f"{path}: no queue in it")
    return queues


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as probe:
            zipped = probe.read(2) == _GZIP_MAGIC
        raw = gzip.open(path) if zipped else path.open("rb")  # noqa: SIM115 - closed by the wrapper
        with io.TextIOWrapper(cast("IO[bytes]", raw), "utf-8-sig", newline="") as lines:
            yield from lines
    except UnicodeDecodeError:
        raise AdminError(f"{path}: not UTF-8 text") from None
    except (OSError, EOFError) as error:
        raise AdminError(f"{path}: {getattr(error, 'strerror', None) or error}") from None


def _key(queue: str) -> str:
    bare = queue.isascii() and queue.replace("-", "").replace("_", "").isalnum()
    return queue if bare else _text(queue)


def _text(value: str) -> str:
    """A TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
