"""How far a long piece of work is: a bar on a terminal, a plain line at each tenth elsewhere."""

import io
from typing import TextIO

from tqdm import tqdm

# Smaller work is over before one reads it; of a simulation that catches up only the end is told.
PLAIN_FROM = {"B": 16 * 1024 * 1024, "events": 500_000, "s": float("inf")}
TENTHS = 10


class Progress:
    """`move_to` as work is done; `close` at its end. Amounts are bytes, events or seconds."""

    def __init__(self, label: str, total: int, unit: str, stream: TextIO) -> None:
        self._label, self._total, self._unit, self._stream = label, total, unit, stream
        self._tenth = 0
        self._plain = total >= PLAIN_FROM[unit] and not stream.isatty()
        self._bar = (
            tqdm(
                total=total, desc=label, unit=unit, unit_scale=unit != "s", file=stream, leave=False
            )
            if stream.isatty()
            else None
        )

    def move_to(self, done: int) -> None:
        if self._bar is not None:
            self._bar.update(done - self._bar.n)
        elif self._plain and done * TENTHS // self._total > self._tenth:
            self._tenth = done * TENTHS // self._total
            self._stream.write(f"{self._label}: {self._tenth * 10} %\n")
            self._stream.flush()

    def say(self, text: str) -> None:
        """A line of its own, also while there is a bar."""
        if self._bar is not None:
            self._bar.clear()
        self._stream.write(text)
        self._stream.flush()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def silent() -> Progress:
    """For a look at a file's first lines."""
    return Progress("", 1, "B", io.StringIO())
