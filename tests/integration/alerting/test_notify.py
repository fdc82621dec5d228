"""`notify` between a real Kafka and a real Alertmanager with the routing that ships."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic
from msgspec.structs import replace

from schemas.alerts import Alert
from schemas.codec import encode
from schemas.commands import Acknowledged, AlertCommand, Muted, Unmuted, command_key
from schemas.millis import from_datetime, from_iso
from schemas.timing import DISORDER_MS
from schemas.topics import topic_name
from streams.local.kafka import LocalKafka
from tests.support.names import unique
from tests.support.services import ROOT, Server, Webhook, alertmanager, get, program
from tests.support.waiting import wait_until

HOST = "127.0.0.1"
RESEND_S = 1


class Log:
    """Topic `alerts`, written as the stream does: in transactions."""

    def __init__(self, bootstrap: str) -> None:
        self.namespace = unique("notify") + "-"
        self._topic, self._commands, self.health = (
            topic_name(name, self.namespace) for name in ("alerts", "commands", "health")
        )
        admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        for name, partitions in ((self._topic, 2), (self._commands, 1), (self.health, 1)):
            admin.create_topics([NewTopic(name, num_partitions=partitions, replication_factor=1)])
        admin.close()
        self._producer = KafkaProducer(bootstrap_servers=bootstrap, transactional_id=unique("tx"))
        self._producer.init_transactions()

    def write(self, *alerts: Alert, commit: bool = True) -> None:
        self._producer.begin_transaction()
        for alert in alerts:
            self._producer.send(self._topic, encode(alert), alert.alert_id.encode())
        if commit:
            self._producer.commit_transaction()
        else:
            self._producer.flush()
            self._producer.abort_transaction()

    def say(self, command: AlertCommand) -> None:
        self._producer.begin_transaction()
        self._producer.send(self._commands, encode(command), command_key(command))
        self._producer.commit_transaction()

    def close(self) -> None:
        self._producer.close()


def alert(now: int, queue: str, **changes: Any) -> Alert:
    first = Alert(
        alert_id=f"oldest_wait/{queue}/{now}",
        version=1,
        rule="oldest_wait",
        queue=queue,
        state="firing",
        severity="page",
        onset_at=now - 10_000,
        changed_at=now - 5_000,
        known_at=now - 5_000,
        value=130.0,
        threshold=120.0,
        n=1,
        reason=f"{queue}: oldest wait 2:10, limit 2:00",
        fired_at=now - 5_000,
    )
    return replace(first, **changes)


def notify(folder: Path, bootstrap: str, namespace: str, url: str) -> tuple[Server, str]:
    """The process and the file of its output; port 0, so the address stands in that output."""
    log = folder / "notify.log"
    main = "from streams.cli.main import main; main()"
    command = [sys.executable, "-c", main, "notify", "--kafka", bootstrap, "--namespace", namespace]
    command += ["--alertmanager", url, "--resend", f"{RESEND_S}s", "--metrics-port", "0"]
    log.touch()
    return Server("notify", command, lambda: get(address(log) + "healthz") == b"ok\n", log), str(
        log
    )


def address(log: Path) -> str:
    found = re.findall(r"http://127\.0\.0\.1:\d+/", log.read_text())
    return found[-1] if found else f"http://{HOST}:1/"  # of the newest start


def shipped_routing(webhook: Webhook) -> str:
    text = (ROOT / "deploy/alertmanager/alertmanager.yml").read_text()
    text = re.sub(r"http://127\.0\.0\.1:9095/", webhook.url, text)
    text = text.replace("group_wait: 5s", "group_wait: 0s")
    for slow, fast in (("30s", "0s"), ("1m", "1s"), ("5m", "1s")):
        text = text.replace(f"_wait: {slow}", f"_wait: {fast}")
        text = text.replace(f"_interval: {slow}", f"_interval: {fast}")
    return text


def about(queue: str, status: str) -> Callable[[dict[str, Any]], bool]:
    return lambda post: post["status"] == status and post["groupLabels"]["queue"] == queue


def sample(log: Path, name: str) -> float:
    text = (get(address(log) + "metrics") or b"").decode()
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else -1.0


@pytest.fixture
def now() -> int:
    return from_datetime(datetime.now(UTC))


def test_from_the_topic_to_a_webhook_over_outages(
    kafka: LocalKafka, tmp_path: Path, now: int
) -> None:
    bootstrap = kafka.place.bootstrap
    topic = Log(bootstrap)
    fired = alert(now, "billing", version=2)
    topic.write(replace(fired, version=1, state="pending", fired_at=None), fired)
    an_hour_ago = now - 3_600_000
    past = alert(now, "past", changed_at=an_hour_ago, fired_at=an_hour_ago)
    still = replace(past, queue="still", alert_id="oldest_wait/still/1")
    topic.write(past, still)
    topic.write(alert(now, "replayed", replay=True), alert(now, "warned", severity="warn"))
    topic.write(alert(now, "aborted"), commit=False)
    with Webhook() as webhook:
        pager = alertmanager(tmp_path / "pager", shipped_routing(webhook))
        process, log_name = notify(tmp_path, bootstrap, topic.namespace, pager.url)
        log = Path(log_name)
        failed, accepted = (
            f'queuewatch_notify_posts_total{{result="{result}"}}' for result in ("failed", "ok")
        )
        with process:
            wait_until(lambda: sample(log, failed) >= 2, "Alertmanager away: tried again")
            with pager.server:
                firing = webhook.wait_for(about("billing", "firing"), "billing fires")
                warned = webhook.wait_for(about("warned", "firing"), "the warning fires")
                pager.server.kill()
                pager.server.start()  # it forgot every active alert
                wait_until(
                    lambda: "billing" in known_queues(pager.url), "Alertmanager knows it again"
                )
                assert sample(log, "queuewatch_notify_firing_alerts") == 3
                at = from_datetime(datetime.now(UTC))
                topic.write(replace(still, version=2, held_at=at))  # its queue's clock came to now
                before = sample(log, accepted)
                wait_until(lambda: sample(log, accepted) > before + 1, "firing alerts are re-sent")
                ended = replace(fired, version=3, state="resolved", changed_at=now, resolved_at=now)
                topic.write(ended)
                resolved = webhook.wait_for(about("billing", "resolved"), "billing is resolved")
                holds = webhook.wait_for(about("still", "firing"), "what still holds fires")
                known = known_queues(pager.url)
    topic.close()
    assert firing["receiver"] == "page"
    assert warned["receiver"] == "warn"
    assert firing["alerts"][0]["labels"]["severity"] == "page"
    assert firing["alerts"][0]["annotations"]["summary"] == fired.reason
    assert from_iso(firing["alerts"][0]["startsAt"]) == now
    assert now < from_iso(resolved["alerts"][0]["endsAt"]) <= now + DISORDER_MS
    assert from_iso(holds["alerts"][0]["startsAt"]) == an_hour_ago + DISORDER_MS
    told = {post["groupLabels"]["queue"] for post in webhook.posts}
    assert told == {"billing", "warned", "still"}
    assert "replayed" in known  # known, but the shipped routing tells nobody
    assert "past" not in known
    assert "aborted" not in known


def known_queues(url: str) -> set[str]:
    alerts = json.loads(get(f"{url}/api/v2/alerts") or b"[]")
    return {alert["labels"]["queue"] for alert in alerts}


def test_who_has_an_alert_is_not_told_again_until_it_is_over(
    kafka: LocalKafka, tmp_path: Path, now: int
) -> None:
    topic = Log(kafka.place.bootstrap)
    fired = alert(now, "billing", version=2)
    topic.write(fired)
    quiet = "queuewatch_notify_quiet_alerts"
    with Webhook() as webhook:
        routing = shipped_routing(webhook).replace("repeat_interval: 30m", "repeat_interval: 2s")
        pager = alertmanager(tmp_path / "pager", routing)
        process, log_name = notify(tmp_path, kafka.place.bootstrap, topic.namespace, pager.url)
        log = Path(log_name)
        with pager.server, process:
            webhook.wait_for(about("billing", "firing"), "it is told")
            seen = len(webhook.posts)
            wait_until(lambda: len(webhook.posts) > seen, "nobody has it: it is repeated")
            topic.say(Acknowledged(who="ann", at=now, alert_id=fired.alert_id))
            wait_until(lambda: sample(log, quiet) == 1, "notify knows who has it")
            taken = 'queuewatch_alerts_acknowledged_total{rule="oldest_wait",severity="page"}'
            wait_until(lambda: sample(log, taken) == 1, "and counts it")
            wait_until(lambda: states(pager.url) == {"billing": "suppressed"}, "it is quiet")
            process.kill()
            process.start()  # it finds its own silence, and no second one is made
            wait_until(lambda: sample(log, quiet) == 1, "notify knows it again")
            assert len(silences(pager.url)) == 1
            (silence,) = silences(pager.url)
            assert silence["comment"].startswith("ann has it for")
            before = len(webhook.posts)
            topic.write(alert(now, "repairs"))  # another alert is told all the same
            webhook.wait_for(about("repairs", "firing"), "the other one is told")
            assert not [post for post in webhook.posts[before:] if about("billing", "firing")(post)]
            topic.write(
                replace(fired, version=3, state="resolved", changed_at=now, resolved_at=now)
            )
            webhook.wait_for(about("billing", "resolved"), "its end is told")
            wait_until(lambda: silences(pager.url) == [], "the silence ends with it")
            topic.say(Muted(who="ann", at=now, mute_id="m", until=now + 3_600_000, queue="new"))
            topic.write(alert(now, "new", version=9))
            wait_until(lambda: states(pager.url).get("new") == "suppressed", "muted from its begin")
            assert not any(about("new", "firing")(post) for post in webhook.posts)
            topic.say(Unmuted(who="ann", at=now + 1, mute_id="m"))
            webhook.wait_for(about("new", "firing"), "told once the mute has ended")
    topic.close()


def test_of_a_queue_in_maintenance_nobody_is_told_before_that_is_over(
    kafka: LocalKafka, tmp_path: Path, now: int
) -> None:
    topic = Log(kafka.place.bootstrap)
    planned = alert(
        now, "billing", maintenance_until=now + 3_600_000, maintenance="maintenance until noon"
    )
    topic.write(planned)
    with Webhook() as webhook:
        pager = alertmanager(tmp_path / "pager", shipped_routing(webhook))
        process, _ = notify(tmp_path, kafka.place.bootstrap, topic.namespace, pager.url)
        with pager.server, process:
            wait_until(lambda: states(pager.url) == {"billing": "suppressed"}, "it is quiet")
            (silence,) = silences(pager.url)
            assert silence["comment"] == "maintenance until noon"
            assert webhook.posts == []
            over = replace(planned, version=2, maintenance_until=None, maintenance="")
            topic.write(over)  # it still fires: the stream writes it each minute
            webhook.wait_for(about("billing", "firing"), "told once that is over")
    topic.close()


def states(url: str) -> dict[str, str]:
    """State of each alert that Alertmanager knows, by queue."""
    found = json.loads(get(f"{url}/api/v2/alerts") or b"[]")
    return {each["labels"]["queue"]: each["status"]["state"] for each in found}


def silences(url: str) -> list[dict[str, Any]]:
    found = json.loads(get(f"{url}/api/v2/silences") or b"[]")
    return [each for each in found if each["status"]["state"] != "expired"]


def test_kafka_and_its_topic_may_come_later(kafka: LocalKafka, tmp_path: Path) -> None:
    """It waits, says for what, and ends at once when told to."""
    process, log_name = notify(tmp_path, kafka.place.bootstrap, unique("none") + "-", "http://x:1")
    log = Path(log_name)
    waiting = Server("notify", process._command, lambda: "is missing" in log.read_text(), log)
    with waiting:
        body = get(address(log) + "metrics") or b""
    assert b'queuewatch_ready{process="notify"} 0.0' in body
    check = [program("promtool", "prometheus"), "check", "metrics"]
    checked = subprocess.run(check, input=body, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "queuewatch topics create" in log.read_text()
    assert "Traceback" not in log.read_text()
