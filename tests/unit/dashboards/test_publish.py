"""Publishing, against a server that answers as Grafana's HTTP API does."""

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dashboards.grafana import render
from dashboards.publish import Destination, PublishError, publish
from streams.cli.dashboards import command
from tests.support.kafka_nodes import Certificates

TOKEN = "glsa_made_up"
BOARD = {"uid": "b", "title": "B", "panels": [{"datasource": {"uid": "queuewatch-prometheus"}}]}


class Grafana:
    """Remembers (method, path, body); `answers` maps a method and path to status and JSON."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.folder_there = False
        self.refuse: tuple[int, Any] | None = None
        self.tokens: set[str] = set()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(None)

            def do_POST(self) -> None:
                self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _answer(self, body: Any) -> None:
                owner.asked.append((self.command, self.path, body))
                owner.tokens.add(self.headers["Authorization"])
                status, answer = owner.answer(self.command, body)
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, method: str, body: Any) -> tuple[int, Any]:
        if self.refuse is not None:
            return self.refuse
        if method == "GET" and not self.folder_there:
            return 404, {"message": "folder not found", "status": "not-found"}
        if method == "POST" and "dashboard" in body:
            return 200, {"status": "success", "url": f"/d/{body['dashboard']['uid']}/x"}
        return 200, {"uid": "queuewatch", "title": "queuewatch"}


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates.made(tmp_path)


@pytest.fixture
def secured(certificates: Certificates) -> Iterator[Grafana]:
    """One that wants a certificate, too."""
    fake = Grafana()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificates.ca))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(*certificates.of("grafana"))
    fake.server.socket = context.wrap_socket(fake.server.socket, server_side=True)
    fake.server.handle_error = lambda *_: None  # type: ignore[method-assign]
    fake.url = fake.url.replace("http:", "https:")
    yield from serving(fake)


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    yield from serving(Grafana())


def serving(fake: Grafana) -> Iterator[Grafana]:
    thread = threading.Thread(target=fake.server.serve_forever, daemon=True)
    thread.start()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()
    thread.join()


def test_the_folder_is_made_then_each_board_is_overwritten(grafana: Grafana) -> None:
    assert publish(Destination(grafana.url), TOKEN, [BOARD]) == ["/d/b/x"]
    assert grafana.asked == [
        ("GET", "/api/folders/queuewatch", None),
        ("POST", "/api/folders", {"title": "queuewatch", "uid": "queuewatch"}),
        (
            "POST",
            "/api/dashboards/db",
            {
                "dashboard": {**BOARD, "id": None},
                "folderUid": "queuewatch",
                "overwrite": True,
                "message": "queuewatch dashboards publish",
            },
        ),
    ]
    assert grafana.tokens == {f"Bearer {TOKEN}"}


def test_a_folder_that_is_there_is_left_alone(grafana: Grafana) -> None:
    grafana.folder_there = True
    publish(Destination(grafana.url, folder_uid="walls"), TOKEN, [BOARD])
    assert [(method, path) for method, path, _ in grafana.asked] == [
        ("GET", "/api/folders/walls"),
        ("POST", "/api/dashboards/db"),
    ]


def test_a_path_before_the_api_and_other_data_sources(grafana: Grafana) -> None:
    publish(Destination(f"{grafana.url}/grafana", prometheus_uid="theirs"), TOKEN, [BOARD])
    method, path, body = grafana.asked[-1]
    assert (method, path) == ("POST", "/grafana/api/dashboards/db")
    assert body["dashboard"]["panels"] == [{"datasource": {"uid": "theirs"}}]
    assert BOARD["panels"] == [{"datasource": {"uid": "queuewatch-prometheus"}}]


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ((401, {"message": "Invalid API key"}), "does not accept the token"),
        ((403, {"message": "access denied"}), "role Editor"),
        ((412, {"message": "name exists"}), "remove it first"),
        ((500, {"message": "database is locked"}), "database is locked"),
        ((200, b"<html>a proxy</html>"), "no Grafana answers"),
    ],
)
def test_a_refusal_is_one_line(grafana: Grafana, refusal: tuple[int, Any], words: str) -> None:
    grafana.refuse = refusal
    with pytest.raises(PublishError) as raised:
        publish(Destination(grafana.url), TOKEN, [BOARD])
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)
    assert TOKEN not in str(raised.value)


@pytest.mark.parametrize("url", ["grafana:3000", "ftp://grafana", "https://"])
def test_a_wrong_address_is_said_before_anything_is_sent(url: str) -> None:
    with pytest.raises(PublishError, match="expected the address"):
        publish(Destination(url), TOKEN, [BOARD])


def test_the_command_takes_the_token_from_a_file_and_prints_addresses(
    grafana: Grafana, tmp_path: Any
) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN + "\n")
    done = CliRunner().invoke(
        command, ["publish", "--url", grafana.url, "--token-file", str(token)]
    )
    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == [
        f"{name}: /d/queuewatch-{name}/x"
        for name in ("executive", "on-call", "pipeline", "supervisor", "wall")
    ]
    assert grafana.tokens == {f"Bearer {TOKEN}"}


def test_the_same_again_sends_the_same_and_makes_nothing_new(grafana: Grafana) -> None:
    documents = [render.board(name) for name in render.BOARDS]
    publish(Destination(grafana.url), TOKEN, documents)
    first, grafana.asked = grafana.asked, []
    grafana.folder_there = True
    publish(Destination(grafana.url), TOKEN, documents)
    boards = [each for each in first if each[1] == "/api/dashboards/db"]
    assert grafana.asked == [first[0], *boards]
    assert all(body["overwrite"] and body["dashboard"]["id"] is None for _, _, body in boards)
    uids = [body["dashboard"]["uid"] for _, _, body in boards]
    assert sorted(set(uids)) == sorted(uids)


def test_no_panel_target_or_variable_keeps_a_data_source_of_ours(grafana: Grafana) -> None:
    to = Destination(grafana.url, prometheus_uid="theirs", clickhouse_uid="other")
    publish(to, TOKEN, [render.board(name) for name in render.BOARDS])
    sent = json.dumps([body for _, _, body in grafana.asked])
    assert "queuewatch-prometheus" not in sent
    assert "queuewatch-clickhouse" not in sent
    assert '"theirs"' in sent
    assert '"other"' in sent


def test_with_the_address_of_the_documents_panels_link_to_them(
    grafana: Grafana, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN)
    address = ["--docs-url", "https://wiki.example.org/queuewatch/"]
    done = CliRunner().invoke(
        command, ["publish", "--url", grafana.url, "--token-file", str(token), *address]
    )
    assert done.exit_code == 0, done.output
    (_, _, body) = grafana.asked[-1]
    texts = [panel["description"] for panel in body["dashboard"]["panels"]]
    assert all("](https://wiki.example.org/queuewatch/definitions.md#" in text for text in texts)


def test_the_command_without_a_token_is_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUEUEWATCH_GRAFANA_TOKEN", raising=False)
    done = CliRunner().invoke(command, ["publish", "--url", "http://127.0.0.1:1"])
    assert done.exit_code == 2
    assert "no token" in done.output


def test_no_server_is_one_line_and_exit_code_1() -> None:
    done = CliRunner().invoke(
        command,
        ["publish", "--url", "http://127.0.0.1:1"],
        env={"QUEUEWATCH_GRAFANA_TOKEN": TOKEN},
    )
    assert done.exit_code == 1
    assert len(done.output.splitlines()) == 1
    assert "no Grafana answers at http://127.0.0.1:1" in done.output


def test_a_grafana_with_tls_is_let_in_by_a_certificate_and_a_password(
    secured: Grafana, certificates: Certificates, tmp_path: Path
) -> None:
    secured.folder_there = True
    certificate, key = certificates.of("publisher")
    key = certificates.locked(key, "of-the-key")
    right = [
        f"ssl.ca.location={certificates.ca}", f"ssl.certificate.location={certificate}",
        f"ssl.key.location={key}", "ssl.key.password=of-the-key",
        "basic.username=wall", "basic.password=open-sesame",
    ]  # fmt: skip

    def said(lines: list[str], url: str = secured.url) -> tuple[int, str]:
        (tmp_path / "grafana.properties").write_text("\n".join(lines))
        options = ["--url", url, "--grafana-config", str(tmp_path / "grafana.properties")]
        done = CliRunner().invoke(command, ["publish", *options])
        assert "open-sesame" not in done.output
        return done.exit_code, done.output

    assert said(right)[0] == 0
    assert secured.tokens == {"Basic d2FsbDpvcGVuLXNlc2FtZQ=="}
    named = [*right, "ssl.endpoint.identification.algorithm=none"]
    elsewhere = secured.url.replace("127.0.0.1", "127.1")
    assert said(named, elsewhere)[0] == 0
    assert "refuses: its certificate is of another name than 127.1" in said(right, elsewhere)[1]
    assert "refuses: ssl.ca.location: its certificate is not trusted" in said(right[1:])[1]
    assert "refuses: ssl.certificate.location: " in said([right[0], *right[4:]])[1]
    assert "has no effect on an address of http://" in said(right, "http://127.0.0.1:1")[1]
    secured.refuse = 401, {"message": "Unauthorized"}
    assert said(right)[1].strip().endswith("does not accept the user or password")
