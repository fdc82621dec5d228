"""A page that nobody acknowledges goes on to the next owner, until somebody presses "I have it" on a phone.

Kafka, Alertmanager with the routes of [owners], `notify` and `board` are real; a webhook is everybody's telephone.
"""

import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from schemas.alerts import Alert
from schemas.codec import encode
from schemas.millis import from_datetime
from schemas.queues_toml import parse_queues
from schemas.topics import topic_name
from streams.admin import alerts
from streams.admin.alerts_text import whole
from streams.admin.broker import write
from streams.admin.topics import create_topics
from streams.core.rule_catalogue import RULE_TABLES
from streams.local.kafka import LocalKafka, free_port
from streams.sinks.alertmanager.routing import rendered
from tests.support.forked import MAIN
from tests.support.names import unique
from tests.support.services import Server, Webhook, alertmanager, get
from tests.support.waiting import wait_until

OWNERS = """
[owners.duty]
webhook = "HOOK"
escalate_to = "lead"
escalate_after = "3s"
[owners.lead]
webhook = "HOOK"
escalate_to = "all"
escalate_after = "1h"
[owners.other]
webhook = "HOOK"
"""


def now_ms() -> int:
    return from_datetime(datetime.now(UTC))


def firing(now: int) -> Alert:
    return Alert(
        alert_id=f"oldest_wait/billing/{now}", version=2, rule="oldest_wait", queue="billing",
        state="firing", severity="page", onset_at=now, changed_at=now, known_at=now, value=130.0,
        threshold=120.0, n=1, reason="Billing: 1 waiting, the oldest for 2m10s (limit 2m)",
        fired_at=now, owner="duty", department="works", queue_name="Billing",
    )  # fmt: skip


class System:
    """`notify` and `board` on topics of their own."""

    def __init__(self, folder: Path, bootstrap: str, pager: str, hook: str) -> None:
        self.bootstrap, self.namespace = bootstrap, unique("ack") + "-"
        create_topics(bootstrap, self.namespace, now_ms())
        self.queues, key = folder / "queues.toml", folder / "link.key"
        self.queues.write_text(OWNERS.replace("HOOK", hook))
        key.write_text("a key of the tests, long enough")
        self.log, port = folder / "notify.log", free_port()
        self.log.touch()
        self.board_url = f"http://127.0.0.1:{port}"
        shared = ["--kafka", bootstrap, "--namespace", self.namespace, "--link-key-file", str(key)]
        self.notify = Server(
            "notify",
            [sys.executable, "-c", MAIN, "notify", *shared, "--alertmanager", pager,
             "--resend", "3s", "--metrics-port", "0", "--board-url", self.board_url,
             "--queues", str(self.queues)],
            lambda: get(self._metrics("healthz")) == b"ok\n",
            self.log,
        )  # fmt: skip
        self.board = Server(
            "board",
            [sys.executable, "-c", MAIN, "board", *shared, "--port", str(port)],
            lambda: get(f"{self.board_url}/api/board") is not None,
            folder / "board.log",
        )

    def _metrics(self, path: str) -> str:
        found = re.findall(r"http://127\.0\.0\.1:\d+/", self.log.read_text())
        return f"{found[-1] if found else 'http://127.0.0.1:1/'}{path}"

    def posts(self) -> float:
        """How often Alertmanager has taken something since notify started."""
        text = (get(self._metrics("metrics")) or b"").decode()
        found = re.search(
            r'^queuewatch_notify_posts_total\{result="ok"\} (\S+)$', text, re.MULTILINE
        )
        return float(found[1]) if found else 0.0

    def sent_again(self, times: int) -> None:
        before = self.posts()
        wait_until(lambda: self.posts() >= before + times, f"{times} posts more")

    def tell(self, alert: Alert) -> None:
        topic = topic_name("alerts", self.namespace)
        write(self.bootstrap, topic, alert.alert_id.encode(), encode(alert))

    def known(self) -> alerts.KnownAlerts:
        return alerts.read(self.bootstrap, self.namespace)


def told(webhook: Webhook, receiver: str, status: str) -> list[dict[str, Any]]:
    return [
        each
        for each in list(webhook.posts)
        if each["receiver"] == receiver and each["status"] == status
    ]


def pressed(url: str, who: str) -> tuple[int, str]:
    """Status and page of the form that was sent."""
    data = urllib.parse.urlencode({"who": who, "note": "on my way"}).encode()
    try:
        with urllib.request.urlopen(url, data, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def fast(text: str) -> str:
    text = text.replace("group_wait: 5s", "group_wait: 0s")
    for slow, soon in (("30s", "0s"), ("1m", "1s"), ("5m", "1s")):
        text = text.replace(f"_wait: {slow}", f"_wait: {soon}")
        text = text.replace(f"_interval: {slow}", f"_interval: {soon}")
    return text


def test_it_goes_on_to_the_next_until_somebody_has_it_and_all_who_were_told_hear_the_end(
    kafka: LocalKafka, tmp_path: Path
) -> None:
    with Webhook() as webhook:
        text = OWNERS.replace("HOOK", webhook.url)
        routes = rendered(parse_queues(text, RULE_TABLES), {})
        pager = alertmanager(tmp_path / "pager", fast(routes))
        system = System(tmp_path, kafka.place.bootstrap, pager.url, webhook.url)
        fired = firing(now_ms())
        with pager.server, system.notify, system.board:
            system.tell(fired)
            wait_until(partial(told, webhook, "duty", "firing"), "the owner is told")
            wait_until(lambda: system.known().book.notified(fired), "when he was told is kept")
            system.notify.kill()
            system.notify.start()
            wait_until(partial(told, webhook, "lead", "firing"), "the next one is told")
            wait_until(
                lambda: [each.step for each in system.known().book.notified(fired)] == [0, 1],
                "that he was told is kept",
            )
            system.notify.kill()
            system.notify.start()
            system.sent_again(3)
            ((of_duty,), (of_lead,)) = (
                told(webhook, owner, "firing")[0]["alerts"] for owner in ("duty", "lead")
            )
            assert of_lead["labels"] == of_duty["labels"] | {"owner": "lead", "escalated": "1"}
            assert of_lead["annotations"]["told_first"] == "duty"

            link = of_lead["annotations"]["ack_url"]
            assert link.startswith(system.board_url + "/ack?")
            assert b"Do you have it?" in (get(link) or b"")
            assert system.known().book.acknowledged(fired) is None  # it was only looked at
            assert pressed(link, "ann")[0] == 200
            status, page = pressed(of_duty["annotations"]["ack_url"], "bo")
            assert (status, "ann has it already" in page) == (409, True)
            lines = list(whole(fired, system.known().book, now_ms()))
            assert lines[-1].endswith(
                "ann acknowledged by the link in a message to lead: on my way"
            )
            assert any(line.endswith("nobody had it: notify told lead") for line in lines)

            wait_until(
                lambda: b"ann has it" in (get(f"{pager.url}/api/v2/silences") or b""), "quiet"
            )
            system.queues.write_text(text.replace('"1h"', '"1s"'))  # all would be told by now
            wait_until(lambda: "owners read anew" in system.log.read_text(), "the file is read")
            system.sent_again(3)
            over = now_ms()
            system.tell(replace(fired, version=3, state="resolved", changed_at=over, resolved_at=over))  # fmt: skip
            for owner in ("duty", "lead"):
                wait_until(partial(told, webhook, owner, "resolved"), f"{owner} hears the end")
            assert get(link) is None  # 410
    for owner in ("duty", "lead"):
        assert len(told(webhook, owner, "firing")) == 1
    assert {each["receiver"] for each in webhook.posts} == {"duty", "lead"}
    for log in (system.log, tmp_path / "board.log"):
        assert "Traceback" not in log.read_text()


def test_where_nobody_has_it_at_all_everybody_is_told_at_last(
    kafka: LocalKafka, tmp_path: Path
) -> None:
    with Webhook() as webhook:
        text = OWNERS.replace("HOOK", webhook.url).replace('"1h"', '"1s"')
        routes = rendered(parse_queues(text, RULE_TABLES), {})
        pager = alertmanager(tmp_path / "pager", fast(routes))
        system = System(tmp_path, kafka.place.bootstrap, pager.url, webhook.url)
        system.queues.write_text(text)
        fired = firing(now_ms())
        with pager.server, system.notify:
            system.tell(fired)
            for owner in ("duty", "lead", "other"):
                wait_until(partial(told, webhook, owner, "firing"), f"{owner} is told")
            system.sent_again(2)
    first = [told(webhook, owner, "firing") for owner in ("duty", "lead", "other")]
    assert [len(posts) for posts in first] == [1, 1, 1]
    steps = [posts[0]["alerts"][0]["labels"].get("escalated") for posts in first]
    assert steps == [None, "1", "2"]
