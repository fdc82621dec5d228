"""What a check is: a question to the system, and a judgement of the answer.

A check is one module of `streams.doctor.checks`; its object CHECK is found by `streams.doctor.registry`. The file
name is the name of the check.
"""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from msgspec import Struct

from streams.doctor.finding import Finding
from streams.doctor.system import System

T = TypeVar("T")


class Check(Struct, Generic[T], frozen=True, kw_only=True):
    """`ask` may take a while and may raise; `judge` is pure.

    `rank` orders the checks: what others depend on comes first. `needs` names a check whose failure makes
    this one pointless. `unasked` says why the system gives no reason to ask; "": it does.
    """

    rank: int
    ask: Callable[[System], T]
    judge: Callable[[System, T], Iterable[Finding]]
    needs: str = ""
    unasked: Callable[[System], str] = lambda _: ""
