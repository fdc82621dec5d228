"""Runs the checks, each within a bounded time: what hangs must not keep the others from speaking."""

import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from streams.admin.broker import AdminError
from streams.doctor.asking import UnreachedError
from streams.doctor.check import Check
from streams.doctor.finding import Finding, Line, fail, skipped
from streams.doctor.system import System
from streams.plumbing.config_file import ConfigError
from streams.plumbing.kafka_problems import one_line
from streams.sinks.clickhouse.database import RefusedError, UnavailableError

# Errors whose message is one line for the operator, with what to do.
_KNOWN = (AdminError, UnreachedError, ConfigError, RefusedError, UnavailableError)


class _Run:
    """One check in a thread of its own, which ends with the process if it never answers."""

    def __init__(self, check: Check[Any], system: System) -> None:
        self.found: list[Finding] = []
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._examine, args=(check, system), daemon=True)
        self._thread.start()

    def _examine(self, check: Check[Any], system: System) -> None:
        try:
            self.found = list(check.judge(system, check.ask(system)))
        except _KNOWN as error:
            self.found = [fail(str(error))]
        except Exception as error:  # noqa: BLE001 - one broken check must not hide what the others found
            words = f"this check is broken: {type(error).__name__}: {one_line(error)}"
            self.found = [fail(words, "please report it, with these lines")]

    def result(self, within_s: float) -> list[Finding]:
        self._thread.join(max(0.0, self._began + within_s - time.monotonic()))
        if self._thread.is_alive():
            return [
                fail(f"no answer within {within_s:g} s", "look at that server, or at the way to it")
            ]
        return self.found


def examine(checks: Mapping[str, Check[Any]], system: System, within_s: float) -> Iterator[Line]:
    """The lines of all checks in their order. Those that need nothing run side by side.

    A check whose `needs` failed or was left out is not asked, so that one server that is away costs its time once.
    """
    absent: set[str] = set()
    began: dict[str, _Run] = {}
    for name, check in checks.items():
        if not check.needs and not check.unasked(system):
            began[name] = _Run(check, system)
    for name, check in checks.items():
        found = _found(check, system, began.get(name), absent, within_s)
        # Those that waited for this one begin together.
        if any(each.level in {"fail", "skip"} for each in found):
            absent.add(name)
        else:
            for other, waiting in checks.items():
                if waiting.needs == name and not waiting.unasked(system):
                    began[other] = _Run(waiting, system)
        for each in found:
            yield Line(name, each.level, each.text, each.remedy)


def _found(
    check: Check[Any], system: System, run: _Run | None, absent: set[str], within_s: float
) -> list[Finding]:
    if why := check.unasked(system):
        return [skipped(why)]
    if check.needs in absent:
        return [skipped(f"not asked: see {check.needs}")]
    return [] if run is None else run.result(within_s)
