"""Routes made from [owners], given to the real amtool and to a real Alertmanager."""

import subprocess
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.alerts import Alert
from schemas.millis import MINUTE, from_datetime, iso
from schemas.opening import WEEKDAYS
from schemas.pipeline_alerts import id_of
from schemas.queues_toml import parse_queues
from streams.core.rule_catalogue import RULE_TABLES
from streams.sinks.alertmanager.decide import Links, body
from streams.sinks.alertmanager.routing import rendered
from tests.support.services import Alertmanager, Webhook, alertmanager, program
from tests.support.waiting import wait_until

EVERYTHING = """
[mail]
server = "smtp.example.org:587"
sender = "queuewatch@example.org"
user = "queuewatch"
password_file = "/etc/queuewatch/mail.password"

[owners.queuewatch]
webhook = "http://127.0.0.1:9095/"
webhook_token_file = "/etc/queuewatch/webhook.token"

[owners."duty \\"1\\" – Süd"]
email = ["duty@example.org", "lead@example.org"]
pagerduty_key_file = "/etc/queuewatch/pagerduty.key"
slack_url_file = "/etc/queuewatch/slack.url"
slack_channel = "#calls"
language = "ar"
hours = ["Mon-Fri 07:00-19:00", "Sat 22:00-06:00"]
time_zone = "Africa/Johannesburg"
out_of_hours = "queuewatch"
"""
RESEND_MS = 30_000
LINKS = Links("https://wall.example.org", key=b"a key of the tests")


def amtool(*words: str | Path) -> str:
    done = subprocess.run(
        [program("amtool", "prometheus-alertmanager"), *map(str, words)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def routes(text: str) -> str:
    return rendered(parse_queues(text, RULE_TABLES), {})


def fast(text: str) -> str:
    for slow, soon in (("5s", "1s"), ("30s", "1s"), ("1m", "1s"), ("5m", "1s")):
        text = text.replace(f"_wait: {slow}", f"_wait: {soon}")
        text = text.replace(f"_interval: {slow}", f"_interval: {soon}")
    return text


def test_amtool_accepts_every_receiver(tmp_path: Path) -> None:
    config = tmp_path / "alertmanager.yml"
    config.write_text(routes(EVERYTHING))
    found = amtool("check-config", config)
    for line in ("global config", "route", "5 inhibit rules", "4 receivers"):
        assert f" - {line}" in found


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ("owner=water severity=page rule=oldest_wait", "water"),
        ("owner=water severity=warn rule=abandonment", "water"),
        ("owner=water severity=note rule=abandonment", "nobody"),
        ("owner=water severity=page rule=oldest_wait replay=true", "nobody"),
        ("owner=day severity=page rule=oldest_wait", "day,water"),  # one of them, by the time
        ("owner=queuewatch severity=page alertname=PipelineDown", "page"),
        ("severity=warn rule=abandonment", "warn"),
        ("alertname=Watchdog severity=none owner=queuewatch", "nobody"),
    ],
)
def test_each_alert_reaches_the_receiver_of_its_owner(
    tmp_path: Path, labels: str, receivers: str
) -> None:
    config = tmp_path / "alertmanager.yml"
    hook = 'webhook = "http://127.0.0.1:9095/"\n'
    hours = 'hours = "Mon-Fri 07:00-19:00"\nout_of_hours = "water"\n'
    config.write_text(routes(f"[owners.water]\n{hook}[owners.day]\n{hook}{hours}"))
    said = amtool("config", "routes", "test", f"--config.file={config}", *labels.split())
    assert said.strip() == receivers


def firing(owner: str, number: int, now: int, department: str = "works") -> Alert:
    queue = f"{owner}-{number:03}"
    return Alert(
        alert_id=f"oldest_wait/{queue}/{now}", version=1, rule="oldest_wait", queue=queue,
        state="firing", severity="page", onset_at=now, changed_at=now, known_at=now,
        value=130.0 + number, threshold=120.0, n=1, reason=f"{queue}: waits", fired_at=now,
        owner=owner, department=department,
    )  # fmt: skip


def post(pager: Alertmanager, alerts: list[Alert], now: int) -> None:
    pager.post([body(alert, now, RESEND_MS, LINKS) for alert in alerts])


def ended(alert: Alert, now: int) -> Alert:
    return replace(alert, state="resolved", resolved_at=now, changed_at=now)


def told(webhook: Webhook, receiver: str, status: str) -> list[dict[str, Any]]:
    return [
        each
        for each in list(webhook.posts)
        if each.get("receiver") == receiver and each["status"] == status
    ]


def slack_titles(webhook: Webhook) -> list[str]:
    return [
        each["attachments"][0]["title"] for each in list(webhook.posts) if "attachments" in each
    ]


def links_in_the_channel(webhook: Webhook) -> list[str]:
    """The lines by which somebody says "I have it", of the first message."""
    text = next(each for each in list(webhook.posts) if "attachments" in each)["attachments"][0]["text"]  # fmt: skip
    return [line.strip() for line in text.splitlines() if "/ack?" in line]


def test_300_queues_at_once_are_one_page_of_each_owner_and_only_of_the_owner(
    tmp_path: Path,
) -> None:
    now = from_datetime(datetime.now(UTC))
    alerts = [firing(owner, n, now) for n in range(150) for owner in ("water", "power")]
    slack = tmp_path / "slack.url"
    with Webhook() as webhook:
        slack.write_text(webhook.url)
        text = "".join(
            f'[owners.{owner}]\nwebhook = "{webhook.url}"\n' for owner in ("water", "power", "idle")
        )
        config = routes(
            text
            + f'hours = "Mon-Sun 00:00-24:00"\nout_of_hours = "nobody"\n[owners.chat]\nslack_url_file = "{slack}"'
        )
        pager = alertmanager(tmp_path / "pager", fast(config))
        with pager.server:
            post(pager, [*alerts, *(firing("chat", n, now) for n in range(3, 14))], now)
            for owner in ("water", "power"):
                wait_until(partial(told, webhook, owner, "firing"), f"{owner} is told")
            wait_until(lambda: slack_titles(webhook), "the channel is told")
            over = from_datetime(datetime.now(UTC))
            post(pager, [ended(alert, over) for alert in alerts], over)
            for owner in ("water", "power"):
                wait_until(partial(told, webhook, owner, "resolved"), f"{owner} hears the end")
    for owner in ("water", "power"):
        (page,) = told(webhook, owner, "firing")
        assert {each["labels"]["owner"] for each in page["alerts"]} == {owner}
        assert len(page["alerts"]) == 150
        assert page["groupLabels"] == {"owner": owner, "department": "works"}
    assert {each.get("receiver") for each in webhook.posts if "receiver" in each} == {
        "water",
        "power",
    }
    assert slack_titles(webhook)[0] == "chat-013: waits +10 more"  # the worst, and the others
    links = links_in_the_channel(webhook)
    assert len(links) == 10  # a message with 300 of them would be refused
    assert all(link.startswith("I have it: https://wall.example.org/ack?alert=") for link in links)
    assert len(set(links)) == 10


def test_in_its_hours_only_the_owner_is_told_and_else_only_who_is_told_then(
    tmp_path: Path,
) -> None:
    today = datetime.now(UTC)
    now = from_datetime(today)
    other_day = WEEKDAYS[(today + timedelta(days=3)).weekday()]
    alerts = [firing("here", 1, now), firing("away", 1, now), firing("asleep", 1, now)]
    with Webhook() as webhook:
        hook = f'webhook = "{webhook.url}"\n'
        always = 'hours = "Mon-Sun 00:00-24:00"\nout_of_hours = "night"\n'
        never = f'hours = "{other_day} 09:00-17:00"\nout_of_hours = '
        config = routes(
            f"[owners.night]\n{hook}[owners.here]\n{hook}{always}"
            f'[owners.away]\n{hook}{never}"night"\n[owners.asleep]\n{hook}{never}"nobody"\n'
        )
        pager = alertmanager(tmp_path / "pager", fast(config))
        with pager.server:
            post(pager, alerts, now)
            wait_until(lambda: told(webhook, "here", "firing"), "who is here is told")
            wait_until(lambda: told(webhook, "night", "firing"), "the night is told")
            over = from_datetime(datetime.now(UTC))
            post(pager, [ended(alert, over) for alert in alerts], over)
            wait_until(lambda: told(webhook, "here", "resolved"), "who is here hears the end")
            wait_until(lambda: told(webhook, "night", "resolved"), "the night hears the end")
    assert {(each["receiver"], each["commonLabels"]["owner"]) for each in webhook.posts} == {
        ("here", "here"),
        ("night", "away"),
    }


def test_a_page_of_the_pipeline_says_how_to_take_it_where_nobody_can_sign_a_link(
    tmp_path: Path,
) -> None:
    now = from_datetime(datetime.now(UTC))
    page = {"alertname": "FeedStale", "owner": "queuewatch", "severity": "page", "source": "north",
            "job": "stream", "instance": "127.0.0.1:9101"}  # fmt: skip
    others = [page | {"severity": "warn", "alertname": "LagGrowing"}, page | {"source": "x" * 300}]
    slack = tmp_path / "slack.url"
    with Webhook() as webhook:
        slack.write_text(webhook.url)
        config = routes(f'[owners.queuewatch]\nslack_url_file = "{slack}"')
        pager = alertmanager(tmp_path / "pager", fast(config))
        with pager.server:
            pager.post(
                [{"labels": each, "annotations": {"summary": each["alertname"]}, "startsAt": iso(now + 7), "endsAt": iso(now + MINUTE)}
                 for each in (page, *others)]
            )  # fmt: skip
            wait_until(lambda: len(slack_titles(webhook)) > 1, "page and warning are told")
    texts = [each["attachments"][0]["text"] for each in webhook.posts]
    said = [line.strip() for text in texts for line in text.splitlines() if "alerts ack" in line]
    assert said == [f"I have it: queuewatch alerts ack '{id_of(page, now + 7)}'"]
