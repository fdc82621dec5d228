"""Progress of long work: a bar on a terminal, otherwise a plain line for each tenth."""

import io
from typing import Any, TextIO

# Plain lines only from this amount on: less is done in a moment. Never in seconds: a simulation that
# catches up prints one line at the end.
PLAIN_FROM = {"B": 16 * 1024 * 1024, "events": 500_000, "rows": 100_000, "s": float("inf")}
TENTHS = 10


class Progress:
    """`move_to` as work is done; `close` at its end. Amounts are bytes, events, rows or seconds."""

    def __init__(self, label: str, total: int, unit: str, stream: TextIO) -> None:
        self._label, self._total, self._unit, self._stream = label, total, unit, stream
        self._tenth = 0
        self._plain = total >= PLAIN_FROM[unit] and not stream.isatty()
        self._bar = _bar(label, total, unit, stream) if stream.isatty() else None
        if self._plain:  # a tenth of a large file takes a while: say at once what goes on
            self._say_tenth()

    def move_to(self, done: int) -> None:
        if self._bar is not None:
            self._bar.update(done - self._bar.n)
        elif self._plain and done * TENTHS // self._total > self._tenth:
            self._tenth = done * TENTHS // self._total
            self._say_tenth()

    def _say_tenth(self) -> None:
        self._stream.write(f"{self._label}: {self._tenth * 10} %\n")
        self._stream.flush()

    def after(self, done: int) -> "Progress":
        """The same progress for a part of the work that comes after `done`."""
        return _Part(self, done)

    def say(self, text: str) -> None:
        """Write a line; a bar is cleared first."""
        if self._bar is not None:
            self._bar.clear()
        self._stream.write(text)
        self._stream.flush()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


class _Part(Progress):
    def __init__(self, whole: Progress, done: int) -> None:
        super().__init__("", 1, "B", io.StringIO())
        self._whole, self._done = whole, done

    def move_to(self, done: int) -> None:
        self._whole.move_to(self._done + done)


def silent() -> Progress:
    """Shows nothing: for reading only the first lines of a file."""
    return Progress("", 1, "B", io.StringIO())


def _bar(label: str, total: int, unit: str, stream: TextIO) -> Any:
    from tqdm import tqdm  # 2 MB, and a sender that stays has no terminal

    is_scaled = unit != "s"
    return tqdm(total=total, desc=label, unit=unit, unit_scale=is_scaled, file=stream, leave=False)
