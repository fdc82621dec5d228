"""TLS whose certificates may be renewed while the process runs, of clients and of servers.

A certificate of a month is usual where a machine issues them. A context is kept for as long as its client or server
lives, so a renewed file would be read at the next restart only, which is one outage a month.
"""

import contextlib
import ssl
from pathlib import Path
from typing import Any

from streams.plumbing import certificates
from streams.plumbing.config_file import ConfigError
from streams.plumbing.tls_config import CA, CERTIFICATE, KEY, KEY_PASSWORD, TlsFiles


def tls_context(files: TlsFiles) -> ssl.SSLContext:
    """A context of a client; ConfigError names the option whose file is not what it must be."""
    return _followed(_RenewedContext(ssl.PROTOCOL_TLS_CLIENT), files)


def server_context(files: TlsFiles) -> ssl.SSLContext:
    """A context of a server, which asks its clients for no certificate; ConfigError as above."""
    return _followed(_RenewedContext(ssl.PROTOCOL_TLS_SERVER), files)


def _followed(context: "_RenewedContext", files: TlsFiles) -> ssl.SSLContext:
    context.follow(files)
    certificates.in_use.add(files)
    return context


class _RenewedContext(ssl.SSLContext):
    """Makes each connection by a context of its files as they are. asyncio wraps a `bio`, threads a socket.

    A change makes a new context and never adds to the former one: OpenSSL trusts every authority that a context ever
    read, so one that was withdrawn from its file would stay trusted until a restart.
    """

    _files: TlsFiles
    _present: ssl.SSLContext
    _seen: tuple[object, ...] = ()

    def follow(self, files: TlsFiles) -> None:
        self._files = files
        self._seen = self._state()
        self._present = self._made()
        # For client libraries that look at what they were given.
        self.check_hostname = self._present.check_hostname
        self.verify_mode = self._present.verify_mode

    def wrap_bio(self, *args: Any, **kwargs: Any) -> Any:
        return self._renewed().wrap_bio(*args, **kwargs)

    def wrap_socket(self, *args: Any, **kwargs: Any) -> Any:
        return self._renewed().wrap_socket(*args, **kwargs)

    def _renewed(self) -> ssl.SSLContext:
        """A file that is half written, or whose key is not there yet, is tried again at the next connection."""
        state = self._state()
        if state != self._seen:
            with contextlib.suppress(ConfigError):
                self._present, self._seen = self._made(), state
        return self._present

    def _made(self) -> ssl.SSLContext:
        context = ssl.SSLContext(self.protocol)
        if self.protocol == ssl.PROTOCOL_TLS_CLIENT:
            context.check_hostname = self._files.checks_host_names
            context.verify_mode = ssl.CERT_REQUIRED
            if self._files.ca is None:
                context.load_default_certs()
        if self._files.ca is not None:
            try:
                context.load_verify_locations(self._files.ca)
            except (ssl.SSLError, OSError):
                raise ConfigError(f"{CA}: {self._files.ca} holds no certificate in PEM") from None
        if self._files.certificate is not None:
            self._load_certificate(context, self._files.certificate)
        return context

    def _load_certificate(self, context: ssl.SSLContext, certificate: Path) -> None:
        password = self._files.key_password
        try:
            # Without a password OpenSSL would ask for one on the terminal, and wait.
            context.load_cert_chain(
                certificate, self._files.key, lambda: "" if password is None else password.text
            )
        except ssl.SSLError as error:
            name = self._files.said[0 if self._files.key is None else 1]
            raise ConfigError(f"{name}: {self._problem(error)}") from None
        except OSError as error:  # it is being replaced
            raise ConfigError(f"{self._files.said[0]}: {certificate}: {error.strerror}") from None

    def _problem(self, error: ssl.SSLError) -> str:
        files = self._files
        key = files.key or files.certificate
        if error.reason == "KEY_VALUES_MISMATCH":
            return f"{key} is not the key of {files.certificate}"
        # What OpenSSL calls a wrong password differs by the cipher of the key.
        of_client = files.said == (CERTIFICATE, KEY)
        locked = f"if the key has a password, {KEY_PASSWORD} must be right"
        return (
            f"{files.certificate} and {key} must hold a certificate and its key in PEM;"
            f" {locked if of_client else 'the key must have no password'}"
        )

    def _state(self) -> tuple[object, ...]:
        files = (self._files.ca, self._files.certificate, self._files.key)
        return tuple(map(certificates.version_of, files))
