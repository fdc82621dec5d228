"""Whether Alertmanager answers, and sends the probe of `notify` back."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from schemas.alerts import PROBE, alert_name
from streams.doctor.asking import UnreachedError, bare, get
from streams.doctor.check import Check
from streams.doctor.finding import Finding, ok, warn
from streams.doctor.system import System

_OK = 200


class _Version(Struct):
    version: str


class _Config(Struct):
    original: str


class Status(Struct):
    """Of `/api/v2/status`, what is judged here."""

    versionInfo: _Version  # noqa: N815 - Alertmanager's name
    config: _Config


def ask(system: System) -> Status:
    answer = get(f"{system.alertmanager}/api/v2/status", system.http.get("alertmanager"))
    if answer.status != _OK:
        raise UnreachedError(
            f"{bare(system.alertmanager)} answers {answer.status}: is it an Alertmanager?"
        )
    try:
        return msgspec.json.decode(answer.body, type=Status)
    except msgspec.DecodeError:
        raise UnreachedError(f"{bare(system.alertmanager)} is no Alertmanager") from None


def judge(system: System, status: Status) -> Iterable[Finding]:
    yield ok(f"version {status.versionInfo.version} at {bare(system.alertmanager)}")
    if alert_name(PROBE) not in status.config.original:
        yield warn(
            "it has no route for the probe of notify: that alerts get through is not watched",
            "make its file with `queuewatch alerts routes`",
        )


def unasked(system: System) -> str:
    return "" if system.alertmanager else "not asked: name it with --alertmanager"


CHECK = Check(rank=100, ask=ask, judge=judge, unasked=unasked)
