"""Both client libraries and Faust are given the same."""

import faust.auth
import pytest

from streams.plumbing import certificates, kafka_security
from streams.plumbing.async_tokens import AsyncTokens
from streams.plumbing.certificates import Certificates
from streams.plumbing.config_file import Secret
from streams.plumbing.kafka_config import KafkaConfig, TokenEndpoint
from streams.plumbing.kafka_security import KafkaSecurity
from streams.plumbing.tls_config import TlsFiles
from streams.wiring.faust_app import settings
from streams.wiring.options import StreamOptions

PASSWORD = KafkaConfig(
    protocol="SASL_SSL",
    mechanism="SCRAM-SHA-512",
    username="wall",
    password=Secret("x"),
    tls=TlsFiles(connection="kafka"),
)
TOKENS = KafkaConfig(
    protocol="SASL_SSL",
    mechanism="OAUTHBEARER",
    tokens=TokenEndpoint(url="https://idp.example", client_id="a", client_secret=Secret("b")),
)


@pytest.fixture(autouse=True)
def _back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_security, "_in_use", kafka_security.in_use())


def credentials(config: KafkaConfig) -> faust.auth.Credentials:
    kafka_security.use(KafkaSecurity(config))
    found: faust.auth.Credentials = settings(StreamOptions("h:1"))["broker_credentials"]
    return found


def test_an_open_kafka_needs_nothing() -> None:
    security = KafkaSecurity(KafkaConfig())
    assert (security.for_kafka_python(), security.for_aiokafka()) == ({}, {})
    assert credentials(KafkaConfig()) is None


def test_a_password_reaches_every_client() -> None:
    security = KafkaSecurity(PASSWORD)
    expected = {
        "security_protocol": "SASL_SSL",
        "ssl_context": security.tls,
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "wall",
        "sasl_plain_password": "x",
    }
    assert security.for_kafka_python() == security.for_aiokafka() == expected
    found = credentials(PASSWORD)
    assert isinstance(found, faust.auth.SASLCredentials)
    assert (found.mechanism.value, found.username, found.password) == ("SCRAM-SHA-512", "wall", "x")
    assert found.ssl_context is kafka_security.in_use().tls


def test_a_certificate_reaches_every_client() -> None:
    config = KafkaConfig(protocol="SSL", tls=TlsFiles(connection="kafka"))
    security = KafkaSecurity(config)
    assert security.for_aiokafka() == {"security_protocol": "SSL", "ssl_context": security.tls}
    found = credentials(config)
    assert isinstance(found, faust.auth.SSLCredentials)
    assert found.context is kafka_security.in_use().tls


async def test_tokens_reach_every_client(monkeypatch: pytest.MonkeyPatch) -> None:
    security = KafkaSecurity(TOKENS)
    assert security.tokens is not None
    monkeypatch.setattr(security.tokens, "token", lambda: "token-1")
    assert security.for_kafka_python()["sasl_oauth_token_provider"].token() == "token-1"
    assert await security.for_aiokafka()["sasl_oauth_token_provider"].token() == "token-1"
    found = credentials(TOKENS)
    assert isinstance(found, faust.auth.OAuthCredentials)
    assert isinstance(found.oauth_cb, AsyncTokens)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Certificates:
    made = Certificates()
    monkeypatch.setattr(certificates, "in_use", made)
    return made


def test_the_server_of_tokens_is_asked_when_its_certificate_ends(watched: Certificates) -> None:
    KafkaSecurity(TOKENS)
    assert list(watched._servers) == [("token-endpoint", "idp.example", 443)]


def test_brokers_that_no_address_names_are_asked_too(watched: Certificates) -> None:
    """Else one of three could end its certificate unseen where an address names a balancer alone."""
    kafka_security.use(KafkaSecurity(KafkaConfig(protocol="SSL", tls=TlsFiles(connection="kafka"))))
    kafka_security.watch_certificates("kafka.example:9093")
    kafka_security.watch_brokers([("kafka-1", 9093), ("kafka-2", 9093)])
    assert sorted(host for _, host, _ in watched._servers) == [
        "kafka-1",
        "kafka-2",
        "kafka.example",
    ]


def test_brokers_without_tls_are_not_asked(watched: Certificates) -> None:
    kafka_security.use(KafkaSecurity(KafkaConfig()))
    kafka_security.watch_brokers([("kafka-1", 9092)])
    assert not watched._servers
