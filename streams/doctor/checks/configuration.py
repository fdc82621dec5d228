"""What the options, the environment and the files say, before any server is asked."""

import stat
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from schemas.counted import counted
from streams.admin.queues_file import QueuesFileError, read_queues_file
from streams.doctor.check import Check
from streams.doctor.finding import Finding, fail, ok, warn
from streams.doctor.system import System

_OTHERS_READ = stat.S_IROTH | stat.S_IWOTH


class Read(Struct, frozen=True):
    """`modes`: of the files of secrets that are there. `queues` None: no file was named."""

    modes: dict[Path, int] = {}
    queues: int | None = None
    queues_mistake: str = ""


def ask(system: System) -> Read:
    modes = {}
    for path in system.secret_files:
        try:
            modes[path] = path.stat().st_mode
        except OSError:
            continue  # a file that must be there is missed by whoever reads it
    if system.queues_file is None:
        return Read(modes)
    try:
        return Read(modes, len(read_queues_file(system.queues_file).queues))
    except QueuesFileError as error:
        return Read(modes, queues_mistake=str(error))


def judge(system: System, read: Read) -> Iterable[Finding]:
    found = [fail(mistake) for mistake in system.mistakes]
    if read.queues_mistake:
        found.append(fail(read.queues_mistake))
    found += [
        warn(f"{name} is set, but no command knows it", f"is it {near}?")
        for name, near in system.variables.items()
    ]
    found += [
        warn(
            f"{path} holds a secret that every user of this machine can read", f"chmod o-rwx {path}"
        )
        for path, mode in read.modes.items()
        if mode & _OTHERS_READ
    ]
    if found:
        return found
    queues = (
        "no queues.toml named"
        if read.queues is None
        else f"{counted(read.queues, 'queues')} in {system.queues_file}"
    )
    return [ok(f"no mistake found; {queues}")]


CHECK = Check(rank=0, ask=ask, judge=judge)
