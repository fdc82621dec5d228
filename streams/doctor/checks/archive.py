"""Whether the archive answers, what it is, its clock, and the room that it has."""

from collections.abc import Iterable

from msgspec import Struct

from streams.doctor.check import Check
from streams.doctor.finding import Finding, ok, warn
from streams.doctor.reading import reader_of
from streams.doctor.space import room
from streams.doctor.system import System
from streams.plumbing.wall_clock import now_ms
from streams.sinks.clickhouse.database import Reader, RefusedError, UnavailableError

_CLOCK_OFF_MS = 2_000  # it tells whole seconds only


class Archive(Struct, frozen=True):
    """`ahead_ms`: its clock less ours. `disks`: name, free and total bytes; none where it cannot say so."""

    version: str
    ahead_ms: int
    disks: tuple[tuple[str, int, int], ...] = ()


def ask(system: System) -> Archive:
    with reader_of(system) as reader:
        rows = reader.execute("SELECT version(), toUnixTimestamp(now())").rows
        version, its_s = rows[0]
        return Archive(str(version), int(its_s) * 1000 + 500 - now_ms(), tuple(_disks(reader)))


def _disks(reader: Reader) -> Iterable[tuple[str, int, int]]:
    try:
        answer = reader.execute("SELECT name, free_space, total_space FROM system.disks")
    except (RefusedError, UnavailableError):
        return  # ClickHouse before 19.15 has no such table, and a user may not be allowed to read it
    for name, free, total in answer.rows:
        yield str(name), int(free), int(total)


def judge(system: System, archive: Archive) -> Iterable[Finding]:
    place = "embedded" if system.clickhouse is None else repr(system.clickhouse)
    yield ok(f"ClickHouse {archive.version}, {place}")
    if abs(archive.ahead_ms) >= _CLOCK_OFF_MS:
        side = "ahead of" if archive.ahead_ms > 0 else "behind"
        yield warn(
            f"its clock is {abs(archive.ahead_ms) / 1000:,.0f} s {side} ours",
            "let both machines take their time from one source (chrony, systemd-timesyncd)",
        )
    if system.clickhouse is not None:  # else it is the disk of --data
        for name, free, total in archive.disks:
            yield room(f"on its disk {name}", free, total)


CHECK = Check(rank=80, ask=ask, judge=judge)
