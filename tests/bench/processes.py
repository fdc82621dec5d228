"""What a process has used so far, by /proc."""

import os
from pathlib import Path

from tests.support.services import Server

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """User and system time of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND


def pid_of(server: Server) -> int:
    """Of one that was started."""
    assert server._process is not None
    return server._process.pid


def tree_of(pid: int) -> list[int]:
    """It and what it started, directly or not, as far as that runs now."""
    parents: dict[int, list[int]] = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(each.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended meanwhile
        parents.setdefault(parent, []).append(int(each.parent.name))
    found = [pid]
    for each_pid in found:
        found += parents.get(each_pid, [])
    return found


def waited_s(pid: int) -> float:
    """How long its main thread could have run and had no core: what else runs on the machine, not what it does itself."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


def memory_mb(pid: int) -> float:
    """Resident now, pages of program files included."""
    return _status_mb(pid, "VmRSS")


def peak_memory_mb(pid: int) -> float:
    """0 of one that has just ended."""
    return _status_mb(pid, "VmHWM")


def _status_mb(pid: int, field: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(field)), 0) / 1024
