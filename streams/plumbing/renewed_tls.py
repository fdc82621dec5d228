"""TLS whose certificates may be renewed while the process runs.

A certificate of a month is usual where a machine issues them. Clients keep their context for as long as they
live, so a renewed file would be read at the next restart only, which is one outage a month.
"""

import ssl
from pathlib import Path
from typing import Any

from streams.plumbing.kafka_config import KafkaConfig, KafkaConfigError


def tls_context(config: KafkaConfig) -> ssl.SSLContext:
    """A context of a client; KafkaConfigError names the option whose file is not what it must be."""
    context = _RenewedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = config.checks_host_names
    context.verify_mode = ssl.CERT_REQUIRED
    context.follow(config)
    return context


class _RenewedContext(ssl.SSLContext):
    """Reads its files again before a new connection if they have changed. asyncio wraps a `bio`, kafka-python a socket."""

    _config: KafkaConfig
    _seen: tuple[object, ...] = ()

    def follow(self, config: KafkaConfig) -> None:
        self._config = config
        if config.ca is None:
            self.load_default_certs()
        self._load()
        self._seen = self._state()

    def wrap_bio(self, *args: Any, **kwargs: Any) -> Any:
        self._renew()
        return super().wrap_bio(*args, **kwargs)

    def wrap_socket(self, *args: Any, **kwargs: Any) -> Any:
        self._renew()
        return super().wrap_socket(*args, **kwargs)

    def _renew(self) -> None:
        """A file that is half written, or whose key is not there yet, is tried again at the next connection."""
        state = self._state()
        if state == self._seen:
            return
        try:
            self._load()
        except KafkaConfigError:
            return
        self._seen = state

    def _load(self) -> None:
        if self._config.ca is not None:
            try:
                self.load_verify_locations(self._config.ca)
            except ssl.SSLError:
                raise KafkaConfigError(
                    f"ssl.ca.location: {self._config.ca} holds no certificate in PEM"
                ) from None
        if self._config.certificate is not None:
            self._load_certificate(self._config.certificate)

    def _load_certificate(self, certificate: Path) -> None:
        password = self._config.key_password
        try:
            # Without a password OpenSSL would ask for one on the terminal, and wait.
            self.load_cert_chain(
                certificate, self._config.key, lambda: "" if password is None else password.text
            )
        except ssl.SSLError as error:
            name = "ssl.certificate.location" if self._config.key is None else "ssl.key.location"
            raise KafkaConfigError(f"{name}: {self._problem(error)}") from None

    def _problem(self, error: ssl.SSLError) -> str:
        key = self._config.key or self._config.certificate
        if error.reason == "KEY_VALUES_MISMATCH":
            return f"{key} is not the key of {self._config.certificate}"
        # What OpenSSL calls a wrong password differs by the cipher of the key.
        return (
            f"{self._config.certificate} and {key} must hold a certificate and its key in PEM;"
            " if the key has a password, ssl.key.password must be right"
        )

    def _state(self) -> tuple[object, ...]:
        return tuple(map(_state_of, (self._config.ca, self._config.certificate, self._config.key)))


def _state_of(path: Path | None) -> object:
    if path is None:
        return None
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
