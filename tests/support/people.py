"""A board with locks for tests: two departments, people of each role, and a browser that keeps cookies or not."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from msgspec.structs import replace

from dashboards.access.config import Access, read_access
from dashboards.access.entrance import Entrance
from dashboards.access.gate import Gate
from dashboards.access.register import Token, Wall, digest, without
from dashboards.access.register_file import RegisterFile
from dashboards.access.rights import Grant
from dashboards.wallboard import headers
from dashboards.wallboard.ack_route import AckRoute
from dashboards.wallboard.history.address import PATH as HISTORY_PATH
from dashboards.wallboard.page_catalogue import ROUTES
from dashboards.wallboard.past import Archive
from dashboards.wallboard.server import Wallboard, application, public_routes
from schemas.ack_link import PATH as ACK_PATH
from schemas.audit import AuditRecord
from schemas.codec import encode
from schemas.millis import DAY, HOUR
from schemas.roles import Role
from schemas.targets import Targets
from tests.support.alerts import alert
from tests.support.floors import snapshot, targets
from tests.support.walls import latest_of, person

NOW = 1_795_000_000_000
HERE = "http://127.0.0.1"
LINK_KEY = b"a key of the links in messages"

BOARD = """
[board]
address = "https://wall.example.org"

[sessions]
key_files = ["session.key"]
register = "register.json"
"""
PROXY = """
[proxy]
addresses = ["127.0.0.0/8"]
secret_file = "proxy.secret"
"""
GROUPS = """
[[groups]]
group = "water-supervisors"
role = "supervisor"
departments = ["water"]

[[groups]]
group = "water-desk"
role = "viewer"
departments = ["water"]

[[groups]]
group = "it"
role = "administrator"
"""
PROXY_SECRET = "a secret that only the proxy has"
OF_PROXY = {"X-Queuewatch-Proxy": PROXY_SECRET, "X-Forwarded-Proto": "https"}


def access_file(folder: Path, text: str = BOARD) -> Path:
    """access.toml in `folder`, beside the secrets that it names."""
    (folder / "session.key").write_text("a key of the tests for sessions\n")
    (folder / "proxy.secret").write_text(f"{PROXY_SECRET}\n")
    (folder / "client.secret").write_text("of the client\n")
    file = folder / "access.toml"
    file.write_text(text)
    return file


def promises(
    *, named_to: tuple[Role, ...] = (), listed_to: tuple[Role, ...] = ()
) -> tuple[Targets, ...]:
    water = replace(
        targets(),
        department="water",
        department_name="Water",
        agents_named_to=named_to,
        callers_listed_to=listed_to,
    )
    return (
        water,
        replace(water, queue="payroll", name="Payroll", centre="hr", centre_name="Human resources",
                department="staff", department_name="<b>Staff</b>"),
    )  # fmt: skip


class Town:
    """Burst pipes of department `water` has 3 callers and one alert, payroll of `staff` 5 and one; each has an agent."""

    def __init__(
        self,
        folder: Path,
        text: str = BOARD,
        *,
        named_to: tuple[Role, ...] = (),
        listed_to: tuple[Role, ...] = (),
        archive: Archive | None = None,
    ) -> None:
        self.now = NOW
        self.kept: list[AuditRecord] = []
        self.written: list[bytes] = []
        self.access: Access = read_access(access_file(folder, text))
        self.register = RegisterFile(self.access.register)
        self.latest = latest_of(
            snapshot(NOW, waiting=3, agents={"available": 1}),
            replace(snapshot(NOW, waiting=5, agents={"talking": 1}), queue="payroll"),
            promises=promises(named_to=named_to, listed_to=listed_to),
            people=(person("thandi", "idle", "burst-pipes"), person("bheki", "talking", "payroll")),
        )
        for queue, department in (("burst-pipes", "water"), ("payroll", "staff")):
            firing = replace(
                alert(),
                alert_id=f"late/{queue}",
                queue=queue,
                department=department,
                state="firing",
            )
            self.latest.apply("alerts", firing.alert_id.encode(), encode(firing))
        self.wallboard = Wallboard(self.latest, lambda: "", lambda: self.now, archive=archive)
        self.gate = Gate(self.access, lambda: self.now)
        self.entrance = Entrance(
            self.gate,
            self.kept.append,
            public=public_routes(self.wallboard.assets),
            signed=frozenset({ACK_PATH}),
            headers=headers.WITH_FORM,
            pages=ROUTES | {HISTORY_PATH},
        )
        self.problem = ""
        self.ack = AckRoute(
            self.latest, lambda: self.problem, lambda: self.now, LINK_KEY, self._write
        )

    async def _write(self, _: bytes, value: bytes) -> str:
        self.written.append(value)
        return ""

    def next_board(self) -> None:
        """As the hub does when something has changed."""
        hub = self.wallboard.hub
        hub.number, hub._frames = hub.number + 1, {}
        waiting, hub._next = hub._next, asyncio.Event()
        waiting.set()

    def token(self, role: Role, *departments: str, who: str = "Ann", valid_ms: int = DAY) -> str:
        """A new token; its id is the secret, too."""
        secret = f"qw_{role}_{'_'.join(departments)}_{who}"
        grant = Grant(role, frozenset(departments) or None)
        made = Token(
            who=who,
            grants=(grant,),
            digest=digest(secret),
            made_at=self.now,
            expires_at=self.now + valid_ms,
        )
        self.register.change(lambda r: (None, replace(r, tokens={**r.tokens, secret: made})))
        return secret

    def revoke(self, id_: str) -> None:
        self.register.change(lambda r: (None, without(r, id_)))

    def wall(self, *departments: str) -> str:
        """The secret of a new link, which is its id, too."""
        secret = f"link-{len(self.register.read().walls)}"
        made = Wall(
            who="hall",
            grants=(Grant("viewer", frozenset(departments) or None),),
            made_at=self.now,
            link_digest=digest(secret),
            link_expires_at=self.now + HOUR,
        )
        self.register.change(lambda r: (None, replace(r, walls={**r.walls, secret: made})))
        return secret

    def app(self) -> web.Application:
        return application(self.wallboard, self.ack, self.entrance, ["wall.example.org"])

    @asynccontextmanager
    async def browser(self) -> AsyncIterator["Browser"]:
        asking = asyncio.create_task(self.wallboard.ask_archive())
        async with TestClient(TestServer(self.app())) as client:
            yield Browser(client)
        asking.cancel()


class Browser:
    """Says of each POST from where it comes, as a browser does, and follows no redirection."""

    def __init__(self, client: "TestClient[Any, Any]") -> None:
        self.client = client
        self.origin = f"{HERE}:{client.port}"

    async def get(self, path: str, **headers: str) -> tuple[int, str, Mapping[str, str]]:
        answer = await self.client.get(path, headers=headers, allow_redirects=False)
        async with answer:
            return answer.status, await answer.text(), answer.headers

    async def post(
        self, path: str, data: Any = None, **headers: str
    ) -> tuple[int, str, Mapping[str, str]]:
        sent = {"Origin": self.origin, **headers}
        answer = await self.client.post(path, data=data, headers=sent, allow_redirects=False)
        async with answer:
            return answer.status, await answer.text(), answer.headers

    async def log_in(self, token: str) -> int:
        return (await self.post("/access/log-in", {"token": token}))[0]

    async def board(self, **headers: str) -> Any:
        answer = await self.client.get("/api/board", headers=headers)
        async with answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def me(self) -> Any:
        answer = await self.client.get("/api/me")
        async with answer:
            return await answer.json()

    def cookie(self, name: str = "queuewatch") -> str:
        return self.client.session.cookie_jar.filter_cookies(self.client.make_url("/"))[name].value

    def has_cookie(self, name: str = "queuewatch") -> bool:
        return name in self.client.session.cookie_jar.filter_cookies(self.client.make_url("/"))

    def forget(self) -> None:
        self.client.session.cookie_jar.clear()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
