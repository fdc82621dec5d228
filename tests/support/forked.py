"""Our command for tests that start it again and again: a process of its own, without the second in which Python loads modules.

The first start of each command in a run is the program as people start it, so that what it loads, and in which order, is
seen. Later ones are forked from one process that has loaded the modules and done nothing else: the same `main` with its
own arguments, variables, files, signals and exit code. Tests of the start itself use `subprocess`. All forked ones have
one seed of hashes, so one order of a set. `make chaos` and `make bench` fork nothing: to load belongs to what they measure.
"""

import array
import ast
import atexit
import contextlib
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import streams.cli
from streams.local.children import dies_with_parent

QUEUEWATCH = str(Path(sys.executable).with_name("queuewatch"))
_ROOT = Path(__file__).parents[2]
_LARGEST = 1 << 20
is_in_use = False  # tests/conftest.py says otherwise
HURRIED = [sys.executable, str(_ROOT / "tests/support/hurried.py")]
MAIN = "from streams.cli.main import main; main()"  # the program of `python -c`
# What a command loads besides `streams.cli.COMMAND`, which loads the rest only when it runs.
_OF_ALL = ("streams.admin.broker",)
_LOADED = {
    "archive": ("streams.sinks.clickhouse.process", "streams.admin.nightly"),
    "board": ("dashboards.wallboard.process", "streams.processes.board_archive"),
    "deliver": ("streams.sinks.deliver.process",),
    "drain": ("streams.admin.drain",),
    "history": ("streams.processes.asking", "streams.sinks.clickhouse.query_client"),
    "notify": ("streams.sinks.alertmanager.process",),
    "reports": ("streams.scheduled.process",),
    "send": ("streams.processes.sending", "streams.processes.asking"),
    "stream": ("streams.processes.stream",),
}

# Commands of which also that is loaded which their modules import inside of functions: a third to two thirds of what a short one
# costs. Not of `report` and `reports`: libraries of theirs begin a thread, which would not be forked.
_LOADED_WHOLE = {"alerts", "doctor", "history", "queues", "send", "status", "topics"}
_OURS = ("dashboards.", "producers.", "schemas.", "streams.")


class Forked:
    """What tests use of a `subprocess.Popen`."""

    def __init__(self, pid: int, end: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._end = end

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self._end.settimeout(timeout)
            try:
                said = self._end.recv(64)
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired("queuewatch", timeout or 0) from None
            if said:
                self.returncode = int(said)
                self._end.close()
            assert self.returncode is not None, "the process that is forked has ended"
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _Nest:
    """The process that is forked; it ends with the socket, so with whoever started it."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._one_by_one = threading.Lock()
        self._seen: set[tuple[str, ...]] = set()

    def is_first(self, words: Sequence[str]) -> bool:
        name = tuple(
            word for word in words[:2] if word.replace("-", "").isalpha() and word[0] != "-"
        )
        is_first = name not in self._seen
        self._seen.add(name)
        return is_first

    def fork(self, request: dict[str, Any], files: Sequence[int]) -> Forked:
        with self._one_by_one:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                fds = array.array("i", [*files, theirs.fileno()])
                rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)]
                self._begun().sendmsg([json.dumps(request).encode()], rights)
            return Forked(int(ours.recv(64)), ours)

    def _begun(self) -> socket.socket:
        if self._socket is None:
            self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _LARGEST)
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LARGEST)
                program = f"from tests.support.forked import nest; nest({theirs.fileno()})"
                self._process = subprocess.Popen(
                    [sys.executable, "-c", program], cwd=_ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )  # fmt: skip
            atexit.register(self._end)
        return self._socket

    def _end(self) -> None:
        assert self._socket is not None
        self._socket.close()
        self._process.wait()


_nest = _Nest()


def popen(
    command: Sequence[str], output: IO[Any], errors: IO[Any] | None = None,
    env: Mapping[str, str] | None = None, cwd: Path | None = None,
) -> Forked | None:  # fmt: skip
    """`command` begun, in a session of its own; None: it must be started as people do it.

    `output` and `errors` are files; without `errors` both are one.
    """
    own = dict(os.environ if env is None else env)
    words = _words(command) if is_in_use else None
    early = {name for name in {*own, *os.environ} if name.startswith(("PYTHON", "LC_", "LANG"))}
    is_other = any(own.get(name) != os.environ.get(name) for name in early)
    if words is None or is_other or _nest.is_first(words):
        return None
    program = command[len(command) - len(words) - 1]
    request = {
        "argv": ["-c" if program == MAIN else program, *words],
        "env": own,
        "cwd": str(cwd or Path.cwd()),
    }
    return _nest.fork(request, [output.fileno(), (errors or output).fileno()])


def run(
    words: Sequence[str], env: Mapping[str, str], within_s: float
) -> "subprocess.CompletedProcess[str]":
    """`queuewatch WORDS…` to its end, and what it said; subprocess.TimeoutExpired after `within_s`."""
    command = [QUEUEWATCH, *words]
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        begun = popen(command, output, errors, env)
        if begun is None:
            return subprocess.run(
                command, env=env, text=True, capture_output=True, timeout=within_s, check=False
            )
        try:
            code = begun.wait(within_s)
        except BaseException:
            begun.kill()  # also where the time of the test is over: what goes on would disturb the next one
            begun.wait()
            raise
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(command, code, output.read(), errors.read())


def _words(command: Sequence[str]) -> list[str] | None:
    """What follows the program; None: it is not ours, or does something before."""
    if command[0] == QUEUEWATCH:
        return list(command[1:])
    if list(command[:2]) == HURRIED:
        return list(command[2:])
    return list(command[3:]) if list(command[:3]) == [sys.executable, "-c", MAIN] else None


class _ChildError(Exception):
    """Raised in the forked process, which leaves the loop by it."""


def _serve(requests: socket.socket) -> None:
    """Fork for each request and tell how each ended; returns when nobody can ask any more."""
    running: dict[int, socket.socket] = {}
    wake, woken = socket.socketpair()
    woken.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    arm = dies_with_parent()
    while True:
        ready, _, _ = select.select([requests, wake], [], [])
        if wake in ready:
            wake.recv(4096)
            _tell_ends(running)
        if requests in ready:
            text, fds, _, _ = socket.recv_fds(requests, _LARGEST, 3)
            if not text:
                return
            end = socket.socket(fileno=fds[2])
            request = json.loads(text)
            _load(request["argv"][1:])
            if (pid := os.fork()) == 0:
                for each in (requests, wake, woken, end, *running.values()):
                    each.detach()  # else its end would close a file of the command
                _become(request, fds[:2], arm)
                raise _ChildError
            for fd in fds[:2]:
                os.close(fd)
            running[pid] = end
            end.send(str(pid).encode())


def _load(words: Sequence[str]) -> None:
    """The modules of a command; those that are there already cost nothing."""
    if words and Path(streams.cli.__path__[0], f"{words[0]}.py").exists():
        for name in (*_OF_ALL, f"streams.cli.{words[0]}", *_LOADED.get(words[0], ())):
            import_module(name)
        if words[0] in _LOADED_WHOLE:
            _load_whole(f"streams.cli.{words[0]}")
        assert len(list(Path("/proc/self/task").iterdir())) == 1  # a thread would not be forked
        gc.freeze()  # else each child would go through all of it, and copy it


def _load_whole(command: str) -> None:
    """Our modules that those of a command name anywhere."""
    coming, known = [command], {command}
    while coming:
        source = Path(str(import_module(coming.pop()).__file__)).read_text()
        for node in ast.walk(ast.parse(source)):
            name = node.module if isinstance(node, ast.ImportFrom) else None
            if name is None or name in known or not name.startswith(_OURS):
                continue
            known.add(name)
            import_module(name)
            if name.startswith("streams.cli."):
                coming.append(name)


def _tell_ends(running: dict[int, socket.socket]) -> None:
    """It is told before the number of the process is free: nobody signals another one that has it next."""
    with contextlib.suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
            with running.pop(ended.si_pid) as end, contextlib.suppress(OSError):
                end.send(str(code).encode())
            os.waitpid(ended.si_pid, 0)


def _become(request: dict[str, Any], files: Sequence[int], arm: Callable[[], None]) -> None:
    """All that `exec` would have given the process; nothing of the one it was forked from stays open."""
    arm()
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for fd, number in zip(files, (1, 2), strict=True):
        os.dup2(fd, number)
    os.closerange(3, max(os.sysconf("SC_OPEN_MAX"), 1024))
    sys.stdin = open(0, closefd=False)  # noqa: SIM115  all three stay open to the end
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    sys.argv = request["argv"]
    sys.path[0] = "" if sys.argv[0] == "-c" else str(Path(sys.argv[0]).parent)


def nest(fd: int) -> None:
    """The process that is forked: requests come on the socket `fd`."""
    from streams.cli.main import main
    from tests.support.hurried import hurry

    try:
        _serve(socket.socket(fileno=fd))
    except _ChildError:
        pass
    else:
        return
    if sys.argv[0] == HURRIED[1]:
        hurry()
    main()
