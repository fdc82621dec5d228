"""A provider of OpenID Connect on loopback that checks what a client must send, and can be told to misbehave."""

import base64
import hashlib
import json
import secrets
from typing import Any, Self
from urllib.parse import parse_qsl, quote_plus, urlsplit

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "queuewatch", "of the client"


class OidcProvider:
    """`claims` are added to each ID token; `now` is its clock in ms. `changes` spoil what it answers."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.claims: dict[str, Any] = {"preferred_username": "ann", "groups": ["water-supervisors"]}
        self.user_info: dict[str, Any] | None = None
        self.signs_with: Any = None  # another key than the published one
        self.algorithm = "RS256"
        self.issuer = ""
        self.metadata: dict[str, Any] = {}
        self.asked_keys = 0
        self._codes: dict[str, dict[str, str]] = {}
        self._kid, self._key = "", self.new_key()
        self.rotate()
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._configuration)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/token", self._token)
        app.router.add_get("/userinfo", self._userinfo)
        self.server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self.server.start_server()
        self.issuer = str(self.server.make_url("/")).rstrip("/")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.server.close()

    @staticmethod
    def new_key() -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def rotate(self) -> None:
        self._kid, self._key = secrets.token_hex(4), self.new_key()

    def consent(self, url: str) -> dict[str, str]:
        """What the browser brings back from the provider's own pages, of a request that is as it must be."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        assert len(asked["state"]) >= 22
        assert len(asked["nonce"]) >= 22
        code = secrets.token_hex(8)
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    async def _configuration(self, _: web.Request) -> web.Response:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        if self.user_info is not None:
            told["userinfo_endpoint"] = f"{self.issuer}/userinfo"
        return web.json_response(told | self.metadata)

    async def _keys(self, _: web.Request) -> web.Response:
        self.asked_keys += 1
        key = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        return web.json_response({"keys": [key | {"kid": self._kid, "use": "sig"}]})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = self._codes.pop(str(form["code"]), None)
        basic = base64.b64encode(f"{CLIENT}:{quote_plus(SECRET)}".encode()).decode()
        verifier = str(form["code_verifier"]).encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=")
        is_right = (
            asked is not None
            and request.headers.get("Authorization") == f"Basic {basic}"
            and form["redirect_uri"] == asked["redirect_uri"]
            and challenge.decode() == asked["code_challenge"]
        )
        if not is_right or asked is None:
            return web.json_response({"error": "invalid_grant"}, status=400)
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "1234", "nonce": asked["nonce"],
            "iat": self.now // 1000, "exp": self.now // 1000 + 300,
        }  # fmt: skip
        claims = {name: v for name, v in (claims | self.claims).items() if v is not None}
        key = self.signs_with or self._key
        token = jwt.encode(claims, key, self.algorithm, {"kid": self._kid})
        return web.json_response(
            {"access_token": "of ann", "token_type": "Bearer", "id_token": token}
        )

    async def _userinfo(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer of ann"
        return web.json_response(self.user_info)
