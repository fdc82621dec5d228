"""Where the `up` that runs on a data folder has its Kafka, its archive and its deliver, for the commands of people.

Written when `up` begins, removed at its end. What a killed `up` left is not believed: the lock of the
folder ends with its process.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

_FILE = "up.json"
_LOCK = "up.lock"


class Owner(Struct, frozen=True):
    """How to reach the system of a running `up`; `clickhouse_url` None means the embedded archive.

    The last three are None where a former release wrote it, or where that server does not run.
    """

    bootstrap: str
    namespace: str
    query_port: int
    clickhouse_url: str | None = None
    kafka_config: str | None = None  # how its Kafka is reached, if that is not open
    deliver_url: str | None = None  # None: a former release wrote it
    alertmanager_url: str | None = None  # what notify posts to; None: as above
    clickhouse_config: str | None = None
    board_url: str | None = None  # as in messages
    prometheus_url: str | None = None

    @property
    def has_secret(self) -> bool:
        """Whether the address of ClickHouse came with a password."""
        return bool(urlsplit(self.clickhouse_url or "").password)


def write_owner(data: Path, owner: Owner) -> None:
    draft = data / f".{_FILE}.{os.getpid()}"
    draft.touch(mode=0o600 if owner.has_secret else 0o666)
    draft.write_bytes(msgspec.json.encode(owner))
    draft.replace(data / _FILE)


def remove_owner(data: Path) -> None:
    (data / _FILE).unlink(missing_ok=True)


def running_owner(data: Path) -> Owner | None:
    """None if no `up` runs on the folder."""
    if not _is_locked(data / _LOCK):
        return None
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode((data / _FILE).read_bytes(), type=Owner)
    return None


def is_of_an_up(data: Path) -> bool:
    """Whether the folder holds the local Kafka of an `up`, running or not."""
    return (data / "kafka").is_dir()


def _is_locked(lock: Path) -> bool:
    try:
        descriptor = os.open(lock, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
