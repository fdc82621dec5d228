"""What `queuewatch status` says of the processes, and whether they are of one release."""

from collections.abc import Iterable

from streams.admin.access import OPERATOR
from streams.admin.status import Status, read_status
from streams.doctor.check import Check
from streams.doctor.finding import Finding, fail, listed, ok, warn
from streams.doctor.system import System
from streams.plumbing.wall_clock import now_ms

_MOST = 4


def ask(system: System) -> Status:
    return read_status(system.kafka, system.namespace, now_ms())


def judge(system: System, status: Status) -> Iterable[Finding]:
    found = listed(map(fail, status.problems), _MOST, "queuewatch status")
    alive = [each for each in status.processes if each.condition in {"ready", "not ready"}]
    for each in alive:
        if each.version and each.version != system.version:
            found.append(
                warn(
                    f"{each.process} {each.instance} is version {each.version}, this is {system.version}",
                    "end the upgrade: docs/operations/upgrade.md",
                )
            )
    return found or [ok(f"{len(alive)} report, none has a problem")]


def unasked(system: System) -> str:
    return "" if system.user in {"", OPERATOR} else f"not asked: {OPERATOR} alone may see them all"


CHECK = Check(rank=60, ask=ask, judge=judge, needs="topics", unasked=unasked)
