"""Why a Kafka that answers does not let this process in: one line that names the option to look at.

The client libraries try for ever and end in a time-out: a wrong password and a broker that is down look the
same. So one connection is made by hand, whose error says what it was.
"""

import asyncio
import ssl
from concurrent.futures import ThreadPoolExecutor

from aiokafka.conn import create_conn
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

from streams.plumbing.kafka_config import KafkaConfig, KafkaConfigError
from streams.plumbing.kafka_problems import one_line
from streams.plumbing.kafka_security import in_use

_WITHIN_S = 5.0
_ASKED_AGAIN_AFTER_S = 0.5


def why_refused(bootstrap: str) -> str:
    """The line; "" where Kafka lets us in, or where none of the addresses answers."""
    # In a thread of its own, for some who ask are in an event loop already.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_of_any(bootstrap))).result()


async def _of_any(bootstrap: str) -> str:
    for address in bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        if port.isdecimal() and await _answers(host.strip("[]"), int(port)):
            reason = await _of_two_tries(host.strip("[]"), int(port))
            return f"Kafka at {address.strip()} refuses: {reason}" if reason else ""
    return ""


async def _of_two_tries(host: str, port: int) -> str:
    """A broker that is just being stopped hangs up, too: a refusal is what it does twice."""
    if not await _of(host, port):
        return ""
    await asyncio.sleep(_ASKED_AGAIN_AFTER_S)
    return await _of(host, port) if await _answers(host, port) else ""


async def _answers(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(_WITHIN_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def _of(host: str, port: int) -> str:
    config = in_use().config
    try:
        async with asyncio.timeout(_WITHIN_S):
            connection = await create_conn(host, port, **in_use().for_aiokafka())
    except KafkaConfigError as error:  # of the token's endpoint; it names its option
        return str(error)
    except ssl.SSLError as error:
        return _of_tls(error, host)
    except UnsupportedSaslMechanismError as error:
        return f"sasl.mechanism: {one_line(error)}"
    except SaslAuthenticationFailed as error:
        return f"{_credentials(config)}: {one_line(error)}"
    except TimeoutError:
        return ""  # it is slow, which is no refusal
    except (KafkaConnectionError, ConnectionError, asyncio.IncompleteReadError):
        return await _of_silence(config, host, port)
    except KafkaError as error:
        return one_line(error)
    connection.close()
    return ""


def _credentials(config: KafkaConfig) -> str:
    if config.tokens is not None:
        return "sasl.oauthbearer.client.id and its secret, or sasl.oauthbearer.scope"
    return "sasl.username or sasl.password"


def _of_tls(error: ssl.SSLError, host: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in {_WRONG_HOST, _WRONG_ADDRESS}:
            return f"its certificate is of another name than {host}: name it as the certificate does (--kafka)"
        return f"ssl.ca.location: its certificate is not trusted: {error.verify_message}"
    return f"security.protocol or ssl.certificate.location: {error.reason or one_line(error)}"


async def _of_silence(config: KafkaConfig, host: str, port: int) -> str:
    """It hung up without a word: most often one side speaks TLS and the other does not."""
    speaks_tls = await _speaks_tls(host, port)
    if speaks_tls is None:
        return ""
    if config.has_tls and not speaks_tls:
        return f"security.protocol: it speaks no TLS on this port, {config.protocol} expects it"
    if config.has_tls and config.certificate is None:
        return "it hung up after TLS began: it may want a certificate, ssl.certificate.location"
    if not config.has_tls and speaks_tls:
        return f"security.protocol: it speaks TLS on this port, {config.protocol} does not (--kafka-config)"
    return f"security.protocol: it hung up on {config.protocol}; it may want a password or a certificate"


async def _speaks_tls(host: str, port: int) -> bool | None:
    """Whether the other side begins TLS; None if it says nothing in time. Its certificate is not asked for here."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(_WITHIN_S):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except TimeoutError:
        return None
    except OSError:
        return False
    writer.close()
    return True


# Of OpenSSL, x509_vfy.h: X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH.
_WRONG_HOST, _WRONG_ADDRESS = 62, 64
