"""`deliver` as a process between Kafka, Alertmanager or `notify`, and targets that take messages or do not."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic
from msgspec.structs import replace

from schemas.alerts import Alert
from schemas.codec import decode_as, encode
from schemas.commands import Acknowledged, command_key
from schemas.messages import OutgoingMessage
from schemas.millis import MINUTE, from_datetime, iso
from schemas.queues_toml import parse_queues
from schemas.topics import topic_name
from streams.admin.broker import read_whole
from streams.local.kafka import LocalKafka, free_port
from streams.sinks.alertmanager.routing import rendered
from tests.support import forked
from tests.support.delivery import labels
from tests.support.forked import MAIN
from tests.support.names import unique
from tests.support.services import Server, Webhook, alertmanager, get
from tests.support.smtp import Mailbox
from tests.support.waiting import wait_until

TOPICS = ("messages", "health", "alerts", "commands")


def now_ms() -> int:
    return from_datetime(datetime.now(UTC))


class Floor:
    """Topics of its own, a file of owners, and `deliver` on fixed ports, so that it can be started again."""

    def __init__(self, kafka: LocalKafka, folder: Path) -> None:
        self.bootstrap, self.folder = kafka.place.bootstrap, folder
        self.namespace = unique("deliver") + "-"
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        admin.create_topics(
            [NewTopic(topic_name(name, self.namespace), num_partitions=1, replication_factor=1) for name in TOPICS]
        )  # fmt: skip
        admin.close()
        self.port, self.metrics_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.tables: list[str] = []

    def owner(self, name: str, *urls: str, keys: str = "") -> None:
        file = self.folder / f"{name}.urls"
        file.write_text("\n".join(urls))
        self.tables.append(f'[owners.{name}]\ndeliver_file = "{file}"\n{keys}\n')

    def process(self) -> Server:
        (self.folder / "queues.toml").write_text("".join(self.tables))
        command = [sys.executable, "-c", MAIN, "deliver", *self.place(), "--port", str(self.port)]
        command += ["--metrics-port", str(self.metrics_port)]
        command += ["--queues", str(self.folder / "queues.toml")]
        ready = f"http://127.0.0.1:{self.metrics_port}/healthz"
        return Server(
            "deliver", command, lambda: get(ready) == b"ok\n", self.folder / "deliver.log"
        )

    def place(self) -> list[str]:
        return ["--kafka", self.bootstrap, "--namespace", self.namespace]

    def routing(self) -> str:
        text = rendered(parse_queues("".join(self.tables), {}), {}, self.url)
        for slow, fast in (("5s", "1s"), ("30s", "1s"), ("1m", "1s"), ("5m", "1s")):
            text = text.replace(f"_wait: {slow}", f"_wait: {fast}")
            text = text.replace(f"_interval: {slow}", f"_interval: {fast}")
        return text

    def messages(self) -> list[OutgoingMessage]:
        """The newest record of each message, as a start of `deliver` reads them."""
        records = read_whole(self.bootstrap, topic_name("messages", self.namespace))
        newest = {record.key: record.value for record in records if record.value is not None}
        return [decode_as(OutgoingMessage, value) for value in newest.values()]

    def metric(self, name: str) -> float:
        text = (get(f"http://127.0.0.1:{self.metrics_port}/metrics") or b"").decode()
        found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else -1.0

    def tell(self, owner: str, *queues: str, status: str = "firing") -> int:
        """Alertmanager's webhook; the status of the answer."""
        alerts = [
            {"status": status, "labels": labels(queue, owner), "annotations": {"summary": f"{queue}: waits"},
             "startsAt": "2026-11-22T11:59:00Z", "endsAt": "0001-01-01T00:00:00Z"}
            for queue in queues
        ]  # fmt: skip
        group = {"owner": owner, "department": "works"}
        body = {"version": "4", "status": status, "groupLabels": group, "alerts": alerts}
        request = urllib.request.Request(f"{self.url}/webhook/{owner}", json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


@pytest.fixture
def floor(kafka: LocalKafka, tmp_path: Path) -> Floor:
    return Floor(kafka, tmp_path)


def titles(webhook: Webhook) -> list[str]:
    return [post["title"] for post in list(webhook.posts)]


def hook(webhook: Webhook) -> str:
    return f"json://{webhook.url.removeprefix('http://')}"


def test_behind_alertmanager_300_queues_are_one_message_by_webhook_and_mail(floor: Floor) -> None:
    with Webhook() as webhook, Mailbox() as mailbox:
        mail = f"mailto://127.0.0.1:{mailbox.port}?from=q@example.org&to=duty@example.org&mode=insecure"
        floor.owner("water", hook(webhook), mail)
        pager = alertmanager(floor.folder / "pager", floor.routing())
        with floor.process(), pager.server:
            now = now_ms()
            alerts = [
                {"labels": labels(f"q{n:03}"), "annotations": {"summary": f"q{n:03}: waits"},
                 "startsAt": iso(now), "endsAt": iso(now + MINUTE)}
                for n in range(300)
            ]  # fmt: skip
            pager.post(alerts)
            wait_until(lambda: webhook.posts and mailbox.mails, "both are told")
            over = [each | {"endsAt": iso(now_ms())} for each in alerts]
            pager.post(over)
            wait_until(lambda: len(webhook.posts) > 1 and len(mailbox.mails) > 1, "the end is told")
            wait_until(
                lambda: all(each.state == "sent" for each in floor.messages()), "it is noted"
            )
            assert floor.metric('queuewatch_deliver_messages_total{result="sent"}') == 4
            assert floor.metric("queuewatch_deliver_queued_messages") == 0
    assert ["+299 more" in title for title in titles(webhook)] == [True, True]
    assert [subject for subject, _ in mailbox.texts()] == titles(webhook)
    assert "q000: waits" in mailbox.texts()[0][1]
    assert len(floor.messages()) == 4


def test_what_waits_for_a_target_that_is_away_is_sent_once_after_a_kill(floor: Floor) -> None:
    port = free_port()
    floor.owner("water", f"json://user:hunter2@127.0.0.1:{port}/hunter2")
    process = floor.process()
    with process:
        assert floor.tell("water", "a") == 200
        assert floor.tell("water", "a") == 200  # the same again, as when its answer was lost
        failed = "queuewatch_deliver_failed_attempts_total"
        wait_until(lambda: floor.metric(failed) >= 2, "it is tried again")
        process.kill()
        with Webhook(port=port) as webhook:
            process.start()
            wait_until(lambda: webhook.posts, "it is sent")
            assert floor.tell("water", "b") == 200
            wait_until(lambda: len(webhook.posts) == 2, "the next one is sent")
            wait_until(lambda: all(m.state == "sent" for m in floor.messages()), "and noted")
            process.kill()
            process.start()
            assert floor.tell("water", "c") == 200
            wait_until(lambda: len(webhook.posts) > 2, "the third one is sent")
    assert [title.partition(":")[0].split(" ")[0] for title in titles(webhook)] == ["a", "b", "c"]
    (first, *_) = sorted(floor.messages(), key=lambda each: each.taken_at)
    assert (first.state, first.reason) == ("sent", "")
    assert first.attempts >= 3
    written = (floor.folder / "deliver.log").read_text()
    assert "water: json, line 1: " in written
    assert "no connection" in written
    assert "hunter2" not in written
    assert "hunter2" not in str(floor.messages())


def test_a_kill_in_mid_send_is_at_most_one_message_more(floor: Floor) -> None:
    with Webhook() as webhook:
        floor.owner("water", hook(webhook))
        process = floor.process()
        with process:
            webhook.answers.clear()
            assert floor.tell("water", "a") == 200
            wait_until(lambda: webhook.posts, "it was handed over")
            process.kill()
            webhook.answers.set()
            process.start()
            wait_until(lambda: floor.messages()[0].state == "sent", "it is sent, and noted")
            process.kill()
            process.start()
            assert floor.tell("water", "b") == 200
            wait_until(lambda: len(floor.messages()) == 2, "the next one is taken")
            wait_until(lambda: all(m.state == "sent" for m in floor.messages()), "and sent")
    assert [title[0] for title in titles(webhook)] == ["a", "a", "b"]


def test_straight_from_notify_with_acknowledgement(floor: Floor) -> None:
    with Webhook() as webhook:
        floor.owner("water", hook(webhook))
        producer = KafkaProducer(bootstrap_servers=floor.bootstrap)

        def write(topic: str, key: bytes, value: bytes) -> None:
            producer.send(topic_name(topic, floor.namespace), value, key).get(20)

        command = [
            sys.executable,
            "-c",
            MAIN,
            "notify",
            *floor.place(),
            "--alertmanager",
            floor.url,
        ]
        command += ["--metrics-port", str(metrics := free_port()), "--resend", "1s"]
        ready = f"http://127.0.0.1:{metrics}/healthz"
        notify = Server(
            "notify", command, lambda: get(ready) == b"ok\n", floor.folder / "notify.log"
        )
        now = now_ms()
        first = Alert(
            alert_id="oldest_wait/a/1", version=1, rule="oldest_wait", queue="a", state="firing",
            severity="page", onset_at=now, changed_at=now, known_at=now, value=130.0, threshold=120.0,
            n=1, reason="a: waits", fired_at=now, owner="water", department="works",
        )  # fmt: skip
        with floor.process(), notify:
            write("alerts", b"a", encode(first))
            wait_until(lambda: webhook.posts, "it is told once the group has waited")
            had = Acknowledged(who="ann", at=now_ms(), alert_id=first.alert_id)
            write("commands", command_key(had), encode(had))
            wait_until(
                lambda: len(json.loads(get(f"{floor.url}/api/v2/silences") or b"[]")) == 1,
                "it is silenced",
            )
            ended = replace(
                first, version=2, state="resolved", changed_at=now_ms(), resolved_at=now_ms()
            )
            write("alerts", b"a", encode(ended))
            wait_until(
                lambda: json.loads(get(f"{floor.url}/api/v2/silences") or b"[0]") == [],
                "and no more",
            )
        producer.close()
    assert [title.partition(":")[0] for title in titles(webhook)] == ["a"]
    assert [(each.state, each.owner) for each in floor.messages()] == [("sent", "water")]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return forked.run(words, os.environ, 120)


def test_a_test_message_says_who_got_what(floor: Floor) -> None:
    with Webhook() as webhook:
        floor.owner("water", hook(webhook), f"json://127.0.0.1:{free_port()}")
        floor.owner("power", hook(webhook), keys='quiet = { page = "Mon-Sun 00:00-24:00" }')
        with floor.process():
            partly = run("alerts", "test", "water", "--deliver", floor.url)
            whole = run("alerts", "test", "power", "--deliver", floor.url)
            unknown = run("alerts", "test", "nobody-else", "--deliver", floor.url)
    away = run("alerts", "test", "water", "--deliver", floor.url)
    assert partly.stdout == "json, line 1: sent\njson, line 2: failed: no connection\n"
    assert partly.stderr == "queuewatch: water: 1 of 2 got nothing: json, line 2\n"
    assert (whole.returncode, whole.stdout, whole.stderr) == (0, "json, line 1: sent\n", "")
    assert 'no owner "nobody-else" with deliver_file; known: water, power' in unknown.stderr
    assert "start `queuewatch deliver`" in away.stderr
    assert (partly.returncode, unknown.returncode, away.returncode) == (1, 1, 1)
    assert all(title.startswith("TEST: ") for title in titles(webhook))


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        (lambda folder: "", "no [owners] with deliver_file: nobody would be told"),
        (lambda folder: f'[owners.a]\ndeliver_file = "{folder}/none"', "none: No such file or directory"),
        (lambda folder: _file(folder, "# nothing"), "holds no address"),
        (lambda folder: _file(folder, "hunter2"), "line 1: no address of apprise"),
        (lambda folder: _file(folder, "nosuch://hunter2"), "line 1: apprise cannot use this address"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_one_line_without_what_stands_in_it(
    tmp_path: Path, tables: Callable[[Path], str], told: str
) -> None:
    (tmp_path / "queues.toml").write_text(tables(tmp_path))
    done = run(
        "deliver", "--queues", str(tmp_path / "queues.toml"), "--port", "0", "--metrics-port", "0"
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert told in line
    assert "hunter2" not in line


def test_owners_and_addresses_change_while_it_runs(floor: Floor) -> None:
    refused = "queuewatch_deliver_files_refused"
    with Webhook() as first, Webhook() as second:
        floor.owner("water", f"json://127.0.0.1:{free_port()}")
        queues, urls = floor.folder / "queues.toml", floor.folder / "water.urls"
        log = floor.folder / "deliver.log"
        with floor.process():
            assert floor.tell("water", "a") == 200
            wait_until(lambda: floor.messages()[0].attempts, "the wrong address is tried")
            urls.write_text("hunter2")
            wait_until(lambda: floor.metric(refused) == 1, "a mistake is seen")
            urls.write_text(hook(first))
            wait_until(lambda: first.posts, "what waited goes to the corrected address")
            assert floor.metric(refused) == 0
            floor.owner("power", hook(second))
            queues.write_text("".join(floor.tables))
            wait_until(lambda: floor.tell("power", "b") == 200, "the new owner is known")
            wait_until(lambda: second.posts, "and told")
            queues.write_text("[owners.water")
            wait_until(lambda: floor.metric(refused) == 1, "a mistake is seen")
            assert floor.tell("power", "c") == 200
            wait_until(lambda: len(second.posts) == 2, "the former owners hold")
    lines = log.read_text().splitlines()
    assert sum("; the former owners" in line for line in lines) == 2
    assert "hunter2" not in log.read_text()
    assert any(
        line.endswith("whom nobody tells where no Alertmanager does: queuewatch")
        for line in lines[:4]
    )
    assert "Traceback" not in log.read_text()


def _file(folder: Path, text: str) -> str:
    (folder / "a.urls").write_text(text)
    return f'[owners.a]\ndeliver_file = "{folder}/a.urls"'
