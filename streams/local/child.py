"""One child process with its log. Start it from the main thread, so that it ends when `up` is killed."""

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
    """What to run, and how to treat its end.

    `ours`: exit code 2 means wrong use, so it is not started again. `finishes`: after exit code 0 it is
    done. `config` is a digest of the file that it reads at its start: with another file it is another command.
    """

    name: str
    argv: tuple[str, ...]
    ours: bool = True
    needs_kafka: bool = True
    finishes: bool = False
    stop_within_s: float = 15.0
    config: str = ""


class Child:
    """A child process: output goes to `LOGS/NAME.log`, and `RUN/NAME.json` notes its pid."""

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
                # Ctrl-C reaches the whole session of a terminal; children must be stopped in order.
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                preexec_fn=dies_with_parent(),  # noqa: PLW1509  it only calls prctl, loaded before
            )
        self.started_s = time.monotonic()
        remember(self._run, self.command.name, self._process.pid)

    def ended(self) -> int | None:
        """The exit code after its end, once; later calls return None, and it may be started again."""
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
        """The last line that it wrote since its start."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(self._log_began, self.log.stat().st_size - 4096))
                lines = log.read().decode(errors="replace").strip().splitlines()
        except OSError:
            lines = []
        return lines[-1].strip()[:300] if lines else f"it said nothing (see {self.log})"

    def trim_log(self) -> None:
        """Move a large log to `.log.1`. The child appends, so the file may be truncated while it writes."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)
            self._log_began = 0

    def _forget(self) -> None:
        self._process = None
        forget(self._run, self.command.name)
