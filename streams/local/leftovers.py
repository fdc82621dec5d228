"""Notes of child processes, by which the next `up` ends those that a killed `up` left, and no others.

A pid alone is not enough: after a crash it may belong to another process. The identity of a process is
the boot of the machine and the clock tick at which the process started.
"""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_GONE_WITHIN_S = 10.0
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_START_TIME = 19  # field 22 of /proc/PID/stat, counted after the command's closing bracket


def identity(pid: int) -> str | None:
    """Identifies the process of this pid; None if there is none, or no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    if fields[0] in ("Z", "X"):  # dead, not yet collected by its parent
        return None
    return f"{boot}:{fields[_START_TIME]}"


def remember(run: Path, name: str, pid: int) -> None:
    """Write `run/NAME.json`."""
    target = run / f"{name}.json"
    partial = target.with_suffix(".partial")
    partial.write_text(json.dumps({"pid": pid, "identity": identity(pid)}), encoding="utf-8")
    partial.replace(target)


def forget(run: Path, name: str) -> None:
    (run / f"{name}.json").unlink(missing_ok=True)


def end_leftovers(run: Path) -> list[str]:
    """Kill every noted process that is still the same one, remove all notes; return the names of the killed."""
    ended = []
    for name, pid, noted in _notes(run):
        if noted is not None and identity(pid) == noted:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            _await_end(pid, noted)
            ended.append(name)
        forget(run, name)
    return ended


def _notes(run: Path) -> Iterator[tuple[str, int, str | None]]:
    for note in sorted(run.glob("*.json")):
        try:
            content = json.loads(note.read_text(encoding="utf-8"))
            yield note.stem, int(content["pid"]), content["identity"]
        except (OSError, ValueError, KeyError, TypeError):
            note.unlink(missing_ok=True)  # it was half-written when the machine went down


def _await_end(pid: int, noted: str) -> None:
    deadline = time.monotonic() + _GONE_WITHIN_S
    while identity(pid) == noted and time.monotonic() < deadline:
        time.sleep(0.02)
