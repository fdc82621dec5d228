"""When the certificates end by which Kafka and the other servers are reached."""

import socket
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from msgspec import Struct

from streams.doctor.check import Check
from streams.doctor.finding import Finding, fail, ok, skipped, warn
from streams.doctor.system import System
from streams.plumbing.kafka_security import in_use

_WITHIN_S = 4.0
_LONGEST_WARNING = timedelta(days=14)
_WARN_SHARE = (
    3  # the last third of its life: one of a day is renewed each day, and is no reason to worry
)
_HTTPS = 443


class Certificate(Struct, frozen=True):
    """`whose`: a file or a server. `problem`: why it could not be read, instead of its times."""

    whose: str
    begins: datetime = datetime.min.replace(tzinfo=UTC)
    ends: datetime = datetime.max.replace(tzinfo=UTC)
    problem: str = ""


class Certificates(Struct, frozen=True):
    now: datetime
    found: tuple[Certificate, ...]


def ask(system: System) -> Certificates:
    found = [each for path in _files(system) for each in _of_file(path)]
    found += [_of_server(host, port) for host, port in _servers(system)]
    return Certificates(datetime.now(UTC), tuple(found))


def _files(system: System) -> list[Path]:
    connections = [in_use().config.tls, system.clickhouse and system.clickhouse.tls]
    connections += [each.tls for each in system.http.values()]
    found = [path for tls in connections if tls for path in (tls.ca, tls.certificate) if path]
    return list(dict.fromkeys(found))


def _servers(system: System) -> Iterable[tuple[str, int]]:
    if system.kafka and in_use().config.tls is not None:
        for address in system.kafka.split(","):
            host, _, port = address.strip().rpartition(":")
            yield host.strip("[]"), int(port) if port.isdecimal() else 0
    for url in (system.alertmanager, system.prometheus, system.board, system.runbooks):
        parts = urlsplit(url)
        if parts.scheme == "https":
            yield parts.hostname or "", parts.port or _HTTPS


def _of_file(path: Path) -> Iterable[Certificate]:
    try:
        for each in x509.load_pem_x509_certificates(path.read_bytes()):
            yield _times(str(path), each)
    except (OSError, ValueError) as error:
        yield Certificate(str(path), problem=str(error))


def _of_server(host: str, port: int) -> Certificate:
    """Whether it is trusted is the business of those who connect; here only its times are read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    whose = f"{host}:{port}"
    try:
        with (
            socket.create_connection((host, port), _WITHIN_S) as raw,
            context.wrap_socket(raw, server_hostname=host) as secured,
        ):
            shown = secured.getpeercert(binary_form=True)
    except (OSError, ValueError) as error:
        return Certificate(whose, problem=str(error))
    if not shown:
        return Certificate(whose, problem="it shows none")
    return _times(whose, x509.load_der_x509_certificate(shown))


def _times(whose: str, certificate: x509.Certificate) -> Certificate:
    return Certificate(whose, certificate.not_valid_before_utc, certificate.not_valid_after_utc)


def judge(system: System, certificates: Certificates) -> Iterable[Finding]:
    if not certificates.found:
        if not system.kafka:
            return [skipped("not asked: see configuration")]
        return [ok("none in use: every connection is open")]
    return [_judged(each, certificates.now) for each in certificates.found]


def _judged(each: Certificate, now: datetime) -> Finding:
    if each.problem:
        return warn(
            f"{each.whose}: not read: {' '.join(each.problem.split())}",
            "see the check of that server",
        )
    if now < each.begins:
        return fail(
            f"{each.whose} is valid only from {each.begins:%Y-%m-%d %H:%M} UTC", "is a clock wrong?"
        )
    said = f"{each.whose} ends on {each.ends:%Y-%m-%d %H:%M} UTC"
    if now >= each.ends:
        return fail(said.replace(" ends on ", " ended on "), "renew it now")
    if each.ends - now < min(_LONGEST_WARNING, (each.ends - each.begins) / _WARN_SHARE):
        return warn(said, "renew it; files are read again without a restart")
    return ok(said)


CHECK = Check(rank=130, ask=ask, judge=judge)
