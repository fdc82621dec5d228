"""What of a request decides who asks: its peer, its headers, its cookies. Pure.

Rule 1: what a proxy says is believed from a named proxy only. From anybody else it is a try to be somebody.
Rule 2: a header that stands twice is none: one may be the proxy's and the other one the client's.
"""

from collections.abc import Mapping, Sequence
from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import urlsplit

from msgspec import Struct

from dashboards.access.config import Network, Proxy
from streams.plumbing.ports import is_loopback

BEARER = "Bearer "


class Asking(Struct, frozen=True, kw_only=True):
    """One request. `headers` by lower-case name, each with all its values; `peer` is the address that connected."""

    peer: str
    is_tls: bool
    method: str
    headers: Mapping[str, Sequence[str]]
    cookies: Mapping[str, str]

    def header(self, name: str) -> str:
        """Its value; "" if it is missing or stands twice."""
        values = self.headers.get(name.lower(), ())
        return values[0] if len(values) == 1 else ""

    def has(self, name: str) -> bool:
        return name.lower() in self.headers


class Proxied(Struct, frozen=True, kw_only=True):
    """A request as it was where it reached the first proxy; `by_proxy`: a named proxy passed it on."""

    by_proxy: bool
    address: str
    is_secure: bool
    user: str = ""
    groups: tuple[str, ...] = ()


def is_from(asking: Asking, proxy: Proxy) -> bool:
    """By address, by secret, or by both where the file names both."""
    if proxy.networks and not _is_in(asking.peer, proxy.networks):
        return False
    if proxy.secret is None:
        return True
    given = asking.header(proxy.secret_header).encode("utf-8", "replace")
    return compare_digest(given, proxy.secret)


def proxied(asking: Asking, proxy: Proxy | None) -> Proxied | None:
    """None: it claims to be somebody by a header, and comes from no named proxy, or says so twice."""
    if proxy is None:
        return Proxied(by_proxy=False, address=asking.peer, is_secure=asking.is_tls)
    claims = [name for name in (proxy.user_header, proxy.groups_header) if asking.has(name)]
    if not is_from(asking, proxy):
        if claims:
            return None
        return Proxied(by_proxy=False, address=asking.peer, is_secure=asking.is_tls)
    if any(not asking.header(name) and any(asking.headers[name.lower()]) for name in claims):
        return None
    groups = (part.strip() for part in asking.header(proxy.groups_header).split(","))
    return Proxied(
        by_proxy=True,
        address=_client(asking, proxy),
        is_secure=asking.is_tls or asking.header("X-Forwarded-Proto").lower() == "https",
        user=asking.header(proxy.user_header).strip(),
        groups=tuple(group for group in groups if group),
    )


def bearer(asking: Asking) -> str:
    """The token of a program; "" if there is none."""
    given = asking.header("Authorization")
    return given.removeprefix(BEARER).strip() if given.startswith(BEARER) else ""


def is_same_origin(asking: Asking, address: str) -> bool:
    """Whether a browser says that a page of ours sends this; `address` is the board's, "" if it has none of its own."""
    origin = asking.header("Origin")
    if not origin:
        return asking.header("Sec-Fetch-Site") == "same-origin"
    place = _place(origin)
    return bool(place) and (
        origin.lower() == _origin_of(address) or place == asking.header("Host").lower()
    )


def is_cross_site(asking: Asking, address: str) -> bool:
    """Whether a browser says that a foreign page sends this; a request that says nothing is none."""
    if asking.header("Sec-Fetch-Site") == "cross-site":
        return True
    origin = asking.header("Origin")
    return origin not in {"", "null"} and not is_same_origin(asking, address)


def is_plain_and_far(seen: Proxied) -> bool:
    """Whether a secret in it could be read on its way."""
    return not seen.is_secure and not is_loopback(seen.address)


def local_path(text: str) -> str:
    """Where to go after a log-in: a path of ours, else "/". Browsers read a backslash as `/`, and `//host` as a host."""
    printable = text.isprintable() and "\\" not in text
    return text if printable and text.startswith("/") and not text.startswith("//") else "/"


def _client(asking: Asking, proxy: Proxy) -> str:
    """The last address that no named proxy has: what stands before it anybody can have written."""
    hops = [part.strip() for part in ",".join(asking.headers.get("x-forwarded-for", ())).split(",")]
    for hop in reversed([each for each in hops if each]):
        try:
            ip_address(hop)
        except ValueError:
            break
        if not _is_in(hop, proxy.networks):
            return hop
    return asking.peer


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    try:
        given = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(given, "ipv4_mapped", None)
    return any((mapped or given) in network for network in networks)


def _place(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""
