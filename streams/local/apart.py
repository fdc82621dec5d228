"""Work in a process of its own, that ends with it: what it had to load is then gone.

`up` needs Kafka once, when it makes the topics, and when queues.toml changes. The client and the catalogues of topics would stay
with 15 MB as long as it runs.
"""

import os
import pickle
import signal
from collections.abc import Callable
from typing import NoReturn, TypeVar

from streams.admin.problem import AdminError
from streams.local.children import dies_with_parent

T = TypeVar("T")
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def apart(work: Callable[[], T]) -> T:
    """What `work` returns or raises; what it returns must be picklable. Call it from the main thread, while there is no other.

    AdminError, for the watch of queues.toml tries again then, if no process could begin, or if it ended without an answer. A signal
    that ends the wait kills the process.
    """
    arm = dies_with_parent()
    read_end, write_end = os.pipe()
    # A handler of the parent must not run in the child: it raises, and the child would go on as a second parent.
    held = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        child = _forked(read_end, write_end)
        if child == 0:
            _answer(arm, work, write_end)
        try:
            os.close(write_end)
            # A signal that came meanwhile must find it open.
            with os.fdopen(read_end, "rb") as answers:
                signal.pthread_sigmask(signal.SIG_SETMASK, held)
                answer = answers.read()
        except BaseException:
            os.kill(child, signal.SIGKILL)
            raise
        finally:
            _, status = os.waitpid(child, 0)
    finally:  # a mask that stays is inherited by every process begun after it: no signal would end them
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
    if not answer:
        raise AdminError(f"the process that prepares Kafka ended with status {status}: try again")
    is_well, told = pickle.loads(answer)  # noqa: S301  of our own child
    if is_well:
        found: T = told
        return found
    raise told


def _forked(read_end: int, write_end: int) -> int:
    try:
        return os.fork()
    except OSError as error:
        os.close(read_end)
        os.close(write_end)
        raise AdminError(f"no process to prepare Kafka can begin: {error.strerror}") from error


def _answer(arm: Callable[[], None], work: Callable[[], object], write_end: int) -> NoReturn:
    """In the child, which never returns to what its parent was doing."""
    try:
        arm()
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # Ctrl-C reaches both; the parent decides
        try:
            told = pickle.dumps((True, work()))
        except Exception as error:  # noqa: BLE001  the parent raises it
            told = _carried(error)
        with os.fdopen(write_end, "wb") as answers:
            answers.write(told)
    finally:
        os._exit(0)


def _carried(error: Exception) -> bytes:
    """The error, or its line where it cannot be made again from its arguments: the parent would end with a traceback of that."""
    try:
        told = pickle.dumps((False, error))
        pickle.loads(told)  # noqa: S301  of our own
    except Exception:  # noqa: BLE001  whatever its class does
        told = pickle.dumps((False, AdminError(f"{type(error).__name__}: {error}")))
    return told
