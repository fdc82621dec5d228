"""Asks a server by HTTP: one GET within a few seconds; an error is one line that repeats no password."""

import base64
import ssl
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from msgspec import Struct

from streams.plumbing.http_config import HttpConfig
from streams.plumbing.renewed_tls import tls_context

_WITHIN_S = 5.0
_LARGEST = 4 << 20


class UnreachedError(Exception):
    """One line: which server, and why nothing came back."""


class Answer(Struct, frozen=True):
    """Also one that is not 200: the server is there."""

    status: int
    body: bytes


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: where it leads is another server's business, perhaps with our password."""

    def redirect_request(self, *_: Any) -> None:
        return None


def bare(url: str) -> str:
    """Without user and password: what may be shown."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    place = f"[{host}]" if ":" in host else host
    return urlunsplit(
        parts._replace(netloc=place if parts.port is None else f"{place}:{parts.port}")
    )


def get(url: str, config: HttpConfig | None = None) -> Answer:
    """UnreachedError if there is no answer within 5 s. `config`: of that server, where it wants TLS or a login."""
    parts = urlsplit(url)
    # The scheme is http or https: the options of the command let nothing else in.
    request = urllib.request.Request(  # noqa: S310
        bare(url), headers={"User-Agent": "queuewatch-doctor"}
    )
    if parts.username:
        known = unquote(f"{parts.username}:{parts.password or ''}").encode()
        request.add_header("Authorization", "Basic " + base64.b64encode(known).decode())
    if config is not None and config.login is not None:
        request.add_header("Authorization", config.login.header())
    tls = None if config is None or config.tls is None else tls_context(config.tls)
    opener = urllib.request.build_opener(
        _NoRedirects, urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls)
    )
    try:
        with opener.open(request, timeout=_WITHIN_S) as answer:
            return Answer(answer.status, answer.read(_LARGEST))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read(_LARGEST))
    except (OSError, ValueError) as error:
        raise UnreachedError(f"{bare(url)} does not answer: {_why(error)}") from None


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {reason.verify_message}"
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return " ".join(str(reason).split()) or type(reason).__name__
