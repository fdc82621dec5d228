"""Services whose addresses look like a webhook and take another body than Alertmanager's.

Alertmanager posts its own JSON to a `webhook`. These services refuse it (Slack: 400 `invalid_payload`), and the owner
would be told of nothing; ntfy shows it as it is, unless the address names a template that reads it. Forms of addresses: the services' own pages on incoming webhooks, and apprise.
"""

from urllib.parse import parse_qs, urlsplit

_DELIVERED = "write it into the file that deliver_file names"
# apprise sends to workflows alone: Microsoft ends the connectors whose addresses these are.
_WORKFLOW = "make a workflow in Teams, and write its address into the file that deliver_file names"
# By host, or by what it ends in after a dot: whose it is, and where it belongs.
_SERVICES = {
    "hooks.slack.com": ("Slack", "name a file that holds it by slack_url_file"),
    "pagerduty.com": ("PagerDuty", "name a file that holds its integration key by pagerduty_key_file"),
    "discord.com": ("Discord", _DELIVERED),
    "discordapp.com": ("Discord", _DELIVERED),
    "webhook.office.com": ("Teams", _WORKFLOW),
    "outlook.office.com": ("Teams", _WORKFLOW),
    "logic.azure.com": ("Teams (a workflow)", _DELIVERED),
    "api.powerplatform.com": ("Teams (a workflow)", f"{_DELIVERED}, as workflows://"),
    "chat.googleapis.com": ("Google Chat", _DELIVERED),
    "api.telegram.org": ("Telegram", f"{_DELIVERED}, as tgram://"),
    "ntfy.sh": ("ntfy", _DELIVERED),
}  # fmt: skip


_NTFY_TEMPLATE = {"x-template", "template", "tpl"}  # parameters of ntfy 2.10 and later


def other_form(url: str) -> str:
    """What to do instead, without the address, which may be a secret; "" for an address of no such service."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    for known, (service, instead) in _SERVICES.items():
        if host != known and not host.endswith(f".{known}"):
            continue
        if service != "ntfy":
            return f"{service} refuses what Alertmanager posts to a webhook: {instead}"
        if not _NTFY_TEMPLATE & parse_qs(parts.query).keys():
            return f"{service} shows what Alertmanager posts to a webhook as raw JSON: {instead}"
    return ""
