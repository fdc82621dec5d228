"""A record that cannot be written is one line; tests/integration/alerting/test_acknowledging.py writes to a real broker."""

from streams.plumbing.kafka_problems import no_answer
from streams.plumbing.record_writing import write


async def test_no_broker_is_one_line() -> None:
    assert await write("127.0.0.1:1", "commands", b"key", b"value") == no_answer("127.0.0.1:1")
