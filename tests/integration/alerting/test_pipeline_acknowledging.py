"""An alert that Prometheus posts by itself goes on to the next owner, until somebody presses "I have it" in a message.

With Alertmanager its receivers tell the owner, and `notify` the next one; without one `deliver` tells both, in their languages.
"""

import json
import re
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

from schemas.millis import MINUTE, iso
from schemas.pipeline_alerts import id_of
from schemas.queues_toml import parse_queues
from streams.core.rule_catalogue import RULE_TABLES
from streams.local.kafka import LocalKafka, free_port
from streams.sinks.alertmanager.routing import rendered
from tests.integration.alerting.test_acknowledging import System, fast, now_ms, pressed, told
from tests.support.deliver_process import deliver
from tests.support.services import Webhook, alertmanager, get
from tests.support.waiting import wait_until

OWNERS = """
[owners.queuewatch]
RECEIVER
language = "zu"
escalate_to = "lead"
escalate_after = "2s"
[owners.lead]
RECEIVER
language = "ar"
"""
LABELS = {
    "alertname": "FeedStale", "source": "north", "job": "stream", "severity": "page", "owner": "queuewatch",
}  # fmt: skip


def stale(now: int, ends_at: int) -> dict[str, Any]:
    summary = {"summary": "source north has been silent for 40s"}
    return {"labels": LABELS, "annotations": summary, "startsAt": iso(now), "endsAt": iso(ends_at)}


def test_with_alertmanager_the_next_owner_gets_a_link_and_the_alert_is_quiet_for_both(
    kafka: LocalKafka, tmp_path: Path
) -> None:
    with Webhook() as webhook:
        text = OWNERS.replace("RECEIVER", f'webhook = "{webhook.url}"')
        pager = alertmanager(tmp_path / "pager", fast(rendered(parse_queues(text, RULE_TABLES), {})))  # fmt: skip
        system = System(tmp_path, kafka.place.bootstrap, pager.url, webhook.url)
        system.queues.write_text(text)
        now = now_ms()
        with pager.server, system.notify, system.board:
            pager.post([stale(now, now + 10 * MINUTE)])
            wait_until(partial(told, webhook, "queuewatch", "firing"), "the owner is told")
            wait_until(partial(told, webhook, "lead", "firing"), "the next one is told")
            (of_lead,) = told(webhook, "lead", "firing")[0]["alerts"]
            assert of_lead["labels"] == LABELS | {"owner": "lead", "escalated": "1"}
            assert of_lead["annotations"]["told_first"] == "queuewatch"
            link = of_lead["annotations"]["ack_url"]
            assert b'<html lang="ar" dir="rtl">' in (get(link) or b"")
            assert pressed(link, "ann")[0] == 200
            wait_until(lambda: b"ann has it" in (get(f"{pager.url}/api/v2/silences") or b""), "quiet")  # fmt: skip
            taken = system.known().book.taken(id_of(LABELS, now))
            assert taken is not None
            assert (taken.who, taken.link_of) == ("ann", "lead")
            system.notify.kill()
            system.notify.start()
            system.sent_again(1)
            assert b"ann has it" in (get(f"{pager.url}/api/v2/silences") or b"")
            pager.post([stale(now, now_ms())])
            for owner in ("queuewatch", "lead"):
                wait_until(partial(told, webhook, owner, "resolved"), f"{owner} hears the end")
    # What goes on to `lead` is posted by notify, and may end while that is away for longer than four resends.
    assert len(told(webhook, "queuewatch", "firing")) == 1


def test_without_alertmanager_deliver_tells_each_in_his_language_and_its_link_ends_it(
    kafka: LocalKafka, tmp_path: Path
) -> None:
    with Webhook() as webhook:
        urls = tmp_path / "all.urls"
        urls.write_text(f"json://{webhook.url.removeprefix('http://')}")
        text = OWNERS.replace("RECEIVER", f'deliver_file = "{urls}"')
        url = f"http://127.0.0.1:{free_port()}"
        system = System(tmp_path, kafka.place.bootstrap, url, webhook.url)
        system.queues.write_text(text)
        board = (
            "https://wall.example.org"  # a message holds no link that opens on this machine only
        )
        key = tmp_path / "link.key"
        process = deliver(
            tmp_path, url, "--kafka", system.bootstrap, "--namespace", system.namespace,
            "--queues", str(system.queues), "--board-url", board, "--link-key-file", str(key),
        )  # fmt: skip
        now = now_ms()
        with process, system.notify, system.board:
            body = json.dumps([stale(now, now + 10 * MINUTE)]).encode()
            headers = {"Content-Type": "application/json"}
            post = urllib.request.Request(f"{url}/api/v2/alerts", body, headers)
            urllib.request.urlopen(post, timeout=30).close()
            wait_until(lambda: len(webhook.posts) == 2, "both are told")
            first, second = (post["message"] for post in webhook.posts)
            assert "Akekho okuphethe" not in first
            assert "لم يتولَّ أحد الأمر بعد" in second
            (link,) = re.findall(r"Ngikuphethe mina: (\S+)", first)
            here = link.replace(board, system.board_url)
            assert b'<html lang="zu" dir="ltr">' in (get(here) or b"")
            assert pressed(here, "ann")[0] == 200
            wait_until(lambda: b"ann has it" in (get(f"{url}/api/v2/silences") or b""), "quiet")
