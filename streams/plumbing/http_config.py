"""How a server of others is spoken to by HTTP: certificates, and who we are there. One form for all of them.

The file of an option such as `--alertmanager-config`, or the environment (`QUEUEWATCH_ALERTMANAGER_…`): see
config_file. Whether TLS is spoken says the address, by https://.
"""

import base64
import hmac
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from streams.plumbing.config_file import Secret, Settings, Vocabulary
from streams.plumbing.tls_config import TLS_NAMES, TlsFiles, tls_files

USER = "basic.username"
PASSWORD, PASSWORD_FILE = "basic.password", "basic.password.file"
TOKEN, TOKEN_FILE = "bearer.token", "bearer.token.file"
LOGIN_NAMES = (USER, PASSWORD, PASSWORD_FILE, TOKEN, TOKEN_FILE)
_SECURE = "https://"
# Each has an option `--TARGET-config`.
TARGETS = ("alertmanager", "prometheus", "deliver", "grafana", "heartbeat", "notify")


class Login(Struct, frozen=True, kw_only=True):
    """Basic where there is a user, else bearer (RFC 7617, RFC 6750)."""

    username: str = ""
    secret: Secret

    def header(self) -> str:
        """The value of `Authorization`."""
        if not self.username:
            return f"Bearer {self.secret.text}"
        pair = f"{self.username}:{self.secret.text}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"

    def admits(self, header: str) -> bool:
        """Whether this value of `Authorization` is right; how long that takes says nothing of the secret."""
        kind, _, given = header.partition(" ")
        expected, _, right = self.header().partition(" ")
        same = hmac.compare_digest(given.strip().encode(errors="replace"), right.encode())
        return same and kind.lower() == expected.lower()


class HttpConfig(Struct, frozen=True, kw_only=True):
    tls: TlsFiles | None = None  # None: the address begins with http://
    login: Login | None = None


def words_of(target: str) -> Vocabulary:
    """`target` is what the option is called by: one of TARGETS."""
    return Vocabulary(
        option=f"--{target}-config",
        prefix=f"QUEUEWATCH_{target.upper()}_",
        names=(*TLS_NAMES, *LOGIN_NAMES),
    )


def read_http_config(
    target: str, url: str, file: Path | None, environment: Mapping[str, str]
) -> HttpConfig:
    """For the server at `url`; ConfigError in one line."""
    settings = Settings(words_of(target), file, environment)
    if not url.startswith(_SECURE):
        for name in settings.values:
            if name in TLS_NAMES:
                raise settings.wrong(
                    name, f"has no effect on an address of http://: write {_SECURE}…"
                )
        return HttpConfig(login=login(settings))
    return HttpConfig(tls=tls_files(settings, target), login=login(settings))


def login(settings: Settings) -> Login | None:
    """None where nothing is said of it; ConfigError."""
    values = settings.values
    for name in (PASSWORD, PASSWORD_FILE):
        if name in values and not values.get(USER):
            raise settings.wrong(USER, f"is missing; {name} is of no use without it")
    is_basic, is_bearer = bool(values.get(USER)), TOKEN in values or TOKEN_FILE in values
    if is_basic and is_bearer:
        raise settings.wrong(USER, "stands beside a bearer.token: only one of them can be sent")
    if is_basic:
        return Login(username=values[USER], secret=settings.secret(PASSWORD, PASSWORD_FILE))
    return Login(secret=settings.secret(TOKEN, TOKEN_FILE)) if is_bearer else None
