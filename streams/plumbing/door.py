"""How a server of ours lets in: by TLS, and only who has the password or the token."""

import ssl
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from streams.plumbing.config_file import ConfigError, Settings, Vocabulary
from streams.plumbing.http_config import LOGIN_NAMES, Login, login
from streams.plumbing.renewed_tls import server_context
from streams.plumbing.tls_config import TlsFiles

CERTIFICATE, KEY, CREDENTIALS = "--tls-certificate", "--tls-key", "--credentials-file"
UNAUTHORIZED = "a password or a token is needed\n"
CHALLENGE = {"WWW-Authenticate": 'Basic realm="queuewatch", charset="UTF-8"'}

# A process manager asks for health without a secret; the answer says no more than "well" or why not.
_OPEN_TO_ALL = "/healthz"

_Environ = dict[str, Any]
_WsgiApp = Callable[[_Environ, Callable[..., Any]], Iterable[bytes]]


class Door(Struct, frozen=True, kw_only=True):
    """Open, as it is without options, or not."""

    tls: ssl.SSLContext | None = None
    login: Login | None = None

    @property
    def scheme(self) -> str:
        return "http" if self.tls is None else "https"

    def admits(self, path: str, header: str) -> bool:
        """`header`: the value of `Authorization`, "" where there is none."""
        if self.login is None or path == _OPEN_TO_ALL or path.startswith(f"{_OPEN_TO_ALL}/"):
            return True
        return self.login.admits(header)

    def guarded(self, app: _WsgiApp) -> _WsgiApp:
        """The same application for those who are let in."""

        def guard(environ: _Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
            if self.admits(environ["PATH_INFO"], environ.get("HTTP_AUTHORIZATION", "")):
                return app(environ, start_response)
            start_response("401 Unauthorized", [("Content-Type", "text/plain"), *CHALLENGE.items()])
            return [UNAUTHORIZED.encode()]

        return guard


OPEN = Door()


def door(certificate: Path | None, key: Path | None, credentials: Path | None) -> Door:
    """Of these files; ConfigError names the option."""
    if key is not None and certificate is None:
        raise ConfigError(f"{KEY}: is of no use without {CERTIFICATE}")
    for option, path in ((CERTIFICATE, certificate), (KEY, key)):
        _check(option, path)
    files = TlsFiles(connection="server", certificate=certificate, key=key, said=(CERTIFICATE, KEY))
    return Door(
        tls=None if certificate is None else server_context(files),
        login=None if credentials is None else _login(credentials),
    )


def _check(option: str, path: Path | None) -> None:
    try:
        if path is not None:
            path.open("rb").close()
    except OSError as error:
        raise ConfigError(f"{option}: cannot read {path}: {error.strerror}") from None


def _login(file: Path) -> Login:
    words = Vocabulary(option=CREDENTIALS, prefix="QUEUEWATCH_CREDENTIALS_", names=LOGIN_NAMES)
    found = login(Settings(words, file, {}))
    if found is None:
        raise ConfigError(
            f"{CREDENTIALS}: {file} names neither a basic.username nor a bearer.token"
        )
    return found
