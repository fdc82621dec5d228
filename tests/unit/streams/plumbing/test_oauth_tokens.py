"""Tokens are fetched once for as long as they live, from an endpoint whose refusals are one line without a secret."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from streams.plumbing.config_file import ConfigError, Secret
from streams.plumbing.kafka_config import TokenEndpoint
from streams.plumbing.oauth_tokens import TokenSource


class Endpoint:
    """Gives what stands in `answer`, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.status, self.answer = 200, json.dumps({"access_token": "token-1", "expires_in": 100})
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                endpoint.asked.append(parse_qs(self.rfile.read(length).decode()))
                self.send_response(endpoint.status)
                self.end_headers()
                self.wfile.write(endpoint.answer.encode())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/token"
        self.thread = threading.Thread(target=self.server.serve_forever)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    made.thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.thread.join()


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def source(endpoint: Endpoint, clock: Clock | None = None) -> TokenSource:
    place = TokenEndpoint(
        url=endpoint.url, client_id="wall", client_secret=Secret("open-sesame"), scope="kafka"
    )
    return TokenSource(place, clock or Clock())


def test_a_token_is_asked_for_by_client_credentials(endpoint: Endpoint) -> None:
    assert source(endpoint).token() == "token-1"
    assert endpoint.asked == [
        {
            "grant_type": ["client_credentials"],
            "client_id": ["wall"],
            "client_secret": ["open-sesame"],
            "scope": ["kafka"],
        }
    ]


def test_it_is_kept_until_shortly_before_its_end(endpoint: Endpoint) -> None:
    clock = Clock()
    tokens = source(endpoint, clock)
    tokens.token()
    clock.now_s = 79.9
    tokens.token()
    assert len(endpoint.asked) == 1
    clock.now_s = 80.0
    endpoint.answer = json.dumps({"access_token": "token-2"})
    assert tokens.token() == "token-2"


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (401, "{}", "answers 401: are sasl.oauthbearer.client.id and its secret right"),
        (200, "<html>", "gives no answer: Expecting value"),
        (200, "[]", "its answer is no JSON object"),
        (200, "{}", "its answer holds no access_token"),
        (200, '{"access_token": "x", "expires_in": "soon"}', "an expires_in that is no number"),
    ],
)
def test_what_the_endpoint_refuses_is_one_line_that_names_the_option(
    endpoint: Endpoint, status: int, answer: str, said: str
) -> None:
    endpoint.status, endpoint.answer = status, answer
    with pytest.raises(ConfigError, match=said) as raised:
        source(endpoint).token()
    assert str(raised.value).startswith(f"sasl.oauthbearer.token.endpoint.url: {endpoint.url} ")
    assert "open-sesame" not in str(raised.value)


def test_an_endpoint_that_is_not_there_is_named() -> None:
    place = TokenEndpoint(url="http://127.0.0.1:1/", client_id="a", client_secret=Secret("b"))
    with pytest.raises(ConfigError, match=r"gives no answer: .*refused"):
        TokenSource(place).token()
