"""Work apart leaves its answer and nothing else."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

import pytest

from streams.admin.problem import AdminError
from streams.local.apart import apart
from streams.local.problem import LocalError


def test_the_answer_comes_back_and_what_was_loaded_does_not() -> None:
    sys.modules.pop("colorsys", None)

    def work() -> tuple[int, bool]:
        import colorsys

        return os.getpid(), "colorsys" in sys.modules and bool(colorsys)

    child, loaded = apart(work)
    assert (child != os.getpid(), loaded) == (True, True)
    assert "colorsys" not in sys.modules


def test_an_error_of_the_work_is_raised_here() -> None:
    def work() -> NoReturn:
        raise AdminError("Kafka does not answer")

    with pytest.raises(AdminError, match="Kafka does not answer"):
        apart(work)


def test_a_process_that_is_killed_is_told_in_one_line() -> None:
    with pytest.raises(LocalError, match="ended with status 9"):
        apart(lambda: os.kill(os.getpid(), signal.SIGKILL))


def test_a_signal_ends_the_wait_and_the_process(tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    def stop(*_: object) -> NoReturn:
        raise StopError

    parent, former = os.getpid(), signal.signal(signal.SIGTERM, stop)
    noted = tmp_path / "pid"

    def work() -> None:
        noted.write_text(str(os.getpid()))
        os.kill(parent, signal.SIGTERM)
        time.sleep(60)

    try:
        with pytest.raises(StopError):
            apart(work)
    finally:
        signal.signal(signal.SIGTERM, former)
    assert not Path(f"/proc/{noted.read_text()}").exists()
