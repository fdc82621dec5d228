"""What runs this command: queuewatch, Python, and the libraries without which nothing reaches Kafka or ClickHouse."""

import platform
import sys
from collections.abc import Iterable
from importlib import metadata

from msgspec import Struct

from streams.doctor.check import Check
from streams.doctor.finding import Finding, fail, ok
from streams.doctor.system import System

_LEAST_PYTHON = (3, 11)
_EMBEDDED = "chdb-core-lite"  # the image has none
_LIBRARIES = ("aiokafka", "kafka-python", "clickhouse-driver", _EMBEDDED)


class Versions(Struct, frozen=True):
    """A library that is not installed has the version ""."""

    python: tuple[int, int, int]
    libraries: dict[str, str]
    machine: str


def ask(_: System) -> Versions:
    return Versions(
        sys.version_info[:3],
        {name: _version_of(name) for name in _LIBRARIES},
        f"{platform.system()} {platform.machine()}",
    )


def _version_of(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""


def judge(system: System, versions: Versions) -> Iterable[Finding]:
    python = ".".join(map(str, versions.python))
    if versions.python[:2] < _LEAST_PYTHON:
        yield fail(f"Python {python} is too old", "install 3.11 or newer")
    for name, version in versions.libraries.items():
        if not version and name != _EMBEDDED:
            yield fail(f"{name} is not installed", "install from requirements.lock")
    libraries = ", ".join(
        f"{name} {version}" for name, version in versions.libraries.items() if version
    )
    yield ok(f"queuewatch {system.version}, Python {python} on {versions.machine}; {libraries}")


CHECK = Check(rank=10, ask=ask, judge=judge)
