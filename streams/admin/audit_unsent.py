"""Audit records that Kafka did not take wait in a file under --data, and are sent with the next one from there.

An archive is purged while nothing else runs, often with no Kafka either: its record must not be lost for that.
"""

import asyncio
import fcntl
import os
from collections.abc import Iterable
from pathlib import Path

from schemas.audit import AuditRecord
from schemas.codec import UndecodableError, decode_as, encode
from streams.plumbing.audit_writing import write_audit

FILE_NAME = "audit-unsent.jsonl"
_NOWHERE = "no Kafka is named, and no `queuewatch up` runs"


def send_or_keep(record: AuditRecord, bootstrap: str | None, namespace: str, data: Path) -> str:
    """Send what waits under `data` and then the record; return "" or one line: why it waits now, and where."""
    problem = _NOWHERE if bootstrap is None else send_kept(bootstrap, namespace, data)
    if bootstrap is not None and not problem:
        problem = asyncio.run(write_audit(bootstrap, namespace, record))
    return _keep(record, data, problem) if problem else ""


def send_kept(bootstrap: str, namespace: str, data: Path) -> str:
    """Send what waits; return "" when nothing does any more, else one line that says why not."""
    path = data / FILE_NAME
    if not path.exists():
        return ""
    try:
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # two commands must not send the same ones
            waiting = file.read().splitlines(keepends=True)
            sent, problem = asyncio.run(_send(bootstrap, namespace, waiting))
            file.seek(0)
            file.writelines(waiting[sent:])
            file.truncate()
    except OSError as error:
        return f"cannot read {path}: {error.strerror}"
    return problem


async def _send(bootstrap: str, namespace: str, lines: Iterable[bytes]) -> tuple[int, str]:
    sent = 0
    for line in lines:
        try:
            record = decode_as(AuditRecord, line)
        except UndecodableError:  # half a line of a full disk
            sent += 1
            continue
        if problem := await write_audit(bootstrap, namespace, record):
            return sent, problem
        sent += 1
    return sent, ""


def _keep(record: AuditRecord, data: Path, problem: str) -> str:
    path = data / FILE_NAME
    try:
        data.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(encode(record) + b"\n")
    except OSError as error:
        return f"THE AUDIT RECORD IS LOST: {problem}; cannot write {path}: {error.strerror}"
    return f"the audit record waits in {path}: {problem}"
