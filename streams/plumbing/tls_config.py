"""The files of a connection with TLS, by the names that librdkafka gives them: the same for every connection."""

from pathlib import Path

from msgspec import Struct

from streams.plumbing.config_file import Secret, Settings

CA, CERTIFICATE = "ssl.ca.location", "ssl.certificate.location"
KEY, KEY_PASSWORD = "ssl.key.location", "ssl.key.password"
HOST_NAMES = "ssl.endpoint.identification.algorithm"
TLS_NAMES = (CA, CERTIFICATE, KEY, KEY_PASSWORD, HOST_NAMES)


class TlsFiles(Struct, frozen=True, kw_only=True):
    """PEM files that can be read. `said` names certificate and key in errors, as whoever gave them knows them."""

    connection: str  # of what: a label of the series
    ca: Path | None = None  # None: the authorities of the system
    certificate: Path | None = None
    key: Path | None = None  # None: it stands in the file of the certificate
    key_password: Secret | None = None
    checks_host_names: bool = True
    said: tuple[str, str] = (CERTIFICATE, KEY)


def tls_files(settings: Settings, connection: str) -> TlsFiles:
    """Of a client; ConfigError."""
    values = settings.values
    if KEY in values and CERTIFICATE not in values:
        raise settings.wrong(CERTIFICATE, f"is missing; {KEY} is of no use without it")
    names = values.get(HOST_NAMES, "https")
    if names not in {"https", "none"}:
        raise settings.wrong(HOST_NAMES, f'expected https or none, got "{names}"')
    return TlsFiles(
        connection=connection,
        ca=settings.file(CA),
        certificate=settings.file(CERTIFICATE),
        key=settings.file(KEY),
        key_password=Secret(values[KEY_PASSWORD]) if KEY_PASSWORD in values else None,
        checks_host_names=names == "https",
    )
