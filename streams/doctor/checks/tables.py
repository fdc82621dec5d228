"""Whether the tables of the archive are those of this release (`queuewatch tables check`)."""

from collections.abc import Iterable

from streams.doctor.check import Check
from streams.doctor.finding import Finding, fail, listed, ok
from streams.doctor.reading import reader_of
from streams.doctor.system import System
from streams.sinks.clickhouse.migrate import migrations, problems

_MOST = 3


def ask(system: System) -> list[str]:
    with reader_of(system) as reader:
        return problems(reader)


def judge(_: System, mistakes: list[str]) -> Iterable[Finding]:
    if mistakes:
        return listed(map(fail, mistakes), _MOST, "queuewatch tables check")
    return [ok(f"all {len(migrations())} migrations are applied")]


CHECK = Check(rank=90, ask=ask, judge=judge, needs="archive")
