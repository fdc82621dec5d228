"""Publishes boards to an existing Grafana, through its HTTP API. Publishing twice changes nothing."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import requests
from grafana_api.grafana_api import GrafanaClientError, GrafanaException, GrafanaUnauthorizedError
from grafana_api.grafana_face import GrafanaFace
from msgspec import Struct
from requests.adapters import HTTPAdapter

from dashboards.grafana.sources import CLICKHOUSE_UID, PROMETHEUS_UID
from streams.plumbing.http_config import HttpConfig
from streams.plumbing.http_place import HttpPlace
from streams.plumbing.renewed_tls import tls_context
from streams.plumbing.tls_config import TlsFiles

FOLDER_UID = "queuewatch"
FOLDER_TITLE = "queuewatch"
TIMEOUT_S = 15.0
_NOT_FOUND, _FORBIDDEN, _CONFLICT = 404, 403, 412


class PublishError(Exception):
    """The message is one line: what Grafana refused, where, and what to do."""


class Destination(Struct, frozen=True):
    """A Grafana: its URL, the folder for the boards, and the uids of its two data sources."""

    url: str
    folder_uid: str = FOLDER_UID
    prometheus_uid: str = PROMETHEUS_UID
    clickhouse_uid: str = CLICKHOUSE_UID


def publish(
    to: Destination, token: str, documents: Iterable[dict[str, Any]], where: HttpPlace | None = None
) -> list[str]:
    """Publish the boards; return their addresses. PublishError at the first refusal.

    `where` is the same place with its certificates and its login, which stands for the token.
    """
    http = HttpConfig() if where is None else where.config
    grafana = _client(to.url, token, http)
    try:
        _make_folder(grafana, to.folder_uid)
        return [_publish_one(grafana, to, document) for document in documents]
    except GrafanaUnauthorizedError:
        whom = "user or password" if http.login and http.login.username else "token"
        raise PublishError(f"Grafana at {to.url} does not accept the {whom}") from None
    except GrafanaException as error:
        raise PublishError(f"Grafana at {to.url}: {_why(error)}") from None
    except (requests.RequestException, ValueError) as error:
        if where is not None and (why := where.why_no_tls()):
            raise PublishError(f"Grafana at {to.url} refuses: {why}") from None
        raise PublishError(f"no Grafana answers at {to.url}: {_why_no_answer(error)}") from None


def _client(url: str, token: str, http: HttpConfig) -> GrafanaFace:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise PublishError(f'expected the address as https://HOST[:PORT][/PATH], got "{url}"')
    path = parts.path.strip("/")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    grafana = GrafanaFace(
        _login(token, http),
        host=host,
        port=parts.port,
        url_path_prefix=f"{path}/" if path else "",
        protocol=parts.scheme,
        timeout=TIMEOUT_S,
    )
    if http.tls is not None:
        grafana.api.verify = str(http.tls.ca) if http.tls.ca else True
        grafana.api.s.mount("https://", _Tls(http.tls))
    return grafana


def _login(token: str, http: HttpConfig) -> str | tuple[str, str]:
    """As the library wants it: a token, or user and password."""
    if http.login is None:
        return token
    secret = http.login.secret.text
    return (http.login.username, secret) if http.login.username else secret


class _Tls(HTTPAdapter):
    """`requests` alone can give a certificate of ours, but no key with a password, and compares every host name."""

    def __init__(self, files: TlsFiles) -> None:
        self._context = tls_context(files)
        self._names: dict[str, Any] = {} if files.checks_host_names else {"assert_hostname": False}
        super().__init__()

    def init_poolmanager(self, *args: Any, **others: Any) -> None:
        others |= self._names | {"ssl_context": self._context}
        super().init_poolmanager(*args, **others)


def _make_folder(grafana: GrafanaFace, uid: str) -> None:
    try:
        grafana.folder.get_folder(uid)
    except GrafanaClientError as error:
        if error.status_code != _NOT_FOUND:
            raise
        grafana.folder.create_folder(FOLDER_TITLE, uid)


def _publish_one(grafana: GrafanaFace, to: Destination, document: dict[str, Any]) -> str:
    uids = {PROMETHEUS_UID: to.prometheus_uid, CLICKHOUSE_UID: to.clickhouse_uid}
    answer = grafana.dashboard.update_dashboard(
        {
            "dashboard": {**_with_sources(document, uids), "id": None},
            "folderUid": to.folder_uid,
            "overwrite": True,
            "message": "queuewatch dashboards publish",
        }
    )
    return str(answer.get("url", ""))


def _with_sources(node: Any, uids: dict[str, str]) -> Any:
    """The document with the uids of that Grafana's data sources in place of ours."""
    if isinstance(node, dict):
        changed = {key: _with_sources(value, uids) for key, value in node.items()}
        source = changed.get("datasource")
        if isinstance(source, dict) and source.get("uid") in uids:
            changed["datasource"] = {**source, "uid": uids[source["uid"]]}
        return changed
    if isinstance(node, list):
        return [_with_sources(item, uids) for item in node]
    return node


def _why_no_answer(error: Exception) -> str:
    """Short words for the error: the library's own message is a paragraph about retries."""
    if isinstance(error, requests.Timeout):
        return f"nothing within {TIMEOUT_S:g} s"
    if isinstance(error, requests.ConnectionError):
        return "no connection: is the address right, and is it running?"
    return "what answers there is not Grafana's API: is the path right?"


def _why(error: GrafanaException) -> str:
    line = " ".join(str(error.message).split())[:200]
    if error.status_code == _FORBIDDEN:
        return f"{line} (the token may not write there: it needs the role Editor)"
    if error.status_code == _CONFLICT:
        return f"{line} (a board of that name or uid stands elsewhere: remove it first)"
    return line
