"""The end by force, each tried in a process of its own; and the limits, which nest."""

import subprocess
import sys

from streams.wiring import deadlines
from tests.support.services import ROOT

HANGING_STOP = """
import time
from streams.wiring.deadlines import exit_within
exit_within(0.2, 7)
time.sleep(60)
"""
SIGNALLED = """
import asyncio, os, signal
from streams.wiring.deadlines import StopDeadline
async def main():
    deadline, asked = StopDeadline(0.2), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked.set)
    deadline.begin_at(signal.SIGTERM)
    deadline.code = 7
    os.kill(os.getpid(), signal.SIGTERM)
    {}
asyncio.run(main())
"""


def code_of(script: str) -> int:
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode


def test_a_stop_that_hangs_is_cut_short() -> None:
    assert code_of(HANGING_STOP) == 7


def test_a_signal_is_the_end_even_where_the_event_loop_hangs() -> None:
    assert code_of(SIGNALLED.format("while True: pass")) == 7


def test_a_signal_still_wakes_the_event_loop() -> None:
    assert code_of(SIGNALLED.format("await asked.wait()")) == 0


def test_each_limit_leaves_time_for_what_comes_after_it() -> None:
    assert deadlines.LAST_CHECKPOINT_S < deadlines.EXIT_WITHIN_S < deadlines.STOP_WITHIN_S
    assert deadlines.CLOSE_PRODUCER_S < deadlines.AFTER_CHECKPOINT_S < deadlines.EXIT_WITHIN_S
    assert 0 < deadlines.AFTER_FAILURE_S < deadlines.AFTER_CHECKPOINT_S
