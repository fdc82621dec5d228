"""What a check found, as one line for people or one object for programs. Pure."""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

Level = Literal[
    "ok", "warn", "fail", "skip"
]  # skip: not asked, for something it needs is not there

_WIDTH = 4


class Finding(Struct, frozen=True):
    """`text` says what is; `remedy` what to do, "" where nothing is to be done."""

    level: Level
    text: str
    remedy: str = ""


class Line(Struct, frozen=True):
    """A finding with the name of its check."""

    check: str
    level: Level
    text: str
    remedy: str = ""


def ok(text: str) -> Finding:
    return Finding("ok", text)


def warn(text: str, remedy: str) -> Finding:
    return Finding("warn", text, remedy)


def fail(text: str, remedy: str = "") -> Finding:
    """Without a remedy where `text` ends with it, as the errors of other commands do."""
    return Finding("fail", text, remedy)


def skipped(text: str) -> Finding:
    return Finding("skip", text)


def listed(found: Iterable[Finding], most: int, command: str) -> list[Finding]:
    """The first `most`, and where the others are to be read: a doctor says what to do first, not all."""
    every = list(found)
    left = len(every) - most
    if left <= 0:
        return every
    return [*every[:most], Finding(every[most].level, f"and {left} more", f"see `{command}`")]


def as_text(lines: Sequence[Line]) -> list[str]:
    """One line each, with the names of the checks under one another."""
    width = max((len(line.check) for line in lines), default=0)
    return [
        f"{line.level:<{_WIDTH}}  {line.check:<{width}}  {line.text}"
        + (f": {line.remedy}" if line.remedy else "")
        for line in lines
    ]


def summary(lines: Sequence[Line]) -> str:
    counts = {level: sum(line.level == level for line in lines) for level in ("fail", "warn", "ok")}
    left_out = sum(line.level == "skip" for line in lines)
    return f"{counts['fail']} fail, {counts['warn']} warn, {counts['ok']} ok" + (
        f", {left_out} not asked" if left_out else ""
    )
