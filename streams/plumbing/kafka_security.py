"""What every client of Kafka in this process is given beside its own settings.

A process speaks to one Kafka. How it does so is a setting of the process, as where it logs is: the command
says it once (`use`), and the dozen places that make a client ask for it. Handing it through every function
that only passes on an address would put a second argument beside each of them.
"""

import ssl
from collections.abc import Iterable
from typing import Any

from streams.plumbing import certificates
from streams.plumbing.kafka_config import KafkaConfig
from streams.plumbing.oauth_tokens import TokenSource
from streams.plumbing.renewed_tls import tls_context


class KafkaSecurity:
    """Settings by the names of both client libraries; empty for an open Kafka."""

    def __init__(self, config: KafkaConfig) -> None:
        """ConfigError where a file does not hold what it must."""
        self.config = config
        self.tls: ssl.SSLContext | None = None if config.tls is None else tls_context(config.tls)
        self.tokens = None if config.tokens is None else TokenSource(config.tokens)

    def for_kafka_python(self) -> dict[str, Any]:
        if self.tokens is None:
            return self._common(None)
        from streams.plumbing.waiting_tokens import (
            WaitingTokens,  # 9 MB where aiokafka alone is in use
        )

        return self._common(WaitingTokens(self.tokens))

    def for_aiokafka(self) -> dict[str, Any]:
        if self.tokens is None:
            return self._common(None)
        from streams.plumbing.async_tokens import AsyncTokens  # 4 MB where aiokafka is not in use

        return self._common(AsyncTokens(self.tokens))

    def _common(self, provider: Any) -> dict[str, Any]:
        if self.config.is_open:
            return {}
        given: dict[str, Any] = {"security_protocol": self.config.protocol, "ssl_context": self.tls}
        if self.config.has_sasl:
            given["sasl_mechanism"] = self.config.mechanism
        if self.config.password is not None:
            given["sasl_plain_username"] = self.config.username
            given["sasl_plain_password"] = self.config.password.text
        if provider is not None:
            given["sasl_oauth_token_provider"] = provider
        return given


_in_use = KafkaSecurity(KafkaConfig())


def use(security: KafkaSecurity) -> None:
    """Clients that are made from now on get these settings."""
    global _in_use  # noqa: PLW0603  see the top of the module
    _in_use = security


def servers(address: str) -> list[tuple[str, int]]:
    """Host and port of each of `host:port,host:port`; port 0 of one that has none."""
    found = []
    for each in address.split(","):
        host, _, port = each.strip().rpartition(":")
        found.append((host.strip("[]"), int(port) if port.isdecimal() else 0))
    return found


def watch_certificates(address: str) -> None:
    """See when the certificates end that the brokers of `address` show."""
    watch_brokers(servers(address))


def watch_brokers(found: Iterable[tuple[str, int]]) -> None:
    """The same of brokers by host and port: clients speak to all that the metadata list, which `address` need not name."""
    files = _in_use.config.tls
    if files is not None:
        for host, port in found:
            certificates.in_use.add_server("kafka", host, port, files)


def in_use() -> KafkaSecurity:
    return _in_use
