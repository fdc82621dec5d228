"""Who sends a request, and what is believed of what it says."""

from ipaddress import ip_network

import pytest
from msgspec.structs import replace

from dashboards.access.asking import (
    Asking,
    bearer,
    is_cross_site,
    is_from,
    is_plain_and_far,
    is_same_origin,
    local_path,
    proxied,
)
from dashboards.access.config import Proxy

WALL = "https://wall.example.org"
BY_ADDRESS = Proxy(
    networks=(ip_network("10.0.0.0/8"), ip_network("fd00::/8")),
    secret=None,
    secret_header="X-Secret",
    user_header="X-User",
    groups_header="X-Groups",
)
BY_SECRET = replace(BY_ADDRESS, networks=(), secret=b"a secret of 16 bytes")
BY_BOTH = replace(BY_SECRET, networks=BY_ADDRESS.networks)


def asking(peer: str = "10.0.0.1", **headers: str | list[str]) -> Asking:
    return Asking(
        peer=peer,
        is_tls=False,
        method="POST",
        headers={
            name.lower().replace("_", "-"): [value] if isinstance(value, str) else value
            for name, value in headers.items()
        },
        cookies={},
    )


@pytest.mark.parametrize(
    ("proxy", "peer", "secret", "is_it"),
    [
        (BY_ADDRESS, "10.1.2.3", "", True),
        (BY_ADDRESS, "::ffff:10.1.2.3", "", True),
        (BY_ADDRESS, "fd00::1%eth0", "", True),
        (BY_ADDRESS, "11.0.0.1", "", False),
        (BY_ADDRESS, "", "", False),
        (BY_SECRET, "11.0.0.1", "a secret of 16 bytes", True),
        (BY_SECRET, "10.0.0.1", "", False),
        (BY_BOTH, "10.0.0.1", "wrong", False),
        (BY_BOTH, "11.0.0.1", "a secret of 16 bytes", False),
        (BY_BOTH, "10.0.0.1", "a secret of 16 bytes", True),
    ],
)
def test_which_proxy_is_ours(proxy: Proxy, peer: str, secret: str, is_it: bool) -> None:
    assert is_from(asking(peer, X_Secret=secret), proxy) is is_it


def test_what_stands_twice_is_not_believed() -> None:
    assert not is_from(asking(X_Secret=["a secret of 16 bytes", "x"]), BY_SECRET)
    assert proxied(asking(X_User=["ann", "root"]), BY_ADDRESS) is None
    assert proxied(asking(X_User="ann", X_Groups=["a", "b"]), BY_ADDRESS) is None
    assert bearer(asking(Authorization=["Bearer a", "Bearer b"])) == ""


def test_a_claim_from_elsewhere_is_refused_and_one_that_claims_nothing_is_not() -> None:
    assert proxied(asking("11.0.0.1", X_User="ann"), BY_ADDRESS) is None
    assert proxied(asking("11.0.0.1", X_Groups="it"), BY_ADDRESS) is None
    seen = proxied(
        asking("11.0.0.1", X_Forwarded_For="1.2.3.4", X_Forwarded_Proto="https"), BY_ADDRESS
    )
    assert seen is not None
    assert (seen.by_proxy, seen.address, seen.is_secure, seen.user) == (
        False,
        "11.0.0.1",
        False,
        "",
    )


@pytest.mark.parametrize(
    ("hops", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7", "203.0.113.7"),  # the client wrote the first itself
        ("203.0.113.7, 10.9.9.9", "203.0.113.7"),
        ("1.1.1.1, <script>", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_the_address_is_the_last_that_no_proxy_of_ours_has(hops: str, address: str) -> None:
    seen = proxied(asking(X_Forwarded_For=hops), BY_ADDRESS)
    assert seen is not None
    assert seen.address == address


def test_what_our_proxy_says() -> None:
    seen = proxied(
        asking(X_User=" ann ", X_Groups="it, water,,", X_Forwarded_Proto="HTTPS"), BY_ADDRESS
    )
    assert seen is not None
    assert (seen.user, seen.groups, seen.is_secure) == ("ann", ("it", "water"), True)
    only_tls = replace(BY_ADDRESS, user_header="", groups_header="")
    seen = proxied(asking(X_User="ann", X_Forwarded_Proto="https"), only_tls)
    assert seen is not None
    assert (seen.user, seen.is_secure) == ("", True)


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"Origin": WALL}, True),
        ({"Origin": "http://127.0.0.1:8080", "Host": "127.0.0.1:8080"}, True),
        ({"Origin": "http://127.0.0.1:3000", "Host": "127.0.0.1:8080"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": f"{WALL}.evil.example.com"}, False),
        ({"Origin": "http://[::", "Host": ""}, False),
        ({"Sec_Fetch_Site": "same-origin"}, True),
        ({"Sec_Fetch_Site": "same-site"}, False),
        ({}, False),
    ],
)
def test_which_page_sent_it(headers: dict[str, str], is_ours: bool) -> None:
    assert is_same_origin(asking(**headers), WALL) is is_ours


def test_a_phone_that_says_nothing_may_use_its_link_and_a_foreign_page_may_not() -> None:
    assert not is_cross_site(asking(), "")
    assert not is_cross_site(asking(Origin="null"), "")  # no referrer, no origin
    assert is_cross_site(asking(Origin="https://evil.example.com", Host="wall"), "")
    assert is_cross_site(asking(Sec_Fetch_Site="cross-site"), "")


def test_a_secret_in_clear_is_for_this_machine_only() -> None:
    far, near = (proxied(asking(peer), None) for peer in ("192.0.2.1", "127.0.0.1"))
    assert far is not None
    assert near is not None
    assert is_plain_and_far(far)
    assert not is_plain_and_far(near)
    assert not is_plain_and_far(replace(far, is_secure=True))


@pytest.mark.parametrize("text", ["", "x", "//a", "/\\a", "https://a", "/a\n", "\\/a"])
def test_after_the_log_in_only_our_own_paths(text: str) -> None:
    assert local_path(text) == "/"
    assert local_path("/?view=desk") == "/?view=desk"
