"""What a worker writes on stderr, and what libraries may add to it."""

import logging
import threading
from collections.abc import Iterator

import pytest

from streams.wiring.logs import configure, only_ours


def named_loggers() -> list[logging.Logger]:
    known = logging.getLogger().manager.loggerDict.values()
    return [logger for logger in known if isinstance(logger, logging.Logger)]


@pytest.fixture(autouse=True)
def logging_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    known = [it for it in root.manager.loggerDict.values() if isinstance(it, logging.Logger)]
    levels = {logger.name: logger.level for logger in known}
    yield
    root.handlers[:], root.level = handlers, level
    for logger in [it for it in root.manager.loggerDict.values() if isinstance(it, logging.Logger)]:
        logger.setLevel(levels.get(logger.name, logging.NOTSET))


def test_a_library_writes_one_line_in_a_while_and_no_stack(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("north")
    for _ in range(100):
        logging.getLogger("aiokafka.conn").error("no\nbroker", exc_info=OSError("gone"))
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(" north ERROR no broker")


def test_the_line_that_says_why_a_worker_ends_is_the_last_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("north")
    logging.getLogger("asyncio").error("Unclosed AIOKafkaConnection")
    logging.getLogger("streams.wiring.runner").critical("ending: that is why")
    only_ours()
    for library in ("asyncio", "aiokafka.conn", "faust", "mode.services", "streams.wiring.app"):
        logging.getLogger(library).critical("Unclosed AIOKafkaConnection")
    before, why = capsys.readouterr().err.splitlines()
    assert before.endswith("Unclosed AIOKafkaConnection")
    assert why.endswith("ending: that is why")
    logging.getLogger("streams.wiring.runner").info("gone")
    assert capsys.readouterr().err.endswith("gone\n")
