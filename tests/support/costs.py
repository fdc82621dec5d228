"""What each test costs: processor time of its whole family of processes, and the time that nobody worked.

    .venv/bin/pytest -p tests.support.costs --costs=build/costs/unit.jsonl tests/unit
    .venv/bin/python -m tests.support.costs build/costs/*.jsonl       # tables by folder, file, test and fixture

Wall time depends on what else the machine does; processor time hardly does. A server that many tests share is at work
during each of them, and is counted there. `waited_s` is the wall time less the processor time, at least 0: of a test
that waits for a holding time nearly all of it, on a loaded machine also the time in which others worked.
"""

import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

_TICKS = os.sysconf("SC_CLK_TCK")
_now_s = time.perf_counter  # its own name: tests put clocks of theirs into the module


class Spent(NamedTuple):
    cpu_s: float
    wall_s: float

    def since(self, before: "Spent") -> "Spent":
        return Spent(self.cpu_s - before.cpu_s, self.wall_s - before.wall_s)


class Cost(msgspec.Struct, frozen=True):
    """Of one step (`collection`, `setup`, `call`, `teardown`, `fixture`). The fixtures of a test are in its `setup` too."""

    step: str
    name: str  # id of the test, or name of the fixture
    cpu_s: float
    wall_s: float

    @property
    def waited_s(self) -> float:
        return max(0.0, self.wall_s - self.cpu_s)


def family_cpu_s(root: int) -> float:
    """User and system time of a process, of those under it that run, and of those they have waited for."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            # The name in brackets may hold blanks.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        parents[int(entry.name)] = int(fields[1])
        ticks[int(entry.name)] = sum(map(int, fields[11:15]))
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(ticks.get(pid, 0) for pid in family) / _TICKS


class Costs:
    """The plugin of one run."""

    def __init__(self, path: Path) -> None:
        """A line each step, so that a run that is broken off tells what it knows."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb", buffering=0)

    def _now(self) -> Spent:
        return Spent(family_cpu_s(os.getpid()), _now_s())

    def _measured(self, step: str, name: str) -> Iterator[Any]:
        before = self._now()
        try:
            return (yield)
        finally:
            spent = self._now().since(before)
            cost = Cost(step, name, round(spent.cpu_s, 2), round(spent.wall_s, 2))
            self._file.write(msgspec.json.encode(cost) + b"\n")

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self, session: pytest.Session) -> Iterator[Any]:
        return (yield from self._measured("collection", "collection"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[Any]:
        return (yield from self._measured("setup", item.nodeid))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[Any]:
        return (yield from self._measured("call", item.nodeid))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[Any]:
        return (yield from self._measured("teardown", item.nodeid))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[Any]:
        if fixturedef.scope == "function":
            return (yield)
        return (yield from self._measured("fixture", f"{fixturedef.baseid}::{fixturedef.argname}"))

    def pytest_unconfigure(self) -> None:
        self._file.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--costs", type=Path, help="write what each test costs into this file")


def pytest_configure(config: pytest.Config) -> None:
    if path := config.getoption("--costs"):
        config.pluginmanager.register(Costs(path))


def _table(title: str, sums: dict[str, list[float]], most: int) -> None:
    print(f"\n{title}\n{'cpu_s':>9} {'waited_s':>9}")
    ranked = sorted(sums.items(), key=lambda pair: -sum(pair[1]))[:most]
    for name, (cpu_s, waited_s) in ranked:
        print(f"{cpu_s:9.1f} {waited_s:9.1f}  {name}")


def main(paths: list[Path]) -> None:
    decode = msgspec.json.Decoder(Cost).decode
    costs = [decode(line) for path in paths for line in path.read_bytes().splitlines()]
    tables: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
    for cost in costs:
        file = cost.name.partition("::")[0]
        if cost.step == "fixture":
            names = {"fixtures": cost.name}
        else:
            names = {
                "all": "all",
                "by folder": file.rpartition("/")[0],
                "by file": file,
                "by test": cost.name,
            }
        for table, name in names.items():
            tables[table][name][0] += cost.cpu_s
            tables[table][name][1] += cost.waited_s
    for table, sums in tables.items():
        _table(table, sums, 60)


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]])
