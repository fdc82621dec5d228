"""Guards that end a process, each tried in a process of its own."""

import subprocess
import sys

from tests.support.services import ROOT

STUCK = """
import asyncio, time
from streams.wiring.watchdogs import StuckDetector
async def main():
    beat = asyncio.create_task(StuckDetector(1.0).run())
    await asyncio.sleep(0.1)
    time.sleep(60)
asyncio.run(main())
"""
LATE = """
import time
from streams.wiring.watchdogs import leave_within
leave_within(0.2, 7)
time.sleep(60)
"""
TOLD = """
import asyncio, os, signal
from streams.wiring.watchdogs import CutOff
async def main():
    cut_off, told = CutOff(0.2), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    cut_off.begin_at(signal.SIGTERM)
    cut_off.code = 7
    os.kill(os.getpid(), signal.SIGTERM)
    {}
asyncio.run(main())
"""
FLOOD = """
import logging
from streams.wiring.logs import configure
configure("stream-1")
for number in range(1000):
    logging.getLogger("aiokafka.client").error("no broker %d", number, stack_info=True)
for number in range(1000):
    logging.getLogger("streams.wiring.transport").error("a service of Faust\\nfailed %d", number)
import threading
def die():
    raise ConnectionError("no broker")
thread = threading.Thread(target=die, name="consumer")
thread.start()
thread.join()
logging.getLogger("streams.wiring.recovery").info("ours")
logging.getLogger("streams.wiring.recovery").info("ours")
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )


def test_a_loop_that_stands_still_ends_the_process_with_every_stack() -> None:
    result = run(STUCK)
    assert result.returncode == 3
    assert "the event loop stands still for 1 s" in result.stderr
    assert "in main" in result.stderr


def test_a_stop_that_hangs_is_cut_short() -> None:
    assert run(LATE).returncode == 7


def test_a_signal_is_the_end_even_where_the_event_loop_hangs() -> None:
    assert run(TOLD.format("while True: pass")).returncode == 7


def test_a_signal_still_wakes_the_event_loop() -> None:
    assert run(TOLD.format("await told.wait()")).returncode == 0


def test_a_library_that_floods_is_heard_once() -> None:
    lines = run(FLOOD).stderr.splitlines()
    assert [line.split(" stream-1 ")[1] for line in lines] == [
        "ERROR no broker 0",
        "ERROR a service of Faust failed 0",
        "WARNING consumer ended: ConnectionError no broker",
        "INFO ours",
        "INFO ours",
    ]
