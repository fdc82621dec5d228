"""Runs tests against mutants, from inside one pytest session that has imported everything once.

The tests run first as they are, and each is noted with the lines of the targets that it runs. Then each
mutant gets a fork of this process and the tests that reach its line, until one of them fails. A fault in
a function is put into the function that everybody holds already; one outside of functions counts from
the import on, so the fork forgets our modules and collects its tests anew; so does a fault in a function
that runs at the import only.
"""

import gc
import importlib.abc
import importlib.util
import inspect
import os
import resource
import sys
import time
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.mutations import Mutant

ROOT = Path(__file__).parents[2]
_OURS = ("schemas", "streams", "producers", "dashboards", "tests")
_MEMORY = 4 << 30  # of one fork: an endless loop that collects must end
_PATIENCE = 3  # times the processor time that the tests take, traced, without a fault
_LEAST_CPU_S = 5
_NOT_TRIED = 99  # a fork ended by a fault of this module, which says nothing of the tests

Found = Callable[[Mutant, bool], None]


class Runner:
    """A plugin of pytest: `lived` is told of each mutant whether it lived."""

    def __init__(self, mutants: Sequence[Mutant], jobs: int, lived: Found) -> None:
        self._mutants = mutants
        self._jobs = jobs
        self._lived = lived
        self._paths = {str(ROOT / mutant.path): mutant.path for mutant in mutants}
        self._length = {mutant.path: mutant.source.count("\n") + 1 for mutant in mutants}
        self._lines: dict[tuple[str, int], list[pytest.Item]] = {}
        self._items: list[pytest.Item] = []
        self._took: dict[str, float] = {}
        self.broken: list[str] = []  # tests that fail without any fault

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        session.config.pluginmanager.unregister(name="terminalreporter")  # a dot for each test
        if session.testsfailed:
            self.broken.append("collection")
            return True
        self._items = session.items
        for item in self._items:
            self._trace(item)
        if not self.broken:
            gc.freeze()
            self._work_through()
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.broken.append(report.nodeid)

    def _trace(self, item: pytest.Item) -> None:
        """Run a test, and note which lines of the targets it reaches."""
        reached: set[tuple[str, int]] = set()

        def line(frame: types.FrameType, event: str, _: object) -> Any:
            reached.add((frame.f_code.co_filename, frame.f_lineno))
            return line

        def call(frame: types.FrameType, event: str, _: object) -> Any:
            return line if frame.f_code.co_filename in self._paths else None

        began = time.process_time()
        sys.settrace(call)
        try:
            run(item)
        finally:
            sys.settrace(None)
        self._took[item.nodeid] = time.process_time() - began
        for filename, number in reached:
            self._lines.setdefault((self._paths[filename], number), []).append(item)

    def _tests_of(self, mutant: Mutant) -> tuple[list[pytest.Item], bool]:
        """Those that reach it, the module's own first, then the quick ones; whether they begin anew."""
        twin = f"/test_{Path(mutant.path).stem}.py::"
        found = self._reaching(mutant.path, *mutant.statement) if mutant.in_function else {}
        is_anew = not found
        if is_anew:  # no line is run: the module's own tests, and all that reach anything of it
            found = self._reaching(mutant.path, 1, self._length[mutant.path])
            found |= {item.nodeid: item for item in self._items if twin in item.nodeid}
        tests = sorted(
            found.values(), key=lambda item: (twin not in item.nodeid, self._took[item.nodeid])
        )
        return tests, is_anew

    def _reaching(self, path: str, first: int, last: int) -> dict[str, pytest.Item]:
        return {item.nodeid: item for number in range(first, last + 1)
                for item in self._lines.get((path, number), [])}  # fmt: skip

    def _work_through(self) -> None:
        running: dict[int, Mutant] = {}  # by process id
        waiting = iter(self._mutants)
        while True:
            for mutant in islice(waiting, self._jobs - len(running)):
                running[self._fork(mutant)] = mutant
            if not running:
                return
            pid, status = os.wait()
            mutant, code = running.pop(pid), os.waitstatus_to_exitcode(status)
            if code == _NOT_TRIED:
                raise RuntimeError(f"could not be tried: {mutant.key}")
            self._lived(mutant, code == 0)

    def _fork(self, mutant: Mutant) -> int:
        tests, is_anew = self._tests_of(mutant)
        pid = os.fork()
        if pid:
            return pid
        code = _NOT_TRIED
        try:
            _confine(_LEAST_CPU_S + int(_PATIENCE * sum(self._took[t.nodeid] for t in tests)))
            fits = not is_anew and put_in(mutant)
            code = 1  # what goes wrong from here on goes wrong by the fault
            code = any(_fails(test) for test in tests) if fits else _run_anew(mutant, tests)
        finally:  # nothing may bring the fork back into the parent's loop
            os._exit(code)


def run(item: pytest.Item) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def _fails(item: pytest.Item) -> bool:
    before = item.session.testsfailed
    run(item)
    return item.session.testsfailed > before


def _confine(cpu_s: int) -> None:
    """Nobody hears a fork, and none lives for ever: processor time, since the machine may be busy."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


# ---- a fault in a function ---------------------------------------------------------------------


def put_in(mutant: Mutant) -> bool:
    """Give the functions of the module the code that they have in the mutant; False if it does not fit."""
    module = sys.modules[mutant.path.removesuffix(".py").replace("/", ".")]
    filename = str(module.__file__)
    codes = {(code.co_name, code.co_firstlineno): code
             for code in _codes(compile(mutant.source, filename, "exec"))}  # fmt: skip
    for function in _functions(vars(module).values(), module.__name__):
        code = codes[function.__code__.co_name, function.__code__.co_firstlineno]
        if code.co_freevars != function.__code__.co_freevars:
            return False  # it no longer says `super`, for one
        function.__code__ = code
    return True


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield each
            yield from _codes(each)


def _functions(values: Iterable[Any], module: str) -> Iterator[types.FunctionType]:
    for value in values:
        made = inspect.unwrap(
            getattr(value, "__func__", None) or getattr(value, "fget", None) or value
        )
        if isinstance(made, types.FunctionType):
            if made.__module__ == module and made.__code__.co_filename.endswith(".py"):
                yield made
        elif isinstance(value, type) and value.__module__ == module:
            yield from _functions(vars(value).values(), module)


# ---- a fault outside of functions --------------------------------------------------------------


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Gives one module the text of a mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._name = mutant.path.removesuffix(".py").replace("/", ".")

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != self._name:
            return None
        return importlib.util.spec_from_loader(name, self, origin=self._mutant.path)

    def get_source(self, fullname: str) -> str:
        return self._mutant.source


def _run_anew(mutant: Mutant, tests: Iterable[pytest.Item]) -> int:
    for name in [name for name in sys.modules if name.partition(".")[0] in _OURS]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Loader(mutant))
    code = pytest.main([*OPTIONS, "--exitfirst", *(test.nodeid for test in tests)])
    return _NOT_TRIED if code == pytest.ExitCode.NO_TESTS_COLLECTED else code


OPTIONS = ("-qq", "--no-header", "-p", "no:cacheprovider", "--hypothesis-profile=mutants")
