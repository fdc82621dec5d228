"""Log lines of a worker: short, and no flood while a broker is away."""

import logging
import sys
import threading
import time

_EVERY_S = 10.0
_FOREIGN = ("aiokafka", "faust", "mode", "kafka", "asyncio")
# Subclasses of Faust: mode logs their services, stacks included, under the names of our modules.
_FAUSTS = ("streams.wiring.app", "streams.wiring.transport")


class _OnceInAWhile(logging.Filter):
    """One line a library and level in ten seconds, and without its stack.

    aiokafka writes some hundred lines a second while it looks for its broker; the reason for which
    a worker ends is written once, by the runner.
    """

    def __init__(self) -> None:
        super().__init__()
        self._written: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        library = "faust" if record.name in _FAUSTS else record.name.partition(".")[0]
        if library not in _FOREIGN:
            return True
        record.exc_info = record.exc_text = record.stack_info = None
        record.msg, record.args = " ".join(record.getMessage().split())[:300], None
        key = library, record.levelno
        now = time.monotonic()
        if now - self._written.get(key, -_EVERY_S) < _EVERY_S:
            return False
        self._written[key] = now
        return True


def _thread_ended(failure: threading.ExceptHookArgs) -> None:
    """Faust's consumer thread dies with a stack when its broker goes while it is being stopped."""
    name = failure.thread.name if failure.thread is not None else "a thread"
    why = " ".join(f"{failure.exc_type.__name__} {failure.exc_value}".split())
    logging.getLogger("faust").warning("%s ended: %s", name, why)


def configure(name: str) -> None:
    """Lines on stderr: ours from INFO, those of libraries from WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        logging.Formatter(f"%(asctime)s {name} %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
    )
    handler.addFilter(_OnceInAWhile())
    threading.excepthook = _thread_ended
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("streams").setLevel(logging.INFO)
    # It reports each task of its own loop that takes 0.1 s; only health reports run there.
    logging.getLogger("kafka").setLevel(logging.ERROR)
    for module in _FAUSTS:
        logging.getLogger(module).setLevel(logging.WARNING)


def only_ours() -> None:
    """From the line on that says why a worker ends: it must be the last one.

    What libraries had left open closes with the process; their complaints of it came after that line,
    which supervisors and people read as the reason.
    """
    for library in (*_FOREIGN, *_FAUSTS):
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
