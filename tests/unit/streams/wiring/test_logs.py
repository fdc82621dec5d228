"""What a worker writes on stderr, and what libraries may add to it: each in a process of its own."""

import subprocess
import sys

_BEGIN = """
import logging, threading
from streams.wiring.logs import configure, only_ours
configure("north")
"""


def written_by(script: str) -> list[str]:
    """The lines on stderr, without time and name: what is set here is the logging of a process."""
    command = [sys.executable, "-c", _BEGIN + script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line.split(" north ")[-1] for line in done.stderr.splitlines()]


def test_a_library_writes_one_line_in_a_while_and_no_stack() -> None:
    assert written_by("""
for _ in range(100):
    logging.getLogger("aiokafka.conn").error("no\\nbroker", exc_info=OSError("gone"))
for number in range(100):
    logging.getLogger("another").error("a service\\nfailed %d", number, stack_info=True)
""") == ["ERROR no broker", "ERROR a service failed 0"]


def test_repeated_own_lines_and_the_stack_of_a_bug_are_written() -> None:
    first, second, third, *stack = written_by("""
for _ in range(2):
    logging.getLogger("streams.wiring.recovery").info("ours")
logging.getLogger("aiohttp.server").error("Error handling request", exc_info=ValueError("a bug"))
""")
    assert (first, second, third) == ("INFO ours", "INFO ours", "ERROR Error handling request")
    assert stack[-1] == "ValueError: a bug"


def test_a_thread_that_dies_is_one_line() -> None:
    assert written_by("""
def die():
    raise ConnectionError("no\\nbroker")
thread = threading.Thread(target=die, name="consumer")
thread.start()
thread.join()
""") == ["WARNING consumer ended: ConnectionError no broker"]


def test_the_line_that_says_why_a_worker_ends_is_the_last_one() -> None:
    before, why, gone = written_by("""
logging.getLogger("asyncio").error("Unclosed AIOKafkaConnection")
logging.getLogger("streams.wiring.runner").critical("ending: that is why")
only_ours()
for library in ("asyncio", "aiokafka.conn", "another.service"):
    logging.getLogger(library).critical("Unclosed AIOKafkaConnection")
logging.getLogger("streams.wiring.runner").info("gone")
""")
    assert before == "ERROR Unclosed AIOKafkaConnection"
    assert why == "CRITICAL ending: that is why"
    assert gone == "INFO gone"
