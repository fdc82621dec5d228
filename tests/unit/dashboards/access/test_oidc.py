"""Log-in by OpenID Connect against a provider of the tests: what is not as it must be lets nobody in."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from dashboards.access.config import Oidc
from dashboards.access.oidc import OidcError, Person, Provider
from schemas.millis import HOUR, SECOND
from tests.support.oidc_provider import CLIENT, SECRET, OidcProvider

NOW = 1_795_000_000_000
BOARD = "https://wall.example.org"


@pytest.fixture
async def at() -> AsyncIterator[OidcProvider]:
    async with OidcProvider(NOW) as provider:
        yield provider


def client(at: OidcProvider, **changes: Any) -> Provider:
    values: dict[str, Any] = {
        "issuer": at.issuer, "client_id": CLIENT, "client_secret": SECRET, "scopes": ("openid", "profile"),
        "groups_claim": "groups", "name_claim": "preferred_username", "button": "", "ca": None,
    }  # fmt: skip
    return Provider(Oidc(**(values | changes)), BOARD)


async def logged_in(provider: Provider, at: OidcProvider, now: int = NOW, **query: str) -> Person:
    url, underway = await provider.begin("/", now)
    assert url.startswith(f"{at.issuer}/authorize?")
    return await provider.finish(at.consent(url) | query, underway, now)


async def test_a_person_comes_back_with_her_groups(at: OidcProvider) -> None:
    assert await logged_in(client(at), at) == Person("ann", ("water-supervisors",))


async def test_keys_that_change_are_fetched_again(at: OidcProvider) -> None:
    provider = client(at)
    await logged_in(provider, at)
    at.rotate()
    assert (await logged_in(provider, at, NOW + 20 * SECOND)).who == "ann"
    assert at.asked_keys == 2


async def test_a_flood_of_unknown_keys_is_no_flood_at_the_provider(at: OidcProvider) -> None:
    provider = client(at)
    await logged_in(provider, at)
    at.rotate()
    for _ in range(5):
        with pytest.raises(OidcError, match="unknown key"):
            await logged_in(provider, at, NOW + SECOND)
    assert at.asked_keys == 1


async def test_groups_may_lie_deeper_or_in_the_user_info(at: OidcProvider) -> None:
    at.claims = {"realm_access": {"roles": ["it"]}}
    nested = client(at, groups_claim="realm_access.roles")
    assert await logged_in(nested, at) == Person("1234", ("it",))
    at.claims, at.user_info = {}, {"sub": "1234", "groups": "it", "preferred_username": "ann"}
    assert await logged_in(client(at), at) == Person("ann", ("it",))
    at.user_info = {"sub": "another", "groups": ["it"]}
    with pytest.raises(OidcError, match="somebody else"):
        await logged_in(client(at), at)


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"iss": "https://evil.example.com"}, "issuer"),
        ({"aud": "another client"}, "[Aa]udience"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "azp"),
        ({"exp": NOW // 1000 - 61}, "exp"),
        ({"exp": "soon"}, "no number"),
        ({"exp": None}, "exp"),
        ({"iat": NOW // 1000 + 3600}, "iat"),
        ({"nbf": NOW // 1000 + 3600}, "nbf"),
        ({"nonce": "of another log-in"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": None}, "sub"),
    ],
)
async def test_a_token_that_is_not_as_it_must_be(at: OidcProvider, claims: Any, says: str) -> None:
    at.claims |= claims
    with pytest.raises(OidcError, match=says):
        await logged_in(client(at), at)


async def test_a_token_that_somebody_else_signed(at: OidcProvider) -> None:
    at.signs_with = at.new_key()
    with pytest.raises(OidcError, match="refused"):
        await logged_in(client(at), at)


async def test_the_secret_of_the_client_signs_nothing(at: OidcProvider) -> None:
    at.algorithm, at.signs_with = "HS256", "the secret of the client, 32 byte"
    with pytest.raises(OidcError, match="refused"):
        await logged_in(client(at, client_secret=SECRET), at)


async def test_an_answer_that_belongs_to_another_log_in(at: OidcProvider) -> None:
    provider = client(at)
    with pytest.raises(OidcError, match="state"):
        await logged_in(provider, at, state="of another")
    with pytest.raises(OidcError, match="iss"):
        await logged_in(provider, at, iss="https://evil.example.com")
    with pytest.raises(OidcError, match="access_denied"):
        await logged_in(provider, at, error="access_denied")


async def test_a_code_is_good_once_and_for_its_verifier_only(at: OidcProvider) -> None:
    provider = client(at)
    url, underway = await provider.begin("/", NOW)
    brought = at.consent(url)
    _, other = await provider.begin("/", NOW)
    with pytest.raises(OidcError, match="invalid_grant"):
        await provider.finish(brought | {"state": other.state}, other, NOW)
    with pytest.raises(OidcError, match="invalid_grant"):
        await provider.finish(brought, underway, NOW)


async def test_a_provider_that_calls_itself_otherwise_or_is_not_there(at: OidcProvider) -> None:
    at.metadata = {"issuer": "https://evil.example.com"}
    with pytest.raises(OidcError, match="calls itself"):
        await client(at).begin("/", NOW)
    at.metadata = {"jwks_uri": None}
    with pytest.raises(OidcError, match="no jwks_uri"):
        await logged_in(client(at), at)
    with pytest.raises(OidcError, match="no answer"):
        await client(at, issuer="http://127.0.0.1:1").begin("/", NOW)


@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"]
)
@pytest.mark.parametrize(
    "url", ["http://id.example.org/x", "javascript:alert(1)", "https:///x", "https://[x"]
)
async def test_no_code_token_or_key_goes_in_clear(at: OidcProvider, name: str, url: str) -> None:
    at.claims = {}  # so that the user info is asked
    at.metadata = {name: url}
    with pytest.raises(OidcError, match=f"^discovery: {name} is no (https:// )?address") as said:
        await logged_in(client(at), at)
    assert "\n" not in str(said.value)


async def test_what_the_provider_says_of_itself_is_kept_for_an_hour(at: OidcProvider) -> None:
    provider = client(at)
    await provider.begin("/", NOW)
    at.metadata = {"authorization_endpoint": f"{at.issuer}/moved?x=1"}
    assert "/moved" not in (await provider.begin("/", NOW + HOUR - 1))[0]
    assert f"{at.issuer}/moved?x=1&" in (await provider.begin("/", NOW + HOUR))[0]
