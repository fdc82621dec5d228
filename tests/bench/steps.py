"""Steps of a long benchmark: each is said with its time, done once though the run is ended and begun again, and never too long."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Say = Callable[[str], None]


class TooLongError(Exception):
    """The run took longer than it may; the next one goes on where it ended."""


class Steps:
    """What is done stands in a file beside the data that it made."""

    def __init__(self, file: Path, legs: int, most_minutes: float, say: Say) -> None:
        self._file, self._say = file, say
        self._began = time.monotonic()
        self._ends = self._began + 60 * most_minutes
        self._done: dict[str, float] = {}
        if file.exists():
            kept = json.loads(file.read_text())
            if kept["legs"] != legs:
                raise ValueError(f"{file.parent} has an archive of {kept['legs']:,} legs")
            self._done = kept["cpu_s"]
        self._legs = legs
        self._keep()

    @contextmanager
    def step(self, what: str, once: str | None) -> Iterator[bool]:
        """Yields whether it is to be done. `once`: its name, if its result stays; its CPU is kept under the name, or `what`."""
        if once is not None and once in self._done:
            yield False
            return
        if time.monotonic() > self._ends:
            raise TooLongError(f"ended before: {what}. The same command goes on from there")
        began, cpu = time.monotonic(), time.process_time()
        yield True
        name = once or f"part of {what}"
        self._done[name] = self._done.get(name, 0.0) + time.process_time() - cpu
        self._keep()
        now = time.monotonic()
        self._say(f"  {now - self._began:6.1f} s: {what} ({now - began:.1f} s)")

    def is_done(self, name: str) -> bool:
        return name in self._done

    def finish(self, name: str) -> None:
        """What `name` was made of in parts is whole."""
        self._done[name] = self._done.get(f"part of {name}", 0.0)
        self._keep()

    def took_cpu_s(self, name: str) -> float:
        return self._done[name]

    def _keep(self) -> None:
        draft = self._file.with_suffix(".draft")
        draft.write_text(json.dumps({"legs": self._legs, "cpu_s": self._done}))
        draft.replace(self._file)
