"""Whether the topics are as `queuewatch topics check` wants them."""

from collections.abc import Iterable

from schemas.topics import TOPICS
from streams.admin.access import CHECKS_ALL
from streams.admin.topics_seen import check_topics
from streams.doctor.check import Check
from streams.doctor.finding import Finding, fail, listed, ok
from streams.doctor.system import System

_MOST = 3


def ask(system: System) -> list[str]:
    return check_topics(system.kafka, system.namespace)


def judge(_: System, mistakes: list[str]) -> Iterable[Finding]:
    if mistakes:
        return listed(map(fail, mistakes), _MOST, "queuewatch topics check")
    return [ok(f"{len(TOPICS)} topics are as they must be")]


def unasked(system: System) -> str:
    seen = system.user in {"", *CHECKS_ALL}
    return "" if seen else f"not asked: {' and '.join(CHECKS_ALL)} alone may see them all"


CHECK = Check(rank=40, ask=ask, judge=judge, needs="kafka", unasked=unasked)
