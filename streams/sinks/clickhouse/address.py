"""Where a ClickHouse server is, and how it is spoken to: an address, and what a file or the environment says beside it."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from streams.plumbing import certificates
from streams.plumbing.config_file import Settings, Vocabulary
from streams.plumbing.renewed_tls import tls_context
from streams.plumbing.tls_config import TLS_NAMES, TlsFiles, tls_files

OPEN, SECURE = "clickhouse://", "clickhouses://"
_PORTS = {OPEN: 9000, SECURE: 9440}
PASSWORD, _PASSWORD_FILE = "password", "password.file"
CONFIG = "--clickhouse-config"
WORDS = Vocabulary(
    option=CONFIG,
    prefix="QUEUEWATCH_CLICKHOUSE_",
    names=(PASSWORD, _PASSWORD_FILE, *TLS_NAMES),
)


class ServerAddress(Struct, frozen=True):
    host: str
    port: int
    user: str
    password: str
    database: str
    tls: TlsFiles | None = None

    def __repr__(self) -> str:  # a logged address must not contain the password
        scheme = OPEN if self.tls is None else SECURE
        return f"{scheme}{self.user}@{self.host}:{self.port}/{self.database}"


def server_address(
    url: str, file: Path | None = None, environment: Mapping[str, str] | None = None
) -> ServerAddress:
    """`clickhouse://user:password@host:9000/database`, or `clickhouses://` with TLS (port 9440).

    ValueError says what is wrong with it, ConfigError what is with the rest.
    """
    scheme = SECURE if url.startswith(SECURE) else OPEN
    parts = urlsplit(url)
    database = parts.path.strip("/")
    if not url.startswith(scheme) or not parts.hostname or not database.isidentifier():
        raise ValueError(
            'expected "clickhouse://user@host:9000/database", with TLS "clickhouses://…:9440/…"'
        )
    settings = Settings(WORDS, file, environment or {})
    port, files = parts.port or _PORTS[scheme], _tls(settings, is_secure=scheme == SECURE)
    if files is not None:
        certificates.in_use.add_server("clickhouse", parts.hostname, port, files)
    return ServerAddress(
        parts.hostname,
        port,
        unquote(parts.username or "default"),
        _password(unquote(parts.password or ""), settings),
        database,
        files,
    )


def _password(in_url: str, settings: Settings) -> str:
    if PASSWORD not in settings.values and _PASSWORD_FILE not in settings.values:
        return in_url
    if in_url:
        raise settings.wrong(PASSWORD, "stands beside a password in --clickhouse")
    return settings.secret(PASSWORD, _PASSWORD_FILE).text


def _tls(settings: Settings, *, is_secure: bool) -> TlsFiles | None:
    for name in settings.values:
        if name in TLS_NAMES and not is_secure:
            raise settings.wrong(name, f"has no effect on {OPEN}…: write {SECURE}… (--clickhouse)")
    if not is_secure:
        return None
    files = tls_files(settings, "clickhouse")
    # A file that is none is said now, by its name: the library would only not connect.
    tls_context(files)
    return files
