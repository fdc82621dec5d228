"""Who is told: every mistake in [owners] and [mail] by its path, and an owner of a queue that nobody declared."""

import pytest

from schemas.opening import WeeklySpan
from schemas.owners import Owner, Rate
from schemas.queues_toml import QueuesFile, parse_queues
from schemas.toml_reading import ConfigurationError
from streams.core.rule_catalogue import RULE_TABLES

HOOK = 'webhook = "http://127.0.0.1:9095/"\n'
NIGHT = f"[owners.night]\n{HOOK}"
A = f"[owners.a]\n{HOOK}"
QUEUE = '[queues.q]\nanswer_within = "20s"\ngoal = 0.8\n'
FILE = 'deliver_file = "/x"\n'


def parsed(text: str) -> QueuesFile:
    return parse_queues(text, RULE_TABLES)


def test_an_owner_is_reached_at_any_time_unless_it_says_its_hours() -> None:
    text = f"""
[defaults]
time_zone = "Africa/Johannesburg"
{NIGHT}
[owners.day]
{HOOK}hours = ["Mon 07:00-19:00"]
out_of_hours = "night"
[owners.away]
{HOOK}hours = "Sat 22:00-06:00"
out_of_hours = "nobody"
time_zone = "UTC"
"""
    night, day, away = parsed(text).owners
    assert (night.weekly, night.out_of_hours) == (None, "")
    assert (day.time_zone, day.out_of_hours) == ("Africa/Johannesburg", "night")
    assert [(span.weekday, span.start_minute, span.end_minute) for span in day.weekly or ()] == [
        (0, 420, 1140)
    ]
    assert (away.time_zone, away.out_of_hours) == ("UTC", "")
    assert isinstance(away, Owner)


def test_owners_are_not_published_with_the_targets() -> None:
    (queue,) = parsed(A + QUEUE + 'owner = "a"').queues
    assert queue == parsed(QUEUE + 'owner = "a"').queues[0]


def test_rate_and_quiet_hours_of_addresses_are_read() -> None:
    keys = 'at_most = "2/10m"\nquiet = { warn = ["Sun 22:00-06:00"] }\ntime_zone = "Africa/Johannesburg"'
    (owner,) = parsed(f"[owners.a]\n{FILE}{keys}").owners
    assert owner.rate == Rate(2, 600_000)
    assert owner.quiet == {"warn": (WeeklySpan(6, 22 * 60, 30 * 60),)}
    assert owner.time_zone == "Africa/Johannesburg"
    (plain,) = parsed(f'[owners.a]\n{FILE}at_most = "10/h"').owners
    assert (plain.rate, plain.quiet) == (Rate(10, 3_600_000), {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("owners = 5", r"owners: expected tables such as \[owners.id\]"),
        ("[owners]\na = 5", "owners.a: expected a table, got a whole number"),
        ("[owners.a]", "owners.a.webhook: no receiver: give webhook, "),
        (A + 'phone = "1"', "owners.a.phone: unknown key; known: webhook, "),
        (A + "email = 5", "owners.a.email: expected a list, got a whole number"),
        (A + 'language = "tlh"', "owners.a.language: unknown value 'tlh'; known: en, id, ar, zu"),
        ('[owners.a]\nwebhook = "ftp://x/"', "owners.a.webhook: expected a URL that begins with http"),
        ('[owners.a]\nwebhook = "http://[x/"', "owners.a.webhook: expected a URL that begins with http"),
        ('[owners.a]\nwebhook = "http://u:p@x/"', "owners.a.webhook: a password or a query may be a secret"),
        ('[owners.a]\nwebhook = "http://x/?key=1"', "owners.a.webhook: a password or a query may be a secret"),
        ('[owners.a]\nwebhook = "https://hooks.slack.com/services/x"', "owners.a.webhook: Slack refuses what Alertmanager posts"),
        (A + 'webhook_url_file = "/x"', "owners.a.webhook: stands beside webhook_url_file"),
        ('[owners.a]\nwebhook_token_file = "/x"', "owners.a.webhook_token_file: needs webhook"),
        ('[owners.a]\nslack_url_file = "secrets/x"', 'owners.a.slack_url_file: expected an absolute path, got "secrets/x"'),
        (A + 'slack_channel = "#x"', "owners.a.slack_channel: needs slack_url_file"),
        ('[owners.a]\nslack_url_file = "/x"\nslack_channel = "{{ x }}"', "owners.a.slack_channel: expected a name"),
        ('[owners.a]\nemail = ["a@b.example"]', r"owners.a.email: needs a table \[mail\] with server and sender"),
        ('[mail]\nserver = "x:25"\nsender = "a@b"\n[owners.a]\nemail = ["a b"]', 'owners.a.email: expected an address such as "duty@example.org", got "a b"'),
        ('[mail]\nserver = "x"\nsender = "a@b"', 'mail.server: expected "host:port", got "x"'),
        ('[mail]\nserver = "x:25"', "mail.sender: missing: it has no default"),
        ('[mail]\nserver = "x:25"\nsender = "a@b"\nuser = "u"', "mail.user: needs password_file"),
        ('[mail]\nserver = "x:25"\nsender = "a@b"\npassword = "p"', "mail.password: unknown key; known: server, "),
        (A + 'hours = ["Mon"]\nout_of_hours = "nobody"', 'owners.a.hours: expected "Mon-Fri 07:00-19:00" or "always", got "Mon"'),
        (A + 'hours = []\nout_of_hours = "nobody"', "owners.a.hours: empty"),
        (A + 'hours = "Mon 07:00-19:00"', 'owners.a.out_of_hours: missing: name the owner who is told then, or "nobody"'),
        (A + 'hours = "Mon 07:00-19:00"\nout_of_hours = "b"\n' + NIGHT, 'owners.a.out_of_hours: there is no other owner "b"; known: night'),
        (A + 'hours = "Mon 07:00-19:00"\nout_of_hours = "a"', 'owners.a.out_of_hours: there is no other owner "a"; known: none'),
        (A + 'hours = "Mon 07:00-19:00"\nout_of_hours = "night"\n' + NIGHT + 'hours = "Sun 07:00-19:00"\nout_of_hours = "nobody"', 'owners.a.out_of_hours: "night" has hours, too'),
        (A + 'out_of_hours = "nobody"', "owners.a.out_of_hours: needs hours"),
        (A + 'escalate_to = "night"\n' + NIGHT, "owners.a.escalate_to: needs escalate_after"),
        (A + 'escalate_after = "5m"', "owners.a.escalate_after: needs escalate_to"),
        (A + 'escalate_to = "all"\nescalate_after = "soon"', 'owners.a.escalate_after: expected a duration such as "20s", "5m" or "1h30m", got "soon"'),
        (A + 'escalate_to = "all"\nescalate_after = 5', 'owners.a.escalate_after: expected a duration such as "20s", got 5'),
        (A + 'escalate_to = "all"\nescalate_after = "0s"', "owners.a.escalate_after: must be above 0"),
        (A + 'escalate_to = "b"\nescalate_after = "5m"\n' + NIGHT, 'owners.a.escalate_to: there is no other owner "b"; known: night, all'),
        (A + 'escalate_to = "a"\nescalate_after = "5m"', 'owners.a.escalate_to: there is no other owner "a"; known: all'),
        (A + 'escalate_to = "night"\nescalate_after = "5m"\n' + NIGHT + 'escalate_to = "a"\nescalate_after = "5m"', "owners.a.escalate_to: goes in a circle: a -> night -> a"),
        (A + 'escalate_to = "night"\nescalate_after = "5m"\n' + NIGHT + 'escalate_to = "x"\nescalate_after = "5m"', 'owners.night.escalate_to: there is no other owner "x"; known: a, all'),
        ("[owners.all]\n" + HOOK, "owners.all: nobody, all, page, warn are no names of owners"),
        (A + 'time_zone = "UTC"', "owners.a.time_zone: needs hours"),
        (A + 'hours = "Mon 07:00-19:00"\ntime_zone = "Mars/Olympus"', 'owners.a.time_zone: unknown time zone "Mars/Olympus"'),
        (A + 'deliver_file = "x"', 'owners.a.deliver_file: expected an absolute path, got "x"'),
        (A + 'at_most = "1/h"', "owners.a.at_most: needs deliver_file"),
        (A + 'quiet = { warn = "Sun 22:00-06:00" }', "owners.a.quiet: needs deliver_file"),
        (A + FILE + 'at_most = "0/h"', 'owners.a.at_most: expected a number of messages a time such as "10/h" or "2/10m", got "0/h"'),
        (A + FILE + "at_most = 5", "owners.a.at_most: expected a text, got a whole number"),
        (A + FILE + 'quiet = { note = "Sun 22:00-06:00" }', "owners.a.quiet.note: unknown key"),
        (A + FILE + "quiet = { warn = 5 }", "owners.a.quiet.warn: expected a text or a list, got a whole number"),
        (A + FILE + 'quiet = { warn = ["Sun 22:00-06:00", "?"] }', r'owners.a.quiet.warn: expected hours such as "Mon-Sun 22:00-06:00", got "\?"'),
        (f"[owners.nobody]\n{HOOK}", "owners.nobody: nobody, all, page, warn are no names of owners"),
        (f'[owners."a\\nb"]\n{HOOK}', r"owners.a.*b: expected a name of printable characters"),
        (f'[owners." a"]\n{HOOK}', r"owners. a: expected a name of printable characters"),
        (A + QUEUE + 'owner = "b"', r'queues.q.owner: there is no \[owners\] "b"; known: a$'),
        (A + QUEUE + '[centres.unused]\nowner = "b"', r'centres.unused.owner: there is no \[owners\] "b"'),
        (A + QUEUE + '[departments.unused]\nowner = "b"', r'departments.unused.owner: there is no \[owners\] "b"'),
        (A + QUEUE + '[defaults]\nowner = "b"', r'defaults.owner: there is no \[owners\] "b"'),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_path(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{message}"):
        parsed(text)


def test_while_no_owner_is_declared_any_name_may_stand_there() -> None:
    assert parsed(QUEUE + 'owner = "whoever"').queues[0].owner == "whoever"
    assert parsed(A + QUEUE + 'owner = ""').queues[0].owner == ""
