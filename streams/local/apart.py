"""Work in a process of its own, that ends with it: what it had to load is then gone.

`up` needs Kafka once, when it makes the topics, and when queues.toml changes. The client and the catalogues of topics would stay
with 25 MB as long as it runs.
"""

import os
import pickle
import signal
from collections.abc import Callable
from typing import NoReturn, TypeVar

from streams.local.children import dies_with_parent
from streams.local.problem import LocalError

T = TypeVar("T")
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def apart(work: Callable[[], T]) -> T:
    """What `work` returns or raises; both must be picklable. Call it from the main thread, while there is no other.

    LocalError if the process ended without an answer. A signal that ends the wait kills the process.
    """
    arm = dies_with_parent()
    read_end, write_end = os.pipe()
    # A handler of the parent must not run in the child: it raises, and the child would go on as a second parent.
    held = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    child = os.fork()
    if child == 0:
        _answer(arm, work, write_end)
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        os.close(write_end)
        with os.fdopen(read_end, "rb") as answers:
            answer = answers.read()
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        _, status = os.waitpid(child, 0)
    if not answer:
        raise LocalError(f"the process that prepares Kafka ended with status {status}: try again")
    is_well, told = pickle.loads(answer)  # noqa: S301  of our own child
    if is_well:
        found: T = told
        return found
    raise told


def _answer(arm: Callable[[], None], work: Callable[[], object], write_end: int) -> NoReturn:
    """In the child, which never returns to what its parent was doing."""
    try:
        arm()
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # Ctrl-C reaches both; the parent decides
        try:
            told = pickle.dumps((True, work()))
        except Exception as error:  # noqa: BLE001  the parent raises it
            told = pickle.dumps((False, error))
        with os.fdopen(write_end, "wb") as answers:
            answers.write(told)
    finally:
        os._exit(0)
