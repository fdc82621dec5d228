"""Writes one record now and then, from a process whose event loop does other work."""

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError

from streams.plumbing.kafka_problems import no_answer, refusal
from streams.plumbing.kafka_security import in_use

_ANSWER_WITHIN_MS = 10_000


async def write(bootstrap: str, topic: str, key: bytes, value: bytes) -> str:
    """Return "" when every replica has it, else one line that says why not: then it may be there or not.

    It connects each time: no connection lies idle for weeks until somebody says something.
    """
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        request_timeout_ms=_ANSWER_WITHIN_MS,
        **in_use().for_aiokafka(),
    )
    try:
        await producer.start()
        await producer.send_and_wait(topic, value, key)
    except (KafkaConnectionError, KafkaTimeoutError, OSError):
        return no_answer(bootstrap)
    except KafkaError as error:
        return refusal(bootstrap, error)
    finally:
        await producer.stop()
    return ""
