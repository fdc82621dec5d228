"""A worker looks for another of its name only when it is assigned again and again."""

import asyncio
from collections.abc import Iterator

import pytest

from streams.wiring.namesakes import NamesakeError, watch_namesakes


def watched(counts: list[int], lines: list[str | None]) -> list[str | None]:
    """What was left of `lines` when the counts were used up or the watch ended."""
    numbers: Iterator[int] = iter(counts)

    async def main() -> None:
        with pytest.raises((NamesakeError, StopIteration, RuntimeError)):
            await watch_namesakes(lambda: next(numbers), lambda: lines.pop(0), every_s=0)

    asyncio.run(main())
    return lines


def test_a_few_assignments_are_the_usual_life() -> None:
    assert watched([0, 1, 3, 3, 5], ["never asked"]) == ["never asked"]


def test_many_are_looked_into_and_a_namesake_ends_the_watch() -> None:
    assert watched([0, 3, 6, 9], [None, "another one", "after the end"]) == ["after the end"]


def test_the_line_is_what_the_worker_ends_with() -> None:
    numbers = iter([0, 9])

    async def main() -> None:
        await watch_namesakes(lambda: next(numbers), lambda: "another a is running", every_s=0)

    with pytest.raises(NamesakeError, match="another a is running"):
        asyncio.run(main())
