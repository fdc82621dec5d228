"""Reads access.toml: where people come from, and what their groups may. Every mistake is one line that says where."""

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from dashboards.access.register import LONGEST_SESSION_MS
from dashboards.access.rights import Grant
from schemas.millis import HOUR
from schemas.roles import Role
from schemas.toml_reading import ConfigurationError, Duration, convert, nth, read_toml
from streams.plumbing.key_file import KeyFileError, read_key

Network = IPv4Network | IPv6Network
_TABLES = ("board", "sessions", "proxy", "oidc", "groups")


class AccessError(Exception):
    """One line: the file, the place in it, what is wrong."""


class _BoardTable(Struct, forbid_unknown_fields=True):
    address: str


class _SessionsTable(Struct, forbid_unknown_fields=True):
    key_files: list[str]
    register: str
    last: Duration = Duration(12 * HOUR)
    plain_http: bool = False


class _ProxyTable(Struct, forbid_unknown_fields=True):
    addresses: list[str] = []
    secret_file: str = ""
    secret_header: str = "X-Queuewatch-Proxy"  # noqa: S105 - the name of a header
    user_header: str = "X-Forwarded-User"
    groups_header: str = "X-Forwarded-Groups"


class _OidcTable(Struct, forbid_unknown_fields=True):
    issuer: str
    client_id: str
    client_secret_file: str = ""
    scopes: tuple[str, ...] = ("openid", "profile")
    groups_claim: str = "groups"
    name_claim: str = "preferred_username"
    button: str = ""
    ca_file: str = ""
    plain_http: bool = False


class _GroupTable(Struct, forbid_unknown_fields=True):
    group: str
    role: Role
    departments: list[str] | None = None


class Group(Struct, frozen=True):
    """What the members of a group of the organisation may."""

    group: str
    grant: Grant


class Proxy(Struct, frozen=True, kw_only=True):
    """A proxy is known by its address, by its secret, or by both where both are given.

    `user_header` "": it only brings TLS, and names nobody.
    """

    networks: tuple[Network, ...]
    secret: bytes | None
    secret_header: str
    user_header: str
    groups_header: str


class Oidc(Struct, frozen=True, kw_only=True):
    issuer: str
    client_id: str
    client_secret: str
    scopes: tuple[str, ...]
    groups_claim: str
    name_claim: str
    button: str
    ca: Path | None


class Access(Struct, frozen=True, kw_only=True):
    """The whole file, checked. `address` is the board's as people type it, without a slash at its end.

    `secret_files`: all files with a secret that it names.
    """

    address: str
    keys: tuple[bytes, ...]
    register: Path
    lasts_ms: int
    plain_http: bool
    proxy: Proxy | None
    oidc: Oidc | None
    groups: tuple[Group, ...]
    secret_files: tuple[Path, ...] = ()

    def grants_of(self, groups: list[str]) -> tuple[Grant, ...]:
        return tuple(each.grant for each in self.groups if each.group in groups)


def read_access(file: Path) -> Access:
    """AccessError in one line."""
    try:
        return _checked(read_toml(file.read_text(encoding="utf-8")), file.parent)
    except OSError as error:
        raise AccessError(f"--access: cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise AccessError(f"--access: {file} is no text in UTF-8") from None
    except (ConfigurationError, KeyFileError) as error:
        raise AccessError(f"{file}: {error}") from None


def _checked(raw: Mapping[str, Any], folder: Path) -> Access:
    for name in raw:
        if name not in _TABLES:
            raise ConfigurationError(name, f"unknown table ({', '.join(_TABLES)})")
    for name in ("board", "sessions"):
        if name not in raw:
            raise ConfigurationError(name, f"the table [{name}] is missing")
    address = _address("board.address", convert("board", raw["board"], _BoardTable).address)
    sessions = convert("sessions", raw["sessions"], _SessionsTable)
    if not sessions.key_files:
        raise ConfigurationError("sessions.key_files", "name at least one file")
    if not 0 < sessions.last <= LONGEST_SESSION_MS:
        raise ConfigurationError("sessions.last", "at most 31 days")
    groups = _groups(raw.get("groups", []))
    proxy = _proxy(raw["proxy"], folder) if "proxy" in raw else None
    if ((proxy and proxy.user_header) or "oidc" in raw) and not groups:
        raise ConfigurationError("groups", "without any [[groups]] nobody would have a role")
    return Access(
        address=address,
        keys=tuple(
            _key(nth("sessions.key_files", number), folder / each)
            for number, each in enumerate(sessions.key_files)
        ),
        register=folder / sessions.register,
        lasts_ms=int(sessions.last),
        plain_http=sessions.plain_http,
        proxy=proxy,
        oidc=_oidc(raw["oidc"], folder) if "oidc" in raw else None,
        groups=groups,
        secret_files=(
            *(folder / each for each in sessions.key_files),
            *(
                folder / raw[table][name]
                for table, name in (("proxy", "secret_file"), ("oidc", "client_secret_file"))
                if raw.get(table, {}).get(name)
            ),
        ),
    )


def _groups(value: Any) -> tuple[Group, ...]:
    if not isinstance(value, list):
        raise ConfigurationError("groups", "expected tables such as [[groups]]")
    groups = []
    for number, each in enumerate(value):
        table = convert(nth("groups", number), each, _GroupTable)
        if table.departments == []:
            raise ConfigurationError(
                f"{nth('groups', number)}.departments", "name a department, or leave it out for all"
            )
        departments = None if table.departments is None else frozenset(table.departments)
        groups.append(Group(table.group, Grant(table.role, departments)))
    return tuple(groups)


def _proxy(value: Any, folder: Path) -> Proxy:
    table = convert("proxy", value, _ProxyTable)
    if not table.addresses and not table.secret_file:
        raise ConfigurationError("proxy", "name its addresses, a secret_file, or both")
    networks = []
    for number, each in enumerate(table.addresses):
        try:
            networks.append(ip_network(each))
        except ValueError as error:
            raise ConfigurationError(nth("proxy.addresses", number), str(error)) from None
    return Proxy(
        networks=tuple(networks),
        secret=_key("proxy.secret_file", folder / table.secret_file) if table.secret_file else None,
        secret_header=table.secret_header,
        user_header=table.user_header,
        groups_header=table.groups_header,
    )


def _oidc(value: Any, folder: Path) -> Oidc:
    table = convert("oidc", value, _OidcTable)
    issuer = _address("oidc.issuer", table.issuer, keep_slash=True)
    if issuer.startswith("http://") and not table.plain_http:
        raise ConfigurationError(
            "oidc.issuer",
            "log-ins would go in clear: write https://, or plain_http = true for a trial",
        )
    ca = folder / table.ca_file if table.ca_file else None
    if ca is not None and not ca.is_file():
        raise ConfigurationError("oidc.ca_file", f"there is no file {ca}")
    secret = ""
    if table.client_secret_file:
        path = folder / table.client_secret_file
        secret = _key("oidc.client_secret_file", path, shortest=1).decode("utf-8", "replace")
    return Oidc(
        issuer=issuer,
        client_id=table.client_id,
        client_secret=secret,
        scopes=table.scopes,
        groups_claim=table.groups_claim,
        name_claim=table.name_claim,
        button=table.button,
        ca=ca,
    )


def _address(path: str, text: str, *, keep_slash: bool = False) -> str:
    try:
        parts = urlsplit(text)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, brackets that do not close
        is_one = False
    if not is_one or "?" in text or "#" in text:
        raise ConfigurationError(path, f'expected https://HOST, got "{text}"')
    return text if keep_slash else text.rstrip("/")


def _key(place: str, path: Path, shortest: int | None = None) -> bytes:
    try:
        if shortest is None:
            return read_key(path, "the key")
        secret = path.read_bytes().strip()
    except OSError as error:
        raise ConfigurationError(place, f"cannot read {path}: {error.strerror}") from None
    except KeyFileError as error:
        raise ConfigurationError(place, str(error)) from None
    if len(secret) < shortest:
        raise ConfigurationError(place, f"{path} is empty")
    return secret
