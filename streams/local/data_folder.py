"""The folder of one local system, held by one `up` at a time."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from streams.local.problem import LocalError


class DataFolder:
    """Creates the folder, and locks it while open; the lock ends with the process, also by `kill -9`."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock = self.path / "up.lock"
        self._descriptor: int | None = None

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def kafka(self) -> Path:
        return self.path / "kafka"

    def __enter__(self) -> Self:
        try:
            for folder in (self.path, self.logs, self.run):
                folder.mkdir(parents=True, exist_ok=True)
            self._descriptor = self._acquire()
        except OSError as error:
            raise LocalError(
                f"cannot write to {error.filename or self.path}: {error.strerror}:"
                " choose another place with --data"
            ) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._descriptor is not None:
            with suppress(OSError):
                self._lock.unlink()  # the lock is still held, so no other process can have it
            os.close(self._descriptor)
            self._descriptor = None

    def _acquire(self) -> int:
        while True:
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.read(descriptor, 20).decode(errors="replace").strip()
                os.close(descriptor)
                raise LocalError(
                    f"{self.path} is in use by another `queuewatch up` (pid {holder or 'unknown'}):"
                    " stop that one, or choose another folder with --data"
                ) from None
            if self._is_current(descriptor):
                os.ftruncate(descriptor, 0)
                os.write(descriptor, f"{os.getpid()}\n".encode())
                return descriptor
            os.close(descriptor)

    def _is_current(self, descriptor: int) -> bool:
        """False if the former holder removed the file after we had opened it and before we locked it."""
        try:
            return os.path.samestat(os.fstat(descriptor), self._lock.stat())
        except FileNotFoundError:
            return False
