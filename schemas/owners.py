"""`[owners.NAME]` and `[mail]` of queues.toml: who is told of the alerts of a queue, by what, and when.

They hold names of files with secrets, never a secret.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args
from urllib.parse import urlsplit

from msgspec import Struct

from schemas.millis import parse_duration
from schemas.opening import WeeklySpan, parse_weekly
from schemas.printable import printable
from schemas.toml_reading import Duration
from schemas.webhook_forms import other_form

Language = Literal["en", "id", "ar", "zu"]
ToldSeverity = Literal["page", "warn"]
OF_QUEUEWATCH = "queuewatch"  # of the alerts of the pipeline (deploy/prometheus/rules)
NOBODY = "nobody"
EVERYBODY = "all"
_RESERVED = (NOBODY, EVERYBODY, "page", "warn")  # words of the keys below, and receivers that ship
_MAIL_ADDRESS = re.compile(r"[^@\s{},<>]+@[^@\s{},<>]+")
_RATE = re.compile(r"([1-9]\d{0,3})/((?:[1-9]\d{0,3})?[smh])")
_PLACE = re.compile(r"[^\s:/{}]+:\d{1,5}")
_FILES = (
    "webhook_url_file",
    "webhook_token_file",
    "pagerduty_key_file",
    "slack_url_file",
    "deliver_file",
)


class MailTable(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[mail]`: the server by which Alertmanager sends."""

    server: str  # host:port
    sender: str
    user: str = ""
    password_file: str = ""
    tls: bool = True


class QuietTable(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`quiet` of an owner: hours by severity, in which messages are held."""

    page: tuple[str, ...] | str = ()
    warn: tuple[str, ...] | str = ()


class OwnerTable(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[owners.NAME]`."""

    webhook: str = ""
    webhook_url_file: str = ""  # the URL is the secret
    webhook_token_file: str = ""
    email: tuple[str, ...] = ()
    pagerduty_key_file: str = ""
    slack_url_file: str = ""
    slack_channel: str = ""
    deliver_file: str = ""  # one address of apprise a line: each is a secret
    at_most: str = ""
    quiet: QuietTable | None = None
    hours: tuple[str, ...] | str = "always"
    time_zone: str = ""
    out_of_hours: str = ""
    language: Language = "en"
    escalate_to: str = ""
    escalate_after: Duration | None = None


class Rate(Struct, frozen=True):
    """At most `messages` to one target within any `within_ms`."""

    messages: int
    within_ms: int


class Owner(Struct, frozen=True):
    """Somebody who is told. `weekly` None: at any time; `out_of_hours` is told else, "" is nobody.

    `rate` and `quiet` hold for what goes to `deliver_file`: quiet hours by severity, in `time_zone`.
    """

    name: str
    table: OwnerTable
    time_zone: str
    weekly: tuple[WeeklySpan, ...] | None = None
    out_of_hours: str = ""
    rate: Rate | None = None
    quiet: dict[ToldSeverity, tuple[WeeklySpan, ...]] = {}


def check_mail(mail: MailTable) -> None:
    """ValueError that begins with the key."""
    if not _PLACE.fullmatch(mail.server):
        raise ValueError(f'server: expected "host:port", got "{mail.server}"')
    check_address("sender", mail.sender)
    check_path("password_file", mail.password_file)
    if bool(mail.user) != bool(mail.password_file):
        raise ValueError("user: needs password_file, and that needs user")


def owners_of(
    tables: Mapping[str, OwnerTable], default_zone: str, *, has_mail: bool
) -> tuple[Owner, ...]:
    """The owners of a file; ValueError that begins with the name and the key."""
    found = []
    for name, table in tables.items():
        try:
            found.append(_owner(name, table, tables, default_zone, has_mail=has_mail))
        except ValueError as error:
            raise ValueError(f"{name}{error}") from None
    return tuple(found)


def _owner(
    name: str,
    table: OwnerTable,
    tables: Mapping[str, OwnerTable],
    default_zone: str,
    *,
    has_mail: bool,
) -> Owner:
    if not name or name != printable(name).strip():
        raise ValueError(": expected a name of printable characters, without space around it")
    if name in _RESERVED:
        raise ValueError(f": {', '.join(_RESERVED)} are no names of owners")
    try:
        _check_receivers(table, has_mail=has_mail)
        rate, quiet = _delivery(table)
        weekly = _weekly(table)
        if weekly is None and (table.out_of_hours or (table.time_zone and not quiet)):
            key = "out_of_hours" if table.out_of_hours else "time_zone"
            raise ValueError(f"{key}: needs hours")  # noqa: TRY301 - one place adds the dot
        otherwise = "" if weekly is None else _out_of_hours(name, table.out_of_hours, tables)
        _check_escalation(name, tables)
    except ValueError as error:
        raise ValueError(f".{error}") from None
    zone = table.time_zone or default_zone
    return Owner(name, table, zone, weekly, otherwise, rate, quiet)


def _check_receivers(table: OwnerTable, *, has_mail: bool) -> None:
    for key in _FILES:
        check_path(key, getattr(table, key))
    if table.webhook and table.webhook_url_file:
        raise ValueError("webhook: stands beside webhook_url_file: keep one of them")
    if table.webhook:
        check_url("webhook", table.webhook)
    if table.webhook_token_file and not (table.webhook or table.webhook_url_file):
        raise ValueError("webhook_token_file: needs webhook")
    if table.slack_channel and not table.slack_url_file:
        raise ValueError("slack_channel: needs slack_url_file")
    if "{{" in table.slack_channel or table.slack_channel != printable(table.slack_channel):
        raise ValueError(f'slack_channel: expected a name such as "#calls", got "{table.slack_channel}"')  # fmt: skip
    for address in table.email:
        check_address("email", address)
    if table.email and not has_mail:
        raise ValueError("email: needs a table [mail] with server and sender")
    if not (table.webhook or table.email or any(getattr(table, key) for key in _FILES)):
        raise ValueError(
            "webhook: no receiver: give webhook, webhook_url_file, email, pagerduty_key_file, slack_url_file"
            " or deliver_file"
        )


def _weekly(table: OwnerTable) -> tuple[WeeklySpan, ...] | None:
    if table.hours in ("always", ("always",)):
        return None
    texts = (table.hours,) if isinstance(table.hours, str) else table.hours
    if not texts:
        raise ValueError('hours: empty: write "always", or take the owner out')
    try:
        return tuple(span for text in texts for span in parse_weekly(text))
    except ValueError as error:
        raise ValueError(f"hours: {error}") from None


def _delivery(
    table: OwnerTable,
) -> tuple[Rate | None, dict[ToldSeverity, tuple[WeeklySpan, ...]]]:
    """`at_most` and `quiet`, read."""
    for key in ("at_most", "quiet"):
        if getattr(table, key) and not table.deliver_file:
            raise ValueError(f"{key}: needs deliver_file")
    rate = None
    if table.at_most:
        match = _RATE.fullmatch(table.at_most)
        if match is None:
            raise ValueError(
                f'at_most: expected a number of messages a time such as "10/h" or "2/10m", got "{table.at_most}"'
            )
        rate = Rate(
            int(match[1]), parse_duration(match[2] if match[2][0].isdigit() else f"1{match[2]}")
        )
    found: dict[ToldSeverity, tuple[WeeklySpan, ...]] = {}
    for severity in get_args(ToldSeverity) if table.quiet else ():
        texts = getattr(table.quiet, severity)
        spans = _quiet(severity, (texts,) if isinstance(texts, str) else texts)
        if spans:
            found[severity] = spans
    return rate, found


def _quiet(severity: str, texts: Sequence[str]) -> tuple[WeeklySpan, ...]:
    spans: list[WeeklySpan] = []
    for text in texts:
        try:
            spans += parse_weekly(text)
        except ValueError:
            raise ValueError(
                f'quiet.{severity}: expected hours such as "Mon-Sun 22:00-06:00", got "{text}"'
            ) from None
    return tuple(spans)


def _out_of_hours(name: str, other: str, tables: Mapping[str, OwnerTable]) -> str:
    """Somebody who is reached at any time: else a page could reach nobody, by two weeks that do not meet."""
    if not other:
        raise ValueError(f'out_of_hours: missing: name the owner who is told then, or "{NOBODY}"')
    if other == NOBODY:
        return ""
    if other == name or other not in tables:
        known = ", ".join(each for each in tables if each != name) or "none"
        raise ValueError(f'out_of_hours: there is no other owner "{other}"; known: {known}')
    if tables[other].hours not in ("always", ("always",)):
        raise ValueError(
            f'out_of_hours: "{other}" has hours, too: name an owner without, who is always reached'
        )
    return other


def _check_escalation(name: str, tables: Mapping[str, OwnerTable]) -> None:
    table = tables[name]
    if bool(table.escalate_to) != (table.escalate_after is not None):
        missing, given = "escalate_after", "escalate_to"
        if table.escalate_after is not None:
            missing, given = given, missing
        raise ValueError(f"{given}: needs {missing}")
    if table.escalate_after is not None and table.escalate_after <= 0:
        raise ValueError("escalate_after: must be above 0")
    walked = [name]
    while (after := tables[walked[-1]].escalate_to) not in {"", EVERYBODY}:
        if after not in tables or after == walked[-1]:
            if len(walked) > 1:
                return  # the mistake of another owner, which is told there
            known = ", ".join([*(each for each in tables if each != name), EVERYBODY])
            raise ValueError(f'escalate_to: there is no other owner "{after}"; known: {known}')
        if after in walked:
            raise ValueError(f"escalate_to: goes in a circle: {' -> '.join([*walked, after])}")
        walked.append(after)


def check_url(key: str, url: str) -> None:
    """ValueError unless it is an address of HTTP without a secret that shows."""
    told = f"{key}: expected a URL that begins with http:// or https://"
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError(told) from None
    is_http = parts.scheme in {"http", "https"} and bool(parts.hostname)
    if not is_http or re.search(r"[\s{}]", url) or url != printable(url):
        raise ValueError(told)
    if key == "webhook" and ("@" in parts.netloc or parts.query or parts.fragment):
        raise ValueError(
            "webhook: a password or a query may be a secret: put the URL into a file and name it by webhook_url_file"
        )
    if key == "webhook" and (problem := other_form(url)):
        raise ValueError(f"webhook: {problem}")


def check_address(key: str, address: str) -> None:
    if not _MAIL_ADDRESS.fullmatch(address):
        raise ValueError(f'{key}: expected an address such as "duty@example.org", got "{address}"')


def check_path(key: str, path: str) -> None:
    if path and (not path.startswith("/") or path != printable(path)):
        raise ValueError(f'{key}: expected an absolute path, got "{path}"')
