"""Makes Alertmanager's configuration from the owners of queues.toml: who is told what, and when. Pure.

A route is owner x severity, and one message is all that an owner has of one department: 300 queues that breach at
once are one page. What it makes is accepted by Alertmanager 0.25 (Debian 12). YAML is written as text, since a JSON
string is a string of YAML too.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from schemas.opening import WeeklySpan
from schemas.owners import NOBODY, OF_QUEUEWATCH, Language, MailTable, Owner
from schemas.queues_toml import QueuesFile

SHIPPED_URL = "http://127.0.0.1:9095/"
_DAY_MINUTES = 24 * 60
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_HEAD = """\
# Who is told what. Accepted by Alertmanager 0.25 (Debian 12) and later.
#
# To change the receiver: replace the webhook_configs of `page` and `warn` by email_configs,
# pagerduty_configs, slack_configs … and keep secrets out of this file (`…_file:` keys name a file).
# Check: amtool check-config alertmanager.yml
#        amtool config routes test --config.file=alertmanager.yml severity=page queue=billing
"""
_HEAD_OF_OWNERS = """\
# Who is told what. Made by `queuewatch alerts routes` from [owners] of queues.toml: change it there.
# Check: amtool check-config alertmanager.yml
#        amtool config routes test --config.file=alertmanager.yml severity=page owner=NAME
"""
_BEFORE_OWNERS = """\
  group_by: [alertname, queue, topic, area]
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 30m
  routes:
    # A replay shows old traffic again: on the boards, not on anybody's phone.
    - matchers: ['replay="true"']
      receiver: nobody
    # Only mutes others (QueueWithoutFeed), or feeds a heartbeat outside (Watchdog: give it a route of
    # its own to a dead man's switch that pages when it stops).
    # A note is in lists only.
    - matchers: ['severity=~"none|note"']
      receiver: nobody
"""
_SLOWER = """\
      group_wait: 30s
      group_interval: 5m
      repeat_interval: 4h
"""
_INHIBIT = """
inhibit_rules:
  # Figures of a queue without a feed stand still: what its alerts say may be over.
  - source_matchers: ['alertname="QueueWithoutFeed"']
    target_matchers: ['rule=~".+"']
    equal: [queue]
  - source_matchers: ['alertname="PipelineDown"', 'job="stream"']
    target_matchers: ['rule=~".+"']
  # One message a queue (or topic and area): who was paged need not be warned.
  - source_matchers: ['severity="page"', 'rule=~".+"']
    target_matchers: ['severity="warn"', 'rule=~".+"']
    equal: [queue, topic, area]
"""


class Words(NamedTuple):
    """The words of a message around the sentences of its alerts."""

    more: str
    over: str


_WORDS: Mapping[Language, Words] = {"en": Words(more="more", over="Over")}

# Go templates have no subtraction: the last index is the number of the others.
_WORST = (
    '{{ $worst := "" }}{{ $told := "" }}{{ $more := 0 }}'
    "{{ range $i, $alert := .Alerts.Firing }}{{ $more = $i }}"
    "{{ if or (eq $i 0) (gt $alert.Annotations.times_limit $worst) }}"
    "{{ $worst = $alert.Annotations.times_limit }}{{ $told = $alert.Annotations.summary }}{{ end }}{{ end }}"
    "{{ $told }}{{ if $more }} +{{ $more }} MORE{{ end }}"
)
_TITLE = (
    '{{ if eq .Status "firing" }}' + _WORST + "{{ else }}"
    "OVER: {{ range $i, $alert := .Alerts.Resolved }}{{ if eq $i 0 }}{{ $alert.Annotations.summary }}{{ end }}{{ end }}"
    "{{ end }}"
)
_TEXT = (
    "{{ range .Alerts.Firing }}- {{ .Annotations.summary }} {{ .Annotations.runbook_url }}\n{{ end }}"
    "{{ range .Alerts.Resolved }}- OVER: {{ .Annotations.summary }}\n{{ end }}"
    "{{ .CommonAnnotations.board_url }}\n"
)
_PAGERDUTY_SEVERITY = '{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}'


def rendered(file: QueuesFile, urls: Mapping[str, str]) -> str:
    """The whole file; without owners the one that ships. `urls`: what stands in each `webhook_url_file`."""
    owners = file.owners
    rest = OF_QUEUEWATCH if any(each.name == OF_QUEUEWATCH for each in owners) else ""
    parts = [_HEAD_OF_OWNERS if owners else _HEAD]
    if file.mail is not None and owners:
        parts += _global(file.mail)
    parts += [f"route:\n  receiver: {_text(rest) if rest else 'page'}\n", _BEFORE_OWNERS]
    for owner in owners:
        parts += _routes(owner)
    if owners:
        parts.append("    # What has none of these owners.\n")
    for severity in ("warn", "page"):
        parts += [f"    - matchers: ['severity=\"{severity}\"']\n"]
        parts += [f"      receiver: {_text(rest) if rest else severity}\n"]
        parts += [_SLOWER] if severity == "warn" else []
    parts += _times(owners)
    parts += [_INHIBIT, "\nreceivers:\n", f"  - name: {NOBODY}\n"]
    for severity in () if rest else ("page", "warn"):
        parts += [f"  - name: {severity}\n", "    webhook_configs:\n"]
        parts += [f"      - url: {SHIPPED_URL}{severity}\n", "        send_resolved: true\n"]
    for owner in owners:
        parts += _receiver(owner, urls)
    return "".join(parts)


def remarks(file: QueuesFile) -> Iterator[str]:
    """What the routes leave open, a line each."""
    if not file.owners:
        yield "no [owners] declared: these are the routes that ship"
        return
    for owner in file.owners:
        if owner.weekly is not None and not owner.out_of_hours:
            yield f"{owner.name}: outside of its hours nobody is told; what still fires is told when they begin"
    if all(owner.name != OF_QUEUEWATCH for owner in file.owners):
        yield f"no [owners.{OF_QUEUEWATCH}]: alerts of the pipeline, and of queues without owner, go to {SHIPPED_URL}"
    unowned = [each.queue for each in file.queues if not each.owner]
    if unowned:
        first = f'"{unowned[0]}"' + (f" and {len(unowned) - 1} more" if len(unowned) > 1 else "")
        yield f"queues without owner: {first}"


def _global(mail: MailTable) -> Iterator[str]:
    yield "global:\n"
    yield f"  smtp_smarthost: {_text(mail.server)}\n"
    yield f"  smtp_from: {_text(mail.sender)}\n"
    yield f"  smtp_require_tls: {'true' if mail.tls else 'false'}\n"
    if mail.user:
        yield f"  smtp_auth_username: {_text(mail.user)}\n"
        yield f"  smtp_auth_password_file: {_text(mail.password_file)}\n"


def _routes(owner: Owner) -> Iterator[str]:
    for severity in ("page", "warn"):
        named = [f"owner={_text(owner.name)}", f'severity="{severity}"']
        slower = _SLOWER if severity == "warn" else ""
        matched = f"    - matchers: [{', '.join(_text(each) for each in named)}]\n"
        grouped = f"      group_by: [owner, department]\n{slower}"
        yield f"{matched}      receiver: {_text(owner.name)}\n{grouped}"
        if owner.weekly is None:
            continue
        yield f"      active_time_intervals: [{_text(_hours(owner))}]\n"
        if owner.out_of_hours:
            yield "      continue: true\n"
            yield f"{matched}      receiver: {_text(owner.out_of_hours)}\n{grouped}"
            yield f"      mute_time_intervals: [{_text(_hours(owner))}]\n"


def _times(owners: Sequence[Owner]) -> Iterator[str]:
    timed = [owner for owner in owners if owner.weekly is not None]
    if timed:
        yield "\ntime_intervals:\n"
    for owner in timed:
        yield f"  - name: {_text(_hours(owner))}\n    time_intervals:\n"
        for day, start, end in _days(owner.weekly or ()):
            yield f"      - weekdays: [{_DAYS[day]}]\n"
            yield f'        times: [{{start_time: "{_clock(start)}", end_time: "{_clock(end)}"}}]\n'
            yield f"        location: {_text(owner.time_zone)}\n"


def _days(weekly: Sequence[WeeklySpan]) -> Iterator[tuple[int, int, int]]:
    """Each span within one day: hours over midnight are two, since a time of Alertmanager cannot end before it starts."""
    for span in weekly:
        yield span.weekday, span.start_minute, min(span.end_minute, _DAY_MINUTES)
        if span.end_minute > _DAY_MINUTES:
            yield (span.weekday + 1) % 7, 0, span.end_minute - _DAY_MINUTES


def _receiver(owner: Owner, urls: Mapping[str, str]) -> Iterator[str]:
    table, words = owner.table, _WORDS[owner.table.language]
    title, text = (
        _text(each.replace("MORE", words.more).replace("OVER", words.over))
        for each in (_TITLE, _TEXT)
    )
    yield f"  - name: {_text(owner.name)}\n"
    if url := table.webhook or urls.get(table.webhook_url_file, ""):
        yield f"    webhook_configs:\n      - url: {_text(url)}\n        send_resolved: true\n"
        if table.webhook_token_file:
            file = _text(table.webhook_token_file)
            yield f"        http_config: {{authorization: {{credentials_file: {file}}}}}\n"
    if table.email:
        yield "    email_configs:\n"
    for address in table.email:
        yield f"      - to: {_text(address)}\n        send_resolved: true\n"
        yield f'        headers: {{Subject: {title}}}\n        html: ""\n        text: {text}\n'
    if table.pagerduty_key_file:
        yield f"    pagerduty_configs:\n      - routing_key_file: {_text(table.pagerduty_key_file)}\n"
        yield f"        send_resolved: true\n        description: {title}\n"
        yield f"        severity: {_text(_PAGERDUTY_SEVERITY)}\n"
    if table.slack_url_file:
        yield f"    slack_configs:\n      - api_url_file: {_text(table.slack_url_file)}\n"
        yield f"        send_resolved: true\n        title: {title}\n        text: {text}\n"
        if table.slack_channel:
            yield f"        channel: {_text(table.slack_channel)}\n"


def _hours(owner: Owner) -> str:
    return f"hours of {owner.name}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _text(value: str) -> str:
    """A string of JSON: in YAML and in a matcher of Alertmanager it is the same string."""
    return json.dumps(value, ensure_ascii=False)
