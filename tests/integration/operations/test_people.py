"""Two boards as processes on a real Kafka: they share a register, and what people do is in the audit."""

import os
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from schemas.audit import AuditRecord
from schemas.codec import decode_as
from schemas.topics import topic_name
from streams.admin.broker import read_whole
from streams.admin.topics import create_topics
from streams.local.kafka import LocalKafka, free_port
from streams.plumbing.wall_clock import now_ms
from tests.support import forked
from tests.support.forked import QUEUEWATCH
from tests.support.names import unique
from tests.support.people import BOARD, GROUPS, OF_PROXY, PROXY, access_file
from tests.support.services import Server
from tests.support.waiting import wait_until


def status(port: int, path: str, **headers: str) -> int:
    try:
        request = Request(f"http://127.0.0.1:{port}{path}", headers=headers)
        with urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def is_up(port: int) -> bool:
    return status(port, "/access/log-in") == 200


def test_two_boards_share_what_is_revoked_and_the_audit_tells_of_it(
    kafka: LocalKafka, tmp_path: Path
) -> None:
    namespace = unique("people") + "-"
    create_topics(kafka.place.bootstrap, namespace, now_ms())
    place = ["--kafka", kafka.place.bootstrap, "--namespace", namespace]
    data = ["--data", str(tmp_path / "data")]
    access = ["--access", str(access_file(tmp_path, BOARD + PROXY + GROUPS))]
    ports = [free_port(), free_port()]

    def queuewatch(*words: str) -> str:
        done = forked.run(words, os.environ, 120)
        done.check_returncode()
        return done.stdout

    with ExitStack() as stack:
        for port in ports:
            command = [QUEUEWATCH, "board", *place, *access, "--port", str(port)]
            log = tmp_path / f"board-{port}.log"
            stack.enter_context(Server("board", command, partial(is_up, port), log))
        token = queuewatch("access", "token", "desk", "--role", "viewer", *access, *place, *data)
        bearer = {"Authorization": f"Bearer {token.strip()}"}
        assert [status(port, "/api/board", **bearer) for port in ports] == [200, 200]
        assert [status(port, "/api/board") for port in ports] == [401, 401]
        claim = {"X-Forwarded-User": "root", "X-Forwarded-Groups": "it"}
        assert status(ports[0], "/api/board", **claim) == 403
        assert status(ports[0], "/api/board", **claim, **OF_PROXY) == 200
        link = queuewatch("access", "wall", "hall", *access, *place, *data).strip()
        path = link.removeprefix("https://wall.example.org")
        assert status(ports[0], path) == 200  # it follows to the log-in page: it keeps no cookie
        assert status(ports[1], path) == 403
        listed = queuewatch("access", "list", *access)
        queuewatch("access", "revoke", listed.split()[0], *access, *place, *data)
        assert [status(port, "/api/board", **bearer) for port in ports] == [401, 401]

        def told() -> set[tuple[str, str]]:
            records = [
                decode_as(AuditRecord, record.value or b"")
                for record in read_whole(kafka.place.bootstrap, topic_name("audit", namespace))
            ]
            assert token.strip() not in str(records)
            return {(each.action, each.outcome) for each in records}

        wait_until(
            lambda: (
                told()
                == {
                    ("token_issue", "done"),
                    ("wall_link", "done"),
                    ("wall_enrol", "done"),
                    ("wall_enrol", "refused"),
                    ("wall_revoke", "done"),
                    ("open_page", "refused"),
                    ("log_in", "refused"),
                }
            ),
            "the audit tells of it",
        )
    for port in ports:
        assert token.strip() not in (tmp_path / f"board-{port}.log").read_text()
