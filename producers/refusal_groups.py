"""Reasons of refusals for people: those that differ only in the value that was read are few lines. Pure."""

import re
from collections.abc import Iterator, Mapping

_VALUE = re.compile(r'"[^"]*"|a number of \d+ digits')
MOST_ALIKE = 10  # as many unknown words are listed one by one; more values are no words
MOST_DISTINCT = 1_000  # a file of millions of rows may have as many values


def shape(reason: str) -> str:
    """The reason without the first value that it names."""
    return _VALUE.sub('"…"', reason, count=1)


def grouped(refused: Mapping[str, tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    """(reason, count, first line), most first; of reasons that are alike only the most frequent."""
    printed: dict[str, int] = {}
    rest: dict[str, tuple[int, int, int]] = {}
    ordered = sorted(refused.items(), key=lambda each: -each[1][0])
    for reason, (n, line) in ordered:
        alike = shape(reason)
        printed[alike] = printed.get(alike, 0) + 1
        if printed[alike] <= MOST_ALIKE:
            yield reason, n, line
        else:
            values, total, first = rest.get(alike, (0, 0, line))
            rest[alike] = (values + 1, total + n, min(first, line))
    for alike, (values, total, first) in rest.items():
        yield f"{alike} ({values:,} other values)", total, first
