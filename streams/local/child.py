"""One child process with its log; started from the main thread, so that it dies with us."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from msgspec import Struct

from streams.local.children import dies_with_parent
from streams.local.leftovers import forget, remember

LARGEST_LOG = 10 * 1024 * 1024


class Command(Struct, frozen=True):
    """What to run. `ours` know exit code 2 as wrong use; `finishes` may end with 0 and is then done."""

    name: str
    argv: tuple[str, ...]
    ours: bool = True
    needs_kafka: bool = True
    finishes: bool = False
    stop_within_s: float = 15.0


class Child:
    """Start, look, stop. Its output goes to `LOGS/NAME.log`, its note to `RUN/NAME.json`."""

    def __init__(self, command: Command, logs: Path, run: Path) -> None:
        self.command = command
        self.log = logs / f"{command.name}.log"
        self._run = run
        self._process: subprocess.Popen[bytes] | None = None
        self._log_began = 0
        self.started_s = 0.0  # monotonic

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        self.trim_log()
        with self.log.open("ab") as log:
            self._log_began = log.tell()
            self._process = subprocess.Popen(
                self.command.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches the whole session of a terminal; we stop children in our own order.
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                preexec_fn=dies_with_parent(),  # noqa: PLW1509 - it calls prctl only, loaded before
            )
        self.started_s = time.monotonic()
        remember(self._run, self.command.name, self._process.pid)

    def ended(self) -> int | None:
        """Its exit code once it has ended, and only once: afterwards it may be started again."""
        if self._process is None or (code := self._process.poll()) is None:
            return None
        self._forget()
        return code

    def terminate(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._forget()

    def log_end(self) -> str:
        """The last line it wrote since its start."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(self._log_began, self.log.stat().st_size - 4096))
                lines = log.read().decode(errors="replace").strip().splitlines()
        except OSError:
            lines = []
        return lines[-1].strip()[:300] if lines else f"it said nothing (see {self.log})"

    def trim_log(self) -> None:
        """Keep one former log. The child appends, so that emptying the file under it is safe."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)
            self._log_began = 0

    def _forget(self) -> None:
        self._process = None
        forget(self._run, self.command.name)
