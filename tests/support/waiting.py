"""Waiting for conditions: no test sleeps for a time and hopes."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

GENEROUS_S = 60.0


def wait_until(
    condition: Callable[[], Value], what: str, within_s: float = GENEROUS_S, every_s: float = 0.05
) -> Value:
    """The first true value of `condition`; prints how long it took, fails with the last value seen."""
    began = time.monotonic()
    while True:
        value = condition()
        took_s = time.monotonic() - began
        if value:
            print(f"{what}: after {took_s:.2f} s")
            return value
        if took_s > within_s:
            raise AssertionError(f"{what}: not within {within_s:g} s; last seen: {value!r}")
        time.sleep(every_s)
