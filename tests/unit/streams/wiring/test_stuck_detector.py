"""A loop that hangs ends its process: tried in a process of its own."""

import subprocess
import sys

from streams.wiring.stuck_detector import EXIT_STUCK
from tests.support.services import ROOT

STUCK = """
import asyncio, time
from streams.wiring.stuck_detector import StuckDetector
async def main():
    beat = asyncio.create_task(StuckDetector(1.0).run())
    await asyncio.sleep(0.1)
    time.sleep(60)
asyncio.run(main())
"""


def test_a_loop_that_stands_still_ends_the_process_with_every_stack() -> None:
    command = [sys.executable, "-c", STUCK]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert result.returncode == EXIT_STUCK
    assert "the event loop stands still for 1 s" in result.stderr
    assert "in main" in result.stderr
