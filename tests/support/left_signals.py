"""A test that leaves signals as it did not find them is the one that fails.

What is blocked is inherited by every process that is begun after it, also by those of other tests: nothing ends them, and
they hang minutes later, where nobody sees why. So each test ends with what it began with, and what it left is undone.
"""

import contextlib
import signal
from collections.abc import Iterator

import pytest
from msgspec import Struct

_HANDLED = signal.SIGCHLD
# chDB blocks it once it is loaded. It ends no process of Python, which ignores it.
_NOT_LOOKED_AT = frozenset([signal.SIGPIPE])


class Signals(Struct, frozen=True):
    """Of this process and its main thread, which must be the one that asks."""

    blocked: frozenset[int]
    handler: object
    wakeup_fd: int  # -1: none

    @classmethod
    def now(cls) -> "Signals":
        wakeup_fd = signal.set_wakeup_fd(-1)
        if wakeup_fd != -1:
            with contextlib.suppress(OSError, ValueError):  # it is closed: told all the same
                signal.set_wakeup_fd(wakeup_fd)
        blocked = frozenset(signal.pthread_sigmask(signal.SIG_BLOCK, [])) - _NOT_LOOKED_AT
        return cls(blocked, signal.getsignal(_HANDLED), wakeup_fd)

    def set_again(self) -> None:
        signal.set_wakeup_fd(self.wakeup_fd)
        signal.signal(_HANDLED, self.handler)  # type: ignore[arg-type]
        signal.pthread_sigmask(signal.SIG_BLOCK, self.blocked)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, Signals.now().blocked - self.blocked)

    def changed_to(self, now: "Signals") -> list[str]:
        """What is not as before, a line each."""
        told = [
            f"{signal.Signals(each).name} is {'blocked' if each in now.blocked else 'no longer blocked'}"
            for each in sorted(self.blocked ^ now.blocked)
        ]
        if self.handler != now.handler:
            told.append(f"the handler of {_HANDLED.name} was {self.handler}, now {now.handler}")
        if self.wakeup_fd != now.wakeup_fd:
            told.append(f"the wakeup fd was {self.wakeup_fd}, now {now.wakeup_fd}")
        return told


_BEFORE = pytest.StashKey[Signals]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.stash[_BEFORE] = Signals.now()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    try:
        return (yield)
    finally:
        before = item.stash[_BEFORE]
        if told := before.changed_to(Signals.now()):
            before.set_again()
            pytest.fail("left behind: " + "; ".join(told), pytrace=False)
