"""What a worker writes on stderr, and what libraries may add to it: each in a process of its own."""

import subprocess
import sys

_BEGIN = """
import logging
from streams.wiring.logs import configure, only_ours
configure("north")
"""


def written_by(script: str) -> list[str]:
    """The lines on stderr: what is set here is the logging of a whole process."""
    command = [sys.executable, "-c", _BEGIN + script]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()


def test_a_library_writes_one_line_in_a_while_and_no_stack() -> None:
    (line,) = written_by("""
for _ in range(100):
    logging.getLogger("aiokafka.conn").error("no\\nbroker", exc_info=OSError("gone"))
""")
    assert line.endswith(" north ERROR no broker")


def test_the_line_that_says_why_a_worker_ends_is_the_last_one() -> None:
    before, why, gone = written_by("""
logging.getLogger("asyncio").error("Unclosed AIOKafkaConnection")
logging.getLogger("streams.wiring.runner").critical("ending: that is why")
only_ours()
for library in ("asyncio", "aiokafka.conn", "faust", "mode.services", "streams.wiring.app"):
    logging.getLogger(library).critical("Unclosed AIOKafkaConnection")
logging.getLogger("streams.wiring.runner").info("gone")
""")
    assert before.endswith("Unclosed AIOKafkaConnection")
    assert why.endswith("ending: that is why")
    assert gone.endswith("gone")
