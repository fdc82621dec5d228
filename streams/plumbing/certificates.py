"""When the certificates that this process uses end: a series, so that people are told days before.

Certificates of the other side are not among them: whoever issued those watches them.
"""

import threading
from pathlib import Path

from streams.plumbing.families import Families
from streams.plumbing.tls_config import TlsFiles


def first_end_s(pem: bytes) -> float | None:
    """When the first of the certificates in the file ends, in seconds since 1970; None where it holds none.

    The first: of a chain each is needed, and of several authorities nobody knows here which one is.
    """
    from cryptography import x509  # 8 MB in every process, and most have no certificate

    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError:
        return None
    return min(each.not_valid_after_utc.timestamp() for each in found)


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

    def add(self, files: TlsFiles) -> None:
        with self._lock:
            for path in (files.ca, files.certificate):
                if path is not None:
                    self._read.setdefault((files.connection, path), (None, None))

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

    def _learn(self, connection: str, path: Path, version: object) -> None:
        try:
            end_s = first_end_s(path.read_bytes())
        except OSError:
            return
        if end_s is not None:  # else it is half written: looked at again
            self._read[connection, path] = version, end_s

    def add_to(self, families: Families) -> None:
        """A sample for each file."""
        for (connection, file), end_s in self.ends_s().items():
            families.add(
                "queuewatch_certificate_expires_timestamp_seconds", end_s, connection, file
            )


in_use = Certificates()
