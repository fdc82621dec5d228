"""When certificates end: those that this process uses, and those that the servers show which it reaches by TLS.

A series tells people days before. What a server shows is asked by a handshake of its own once an hour: a connection that
stays open for weeks was made with a certificate that may be renewed since.
"""

import threading
import time
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from streams.plumbing import tls_probe
from streams.plumbing.families import Families
from streams.plumbing.tls_config import TlsFiles

ASKED_EVERY_S = 3600.0


class Validity(NamedTuple):
    begins: datetime
    ends: datetime


def validities(pem: bytes) -> list[Validity]:
    """Of each certificate of a file, in order; ValueError where it holds none."""
    from cryptography import x509  # 8 MB in every process, and most have no certificate

    found = x509.load_pem_x509_certificates(pem)
    return [Validity(each.not_valid_before_utc, each.not_valid_after_utc) for each in found]


def validity_shown(host: str, port: int, files: TlsFiles | None = None) -> Validity:
    """Of what a server shows; OSError where it shows nothing that can be read."""
    from cryptography import x509  # as above

    shown = tls_probe.shown(host, port, files)
    try:
        found = x509.load_der_x509_certificate(shown)
    except ValueError:
        raise OSError("it shows no certificate that can be read") from None
    return Validity(found.not_valid_before_utc, found.not_valid_after_utc)


def first_end_s(pem: bytes) -> float | None:
    """When the first of the certificates in the file ends, in seconds since 1970; None where it holds none.

    The first: of a chain each is needed, and of several authorities nobody knows here which one is.
    """
    try:
        return min(each.ends.timestamp() for each in validities(pem))
    except ValueError:
        return None


def version_of(path: Path | None) -> object:
    """Differs whenever the file was changed or replaced; None where there is none."""
    if path is None:
        return None
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


class Certificates:
    """Filled as connections are made, by any thread; read at each scrape, so that a renewed file shows at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: dict[tuple[str, Path], tuple[object, float | None]] = {}
        self._servers: dict[tuple[str, str, int], TlsFiles | None] = {}
        self._shown: dict[tuple[str, str, int], float] = {}
        self._asked_at_s: float | None = None

    def add(self, files: TlsFiles) -> None:
        with self._lock:
            for path in (files.ca, files.certificate):
                if path is not None:
                    self._read.setdefault((files.connection, path), (None, None))

    def add_server(
        self, connection: str, host: str, port: int, files: TlsFiles | None = None
    ) -> None:
        """One that is reached by TLS; `files` are ours for it."""
        with self._lock:
            if (connection, host, port) not in self._servers:
                self._servers[connection, host, port] = files
                self._asked_at_s = None

    def ends_s(self) -> dict[tuple[str, str], float]:
        """By connection and file. A file that cannot be read now has the end that it had."""
        with self._lock:
            for (connection, path), (version, _) in list(self._read.items()):
                if (now := version_of(path)) is not None and now != version:
                    self._learn(connection, path, now)
            return {
                (connection, str(path)): end_s
                for (connection, path), (_, end_s) in self._read.items()
                if end_s is not None
            }

    def servers_end_s(self) -> dict[tuple[str, str], float]:
        """By connection and `host:port`, as of the last time that each answered. Asks again where that is due, meanwhile."""
        with self._lock:
            now_s = time.monotonic()
            is_due = self._asked_at_s is None or now_s - self._asked_at_s >= ASKED_EVERY_S
            if self._servers and is_due:
                self._asked_at_s = now_s
                threading.Thread(target=self.ask, name="certificates", daemon=True).start()
            return {
                (connection, f"{host}:{port}"): end_s
                for (connection, host, port), end_s in self._shown.items()
            }

    def ask(self) -> None:
        """Ask every server. One that does not answer keeps the end that it had: other series tell of an outage."""
        with self._lock:
            servers = list(self._servers.items())
        for (connection, host, port), files in servers:
            try:
                end_s = validity_shown(host, port, files).ends.timestamp()
            except OSError:
                continue
            with self._lock:
                self._shown[connection, host, port] = end_s

    def _learn(self, connection: str, path: Path, version: object) -> None:
        try:
            end_s = first_end_s(path.read_bytes())
        except OSError:
            return
        if end_s is not None:  # else it is half written: looked at again
            self._read[connection, path] = version, end_s

    def add_to(self, families: Families) -> None:
        """A sample for each file and each server."""
        name = "queuewatch_certificate_expires_timestamp_seconds"
        for (connection, file), end_s in self.ends_s().items():
            families.add(name, end_s, connection, file, "")
        for (connection, server), end_s in self.servers_end_s().items():
            families.add(name, end_s, connection, "", server)


in_use = Certificates()
