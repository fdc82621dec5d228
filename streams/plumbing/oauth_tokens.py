"""Tokens of OAUTHBEARER: fetched from an endpoint, kept until shortly before they end."""

import json
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable

from streams.plumbing import certificates
from streams.plumbing.config_file import ConfigError
from streams.plumbing.kafka_config import TokenEndpoint
from streams.plumbing.tls_config import TlsFiles

_ANSWER_WITHIN_S = 10.0
_HTTPS = 443
_USED_FOR = 0.8  # of its life: it must not end on its way
_LIFE_S = 300.0  # of a token whose endpoint does not say it


class TokenSource:
    """`token` is called by several clients from several threads; one of them fetches."""

    def __init__(
        self, endpoint: TokenEndpoint, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._endpoint = endpoint
        files = TlsFiles(connection="token-endpoint", ca=endpoint.ca)
        certificates.in_use.add(files)
        url = urllib.parse.urlsplit(endpoint.url)
        if url.scheme == "https" and url.hostname:
            certificates.in_use.add_server(
                files.connection, url.hostname, url.port or _HTTPS, files
            )
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._token = ""
        self._until_s = 0.0

    def token(self) -> str:
        """ConfigError, one line, where the endpoint gives none. No message holds a secret."""
        with self._lock:
            if self._monotonic_s() >= self._until_s:
                self._fetch()
            return self._token

    def _fetch(self) -> None:
        asked_s = self._monotonic_s()
        answer = self._answer()
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise self._problem("its answer holds no access_token")
        life = answer.get("expires_in", _LIFE_S)
        if not isinstance(life, (int, float)):
            raise self._problem("its answer holds an expires_in that is no number")
        self._token, self._until_s = token, asked_s + _USED_FOR * life

    def _answer(self) -> dict[str, object]:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._endpoint.client_id,
            "client_secret": self._endpoint.client_secret.text,
        }
        if self._endpoint.scope:
            form["scope"] = self._endpoint.scope
        request = urllib.request.Request(  # noqa: S310  http or https: checked where it was read
            self._endpoint.url, urllib.parse.urlencode(form).encode()
        )
        context = ssl.create_default_context(
            cafile=None if self._endpoint.ca is None else str(self._endpoint.ca)
        )
        try:
            with urllib.request.urlopen(  # noqa: S310
                request, timeout=_ANSWER_WITHIN_S, context=context
            ) as answer:
                found = json.load(answer)
        except urllib.error.HTTPError as error:
            raise self._problem(
                f"answers {error.code}: are sasl.oauthbearer.client.id and its secret right?"
            ) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise self._problem(f"gives no answer: {reason}") from None
        if not isinstance(found, dict):
            raise self._problem("its answer is no JSON object")
        return found

    def _problem(self, what: str) -> ConfigError:
        return ConfigError(f"sasl.oauthbearer.token.endpoint.url: {self._endpoint.url} {what}")
