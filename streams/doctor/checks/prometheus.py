"""Whether Prometheus answers, has the rules about the pipeline, and sees the processes."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Struct

from streams.doctor.asking import UnreachedError, bare, get
from streams.doctor.check import Check
from streams.doctor.finding import Finding, ok, warn
from streams.doctor.system import System

_OK = 200
_RULE = "PipelineDown"
_UP = 'up{job=~"stream|archive|notify"}'


class Seen(Struct, frozen=True):
    """`up` by job and instance: whether the last scrape went well."""

    version: str
    rules: frozenset[str]
    up: dict[str, bool]


def ask(system: System) -> Seen:
    version = _data(system, "status/buildinfo").get("version", "")
    groups = _data(system, "rules?type=alert").get("groups", [])
    found = _data(system, f"query?query={quote(_UP)}").get("result", [])
    return Seen(
        version,
        frozenset(rule["name"] for group in groups for rule in group["rules"]),
        {
            f"{m['job']} {m['instance']}": v[1] == "1"
            for m, v in ((r["metric"], r["value"]) for r in found)
        },
    )


def _data(system: System, path: str) -> Any:
    place = bare(system.prometheus)
    answer = get(f"{system.prometheus}/api/v1/{path}", system.http.get("prometheus"))
    if answer.status != _OK:
        raise UnreachedError(f"{place} answers {answer.status}: is it a Prometheus?")
    try:
        return msgspec.json.decode(answer.body)["data"]
    except (msgspec.DecodeError, TypeError, KeyError):
        raise UnreachedError(f"{place} is no Prometheus") from None


def judge(system: System, seen: Seen) -> Iterable[Finding]:
    yield ok(f"version {seen.version} at {bare(system.prometheus)}")
    if _RULE not in seen.rules:
        yield warn(
            "it has no rules about the pipeline", "load deploy/prometheus/rules/pipeline.yml"
        )
    if not seen.up:
        yield warn("it scrapes no process", "see deploy/prometheus/prometheus.yml")
    for name, is_up in seen.up.items():
        if not is_up:
            yield warn(
                f"it cannot scrape {name}", "does that process run, and does --bind let it in?"
            )


def unasked(system: System) -> str:
    return "" if system.prometheus else "not asked: name it with --prometheus"


CHECK = Check(rank=110, ask=ask, judge=judge, unasked=unasked)
