"""When the certificates end by which Kafka and the other servers are reached."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from schemas.timing import CERTIFICATE_WARNED_MS
from streams.doctor.check import Check
from streams.doctor.finding import Finding, fail, ok, skipped, warn
from streams.doctor.system import System
from streams.plumbing.certificates import validities, validity_shown
from streams.plumbing.kafka_security import in_use, servers
from streams.plumbing.tls_config import TlsFiles

_LONGEST_WARNING = timedelta(milliseconds=CERTIFICATE_WARNED_MS)
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
    found += [_of_server(host, port, files) for host, port, files in _servers(system)]
    return Certificates(datetime.now(UTC), tuple(found))


def _files(system: System) -> list[Path]:
    connections = [in_use().config.tls, system.clickhouse and system.clickhouse.tls]
    connections += [each.tls for each in system.http.values()]
    found = [path for tls in connections if tls for path in (tls.ca, tls.certificate) if path]
    return list(dict.fromkeys(found))


def _servers(system: System) -> Iterable[tuple[str, int, TlsFiles | None]]:
    of_kafka = in_use().config.tls
    if system.kafka and of_kafka is not None:
        for host, port in servers(system.kafka):
            yield host, port, of_kafka
    if system.clickhouse is not None and system.clickhouse.tls is not None:
        yield system.clickhouse.host, system.clickhouse.port, system.clickhouse.tls
    urls = {"alertmanager": system.alertmanager, "prometheus": system.prometheus}
    for name, url in {**urls, "board": system.board, "runbooks": system.runbooks}.items():
        parts = urlsplit(url)
        if parts.scheme == "https":
            config = system.http.get(name)
            yield parts.hostname or "", parts.port or _HTTPS, config.tls if config else None


def _of_file(path: Path) -> Iterable[Certificate]:
    try:
        for each in validities(path.read_bytes()):
            yield Certificate(str(path), *each)
    except (OSError, ValueError) as error:
        yield Certificate(str(path), problem=str(error))


def _of_server(host: str, port: int, files: TlsFiles | None) -> Certificate:
    whose = f"{host}:{port}"
    try:
        return Certificate(whose, *validity_shown(host, port, files))
    except OSError as error:
        return Certificate(whose, problem=str(error))


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
