"""A server of others that we speak to by HTTP, with whatever it wants: TLS, a certificate, a password, a token.

Here alone are the settings of the client libraries made (aiohttp, urllib).
"""

import ssl
import urllib.error
import urllib.request
from functools import cached_property
from http import HTTPStatus
from http.client import HTTPResponse
from urllib.parse import urlsplit

import aiohttp

from streams.plumbing import certificates
from streams.plumbing.http_config import TOKEN, USER, HttpConfig, words_of
from streams.plumbing.kafka_problems import one_line
from streams.plumbing.renewed_tls import tls_context
from streams.plumbing.tls_config import CERTIFICATE
from streams.plumbing.tls_refusals import Said, of_tls, why_not

_WITHIN_S = 10.0
_NOT_LET_IN = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_DEFAULT_PORTS = {"https": 443, "http": 80}


class HttpPlace:
    """`target` is what its option is called by; `url` has no slash at its end."""

    def __init__(
        self, target: str, url: str, config: HttpConfig | None = None, option: str = ""
    ) -> None:
        """`option` has the address where it is called otherwise. ConfigError where a certificate is none."""
        self.target = target
        self.option = option or f"--{target}"
        self.url = url
        self.config = HttpConfig() if config is None else config
        self._tls = None if self.config.tls is None else tls_context(self.config.tls)
        if self.config.tls is not None:
            certificates.in_use.add_server(target, *_origin(url)[1:], self.config.tls)

    def session(self, timeout: aiohttp.ClientTimeout) -> aiohttp.ClientSession:
        """For requests to `url`; to be closed by whoever asked for it."""
        connector = None if self._tls is None else aiohttp.TCPConnector(ssl=self._tls)
        return aiohttp.ClientSession(
            timeout=timeout, connector=connector, middlewares=(self._with_login,)
        )

    async def _with_login(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """At each request, for a secret of a file may have been renewed; never to another place that it sends us to."""
        if self.config.login is not None and _origin(str(request.url)) == _origin(self.url):
            request.headers["Authorization"] = self.config.login.header()
        return await handler(request)

    def opened(self, request: urllib.request.Request, within_s: float) -> HTTPResponse:
        """The answer to a request below `url`; OSError, of which HTTPError is one."""
        if self.config.login is not None:
            request.add_unredirected_header("Authorization", self.config.login.header())
        answer: HTTPResponse = urllib.request.urlopen(  # noqa: S310 - http or https: `url` was checked
            request, timeout=within_s, context=self._tls
        )
        return answer

    def problem(self, error: BaseException) -> str:
        """Of a request that failed, in one line: what it was, by the option to look at."""
        reason = getattr(error, "certificate_error", None) or getattr(error, "os_error", error)
        if isinstance(reason, ssl.SSLError):
            return of_tls(reason, self._host, self.option, f"{self.option} or {CERTIFICATE}")
        return one_line(error)

    def refusal(self, status: int) -> str:
        """What to look at where it answered so; "" where that is no matter of who we are."""
        if status not in _NOT_LET_IN:
            return ""
        option = words_of(self.target).option
        if self.config.login is None:
            return f"it answers {status}: it wants {USER} or {TOKEN} ({option})"
        named = f"{USER} or its password" if self.config.login.username else TOKEN
        return f"{named}: it answers {status} ({option})"

    def why_refused(self, path: str) -> str:
        """Why it does not let us in, asked by a GET of `path`; "" where it does, or where nothing answers."""
        try:
            self.opened(urllib.request.Request(self.url.rstrip("/") + path), _WITHIN_S).close()  # noqa: S310 - as above
        except urllib.error.HTTPError as error:
            with error:
                # 400: what a server with TLS written in Go says to one without.
                is_answer = error.code != HTTPStatus.BAD_REQUEST
                return self.refusal(error.code) or ("" if is_answer else self.why_no_tls())
        except OSError:
            return self.why_no_tls()
        return ""

    def why_no_tls(self) -> str:
        """What keeps us apart, of certificates and protocols; "" where it is something else."""
        secure = Said(option=self.option, secure="https://", open="http://")
        return why_not(*_origin(self.url)[1:], self.config.tls, secure)

    @cached_property
    def _host(self) -> str:
        return _origin(self.url)[1]


def _origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: who has the password of one must not get that of another."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]
