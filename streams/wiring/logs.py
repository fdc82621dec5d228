"""Log lines of a worker: short, and no flood while a broker is away."""

import logging
import sys
import threading
import time

REPEAT_EVERY_S = 10.0  # how often the same thing is said while it lasts
# aiohttp logs what our own handlers raise: with its stack.
_OURS = ("streams", "aiohttp")


class _LibraryFilter(logging.Filter):
    """Of libraries one line each and level in ten seconds, and without its stack.

    aiokafka writes some hundred lines a second while it looks for its broker; the reason for which
    a worker ends is written once, by the runner.
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
    """A consumer's thread dies with a stack when its broker goes while it is being stopped."""
    name = failure.thread.name if failure.thread is not None else "a thread"
    why = " ".join(f"{failure.exc_type.__name__} {failure.exc_value}".split())
    logging.getLogger("threading").warning("%s ended: %s", name, why)


def configure(name: str) -> None:
    """Lines on stderr: ours from INFO, those of libraries from WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        logging.Formatter(f"%(asctime)s {name} %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
    )
    handler.addFilter(_libraries)
    threading.excepthook = _thread_ended
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("streams").setLevel(logging.INFO)
    # It reports each task of its own loop that takes 0.1 s; only health reports run there.
    logging.getLogger("kafka").setLevel(logging.ERROR)


def only_ours() -> None:
    """From the line on that says why a worker ends: it must be the last one.

    What libraries had left open closes with the process; their complaints of it came after that line,
    which supervisors and people read as the reason.
    """
    _libraries.only_ours = True
