"""An address of a service that takes another body than Alertmanager's is told where it belongs."""

from typing import Any

import apprise
import pytest

from schemas.owners import OwnerTable
from schemas.webhook_forms import _SERVICES, other_form


@pytest.mark.parametrize(
    ("url", "service", "instead"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", "Slack", "slack_url_file"),
        ("https://HOOKS.slack.com./services/T0/B0/x", "Slack", "slack_url_file"),
        ("https://events.pagerduty.com/v2/enqueue", "PagerDuty", "pagerduty_key_file"),
        ("https://events.eu.pagerduty.com/v2/enqueue", "PagerDuty", "pagerduty_key_file"),
        ("https://discord.com/api/webhooks/1/x", "Discord", "deliver_file"),
        ("https://city.webhook.office.com/webhookb2/x", "Teams", "deliver_file"),
        ("https://prod-1.westus.logic.azure.com:443/workflows/x", "Teams", "deliver_file"),
        ("https://chat.googleapis.com/v1/spaces/x", "Google Chat", "deliver_file"),
        ("https://api.telegram.org/bot1:x/sendMessage", "Telegram", "deliver_file"),
        ("https://ntfy.sh/water", "ntfy", "deliver_file"),
    ],
)
def test_it_says_whose_it_is_and_where_it_belongs(url: str, service: str, instead: str) -> None:
    told = other_form(url)
    assert told.startswith(service)
    assert instead in told
    assert url not in told


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9095/",
        "https://oncall.example.org/hooks.slack.com",
        "https://nothooks.slack.com.example.org/",
        "https://mydiscord.com/",
        "https://ntfy.sh/water?template=alertmanager",
        "https://ntfy.sh/water?tpl=1&m={{.status}}",
    ],
)
def test_other_addresses_are_webhooks(url: str) -> None:
    assert other_form(url) == ""


def test_what_ntfy_does_with_it_is_not_said_to_be_a_refusal() -> None:
    for url in ("https://ntfy.sh/water", "https://ntfy.sh/water?priority=5"):
        assert other_form(url).startswith(
            "ntfy shows what Alertmanager posts to a webhook as raw JSON"
        )


def test_the_keys_that_it_names_are_keys_of_an_owner() -> None:
    words = [word.rstrip(",") for _, text in _SERVICES.values() for word in text.split()]
    keys = {word for word in words if word.endswith("_file")}
    assert keys == {"slack_url_file", "pagerduty_key_file", "deliver_file"}
    assert all(hasattr(OwnerTable(), key) for key in keys)


def test_the_forms_that_it_names_are_known_to_apprise() -> None:
    services: Any = apprise.Apprise().details()["schemas"]
    known = {
        form
        for each in services
        for form in [*(each["protocols"] or []), *(each["secure_protocols"] or [])]
    }
    texts = [text for _, text in _SERVICES.values()]
    named = {text.rpartition(", as ")[2].removesuffix("://") for text in texts if ", as " in text}
    assert named
    assert named <= known
