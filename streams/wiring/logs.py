"""Log lines of a worker: short, and few while a broker does not answer."""

import logging
import threading
import time

from streams.plumbing.log_lines import handler

REPEAT_EVERY_S = 10.0  # how often a line about a lasting problem is repeated
# aiohttp logs, with the stack, the errors that our own handlers raise.
_OURS = ("streams", "aiohttp")


class _LibraryFilter(logging.Filter):
    """Lets through one line per library and level in ten seconds, without its stack.

    aiokafka writes some hundred lines a second while it looks for its broker. The reason why a worker
    ends is logged once, by the runner.
    """

    def __init__(self) -> None:
        super().__init__()
        self._written: dict[tuple[str, int], float] = {}
        self.only_ours = False

    def filter(self, record: logging.LogRecord) -> bool:
        library = record.name.partition(".")[0]
        if library in _OURS:
            return True
        if self.only_ours:
            return False
        record.exc_info = record.exc_text = record.stack_info = None
        record.msg, record.args = " ".join(record.getMessage().split())[:300], None
        key = library, record.levelno
        now = time.monotonic()
        if now - self._written.get(key, -REPEAT_EVERY_S) < REPEAT_EVERY_S:
            return False
        self._written[key] = now
        return True


_libraries = _LibraryFilter()


def _thread_ended(failure: threading.ExceptHookArgs) -> None:
    """Log one line in place of a stack: a consumer's thread fails when its broker stops during a stop."""
    name = failure.thread.name if failure.thread is not None else "a thread"
    why = " ".join(f"{failure.exc_type.__name__} {failure.exc_value}".split())
    logging.getLogger("threading").warning("%s ended: %s", name, why)


def configure(name: str) -> None:
    """Lines on stderr: ours from INFO, those of libraries from WARNING."""
    lines = handler(f"%(asctime)s {name} %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
    lines.addFilter(_libraries)
    threading.excepthook = _thread_ended
    logging.basicConfig(level=logging.WARNING, handlers=[lines], force=True)
    logging.getLogger("streams").setLevel(logging.INFO)
    # kafka-python, by which another worker of this name is looked for, warns of each task of its loop that takes 0.1 s.
    logging.getLogger("kafka").setLevel(logging.ERROR)


def only_ours() -> None:
    """Drop all lines of libraries from now on: call it once the reason of the end was logged.

    Supervisors and people take the last line for the reason. Without this, libraries log after it that
    they were closed with work open.
    """
    _libraries.only_ours = True
