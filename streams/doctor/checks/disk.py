"""Room on the disk of this machine's data folder; that of Kafka and ClickHouse is asked of them."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from streams.doctor.check import Check
from streams.doctor.finding import Finding, fail
from streams.doctor.space import room
from streams.doctor.system import System


class Place(Struct, frozen=True):
    """`folder` is the data folder, or the nearest above it that is there."""

    folder: Path
    free: int
    total: int
    is_writable: bool


def ask(system: System) -> Place:
    folder = system.data.absolute()
    while not folder.is_dir():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return Place(folder, usage.free, usage.total, os.access(folder, os.W_OK | os.X_OK))


def judge(system: System, place: Place) -> Iterable[Finding]:
    if not place.is_writable:
        yield fail(
            f"this user may not write to {place.folder}",
            "choose another --data, or change its owner",
        )
    yield room(f"for {system.data}", place.free, place.total)


CHECK = Check(rank=20, ask=ask, judge=judge)
