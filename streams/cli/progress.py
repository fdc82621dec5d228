"""How far a long command is: on a terminal one line that is overwritten, else one plain line every few seconds."""

import sys
import time

import click

_LINE_EVERY_S = 5.0


class Progress:
    """Writes to standard error; `close` clears the line of a terminal."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._next_line = time.monotonic() + _LINE_EVERY_S
        self._most: dict[str, int] = {}

    def waiting(self, reader: str, behind: int) -> None:
        """`behind` records lie before the reader."""
        most = self._most[reader] = max(self._most.get(reader, 0), behind)
        text = f"waiting for {reader}: {behind:,} of {most:,} records to go"
        self._say(text, is_news=behind > 0)

    def reading(self, what: str, done: int, of: int, things: str = "calls") -> None:
        """`done` of `of` calls (or other things) were read."""
        self._say(f"{what}: {done:,} of {of:,} {things} read", is_news=done < of)

    def close(self) -> None:
        if self._terminal:
            click.echo("\r\x1b[K", err=True, nl=False)

    def _say(self, text: str, *, is_news: bool) -> None:
        if self._terminal:
            click.echo(f"\r\x1b[K{text}", err=True, nl=False)
        elif is_news and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _LINE_EVERY_S
            click.echo(text, err=True)
