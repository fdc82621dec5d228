"""Makes Alertmanager's configuration from the owners of queues.toml: who is told what, and when. Pure.

A route is owner x severity, and one message is all that an owner has of one department: 300 queues that breach at
once are one page. What it makes is accepted by Alertmanager 0.25 (Debian 12). YAML is written as text, since a JSON
string is a string of YAML too.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from schemas.addresses import DELIVER_URL, NOTIFY_URL, PROBE_PATH
from schemas.millis import format_duration
from schemas.opening import WeeklySpan
from schemas.owners import NOBODY, OF_QUEUEWATCH, MailTable, Owner
from schemas.pipeline_alerts import LONGEST_WHAT, NOT_OF_THE_ALERT
from schemas.queues_toml import QueuesFile
from schemas.routes import (
    GROUPED_BY,
    GROUPED_BY_ELSE,
    INHIBITIONS,
    PACES,
    PROBED,
    QUIET_SEVERITIES,
    REPLAYED,
    Matcher,
    Pace,
)
from streams.messages.words import Words, words_of

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
_REPLAY = "    # A replay shows old traffic again: on the boards, not on anybody's phone.\n"
_PROBE = "    # Goes back to notify, which knows by it that the way to people is open. It must wait for nothing.\n"
_PROBE_AT_ONCE = """\
      receiver: probe
      group_by: [alertname]
      group_wait: 0s
      group_interval: 15s
      repeat_interval: 5s
"""
_QUIET = """\
    # Only mutes others (QueueWithoutFeed), or feeds a heartbeat outside (Watchdog: give it a route of
    # its own to a dead man's switch that pages when it stops).
    # A note is in lists only.
"""


# Go templates have no subtraction: the last index is the number of the others.
_WORST = (
    '{{ $worst := "" }}{{ $told := "" }}{{ $first := "" }}{{ $more := 0 }}'
    "{{ range $i, $alert := .Alerts.Firing }}{{ $more = $i }}"
    "{{ if or (eq $i 0) (gt $alert.Annotations.times_limit $worst) }}"
    "{{ $worst = $alert.Annotations.times_limit }}{{ $told = $alert.Annotations.summary }}"
    "{{ $first = $alert.Annotations.told_first }}{{ end }}{{ end }}"
    "{{ $told }}{{ if $more }} MORE{{ end }}{{ if $first }} (FIRST){{ end }}"
)
_TITLE = (
    '{{ if eq .Status "firing" }}' + _WORST + "{{ else }}"
    "OVER: {{ range $i, $alert := .Alerts.Resolved }}{{ if eq $i 0 }}{{ $alert.Annotations.summary }}{{ end }}{{ end }}"
    "{{ end }}"
)
# Nobody can sign a link for what Prometheus posts itself, and no template can. But its id is made of what stands here, as
# schemas/pipeline_alerts.py makes it, and by its id everybody can take it. Labels that are too long for an id are left out.
_NOT_OF_THE_ALERT = " ".join(f'"{each}"' for each in NOT_OF_THE_ALERT)
_OF_PIPELINE = (
    '{{ if and (eq .Labels.owner "' + OF_QUEUEWATCH + '") (eq .Labels.severity "page") (not .Labels.rule) (not .Labels.escalated) }}'
    '{{ $what := "" }}{{ range (.Labels.Remove (stringSlice ' + _NOT_OF_THE_ALERT + ")).SortedPairs }}{{ if .Value }}"
    '{{ $what = printf "%s%s%s=%s" $what (or (and $what ",") "") .Name .Value }}{{ end }}{{ end }}'
    "{{ if le (len $what) " + str(LONGEST_WHAT) + " }}  HAVE: "
    "queuewatch alerts ack '{{ .Labels.alertname }}/{{ $what }}/{{ .StartsAt.UnixMilli }}'\n{{ end }}{{ end }}"
)  # fmt: skip
# A link is long: with one for each of 300 alerts a message would be refused.
_TEXT = (
    "{{ range $i, $alert := .Alerts.Firing }}- {{ .Annotations.summary }} {{ .Annotations.runbook_url }}\n"
    "{{ with .Annotations.next_step }}  {{ . }}\n{{ end }}"
    "{{ if .Annotations.told_first }}  ESCALATED\n{{ end }}"
    "{{ if lt $i 10 }}{{ if .Annotations.ack_url }}  HAVE: {{ .Annotations.ack_url }}\n"
    "{{ else }}" + _OF_PIPELINE + "{{ end }}{{ end }}{{ end }}"
    "{{ range .Alerts.Resolved }}- OVER: {{ .Annotations.summary }}"
    "{{ if .Annotations.late_calls }} (COST){{ end }}\n{{ end }}"
    "{{ .CommonAnnotations.board_url }}\n"
)
_PAGERDUTY_SEVERITY = '{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}'


def rendered(
    file: QueuesFile,
    urls: Mapping[str, str],
    deliver_url: str = DELIVER_URL,
    notify_url: str = NOTIFY_URL,
    *,
    deliver_http: str = "",
    notify_http: str = "",
) -> str:
    """The whole file; without owners the one that ships. `urls`: what stands in each `webhook_url_file`.

    `deliver_url` and `notify_url`: where these two answer, without a path; `…_http`: how Alertmanager is let in
    there (webhook_login), "" where it needs nothing.
    """
    owners = file.owners
    rest = OF_QUEUEWATCH if any(each.name == OF_QUEUEWATCH for each in owners) else ""
    parts = [_HEAD_OF_OWNERS if owners else _HEAD]
    if file.mail is not None and owners:
        parts += _global(file.mail)
    parts += [f"route:\n  receiver: {_text(rest) if rest else 'page'}\n", *_before_owners()]
    for owner in owners:
        parts += _routes(owner)
    if owners:
        parts.append("    # What has none of these owners.\n")
    for severity in ("warn", "page"):
        parts += [f"    - matchers: ['severity=\"{severity}\"']\n"]
        parts += [f"      receiver: {_text(rest) if rest else severity}\n"]
        parts += [_pace(PACES["warn"], "      ")] if severity == "warn" else []
    parts += _times(owners)
    parts += [*_inhibitions(), "\nreceivers:\n", f"  - name: {NOBODY}\n"]
    parts += ["  - name: probe\n", "    webhook_configs:\n"]
    parts += [
        f"      - url: {notify_url.rstrip('/')}{PROBE_PATH}\n",
        "        send_resolved: false\n",
        *_http(notify_http),
    ]
    for severity in () if rest else ("page", "warn"):
        parts += [f"  - name: {severity}\n", "    webhook_configs:\n"]
        parts += [f"      - url: {SHIPPED_URL}{severity}\n", "        send_resolved: true\n"]
    for owner in owners:
        parts += _receiver(owner, urls, deliver_url, deliver_http)
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


def _before_owners() -> Iterator[str]:
    yield f"  group_by: [{', '.join(GROUPED_BY_ELSE)}]\n"
    yield _pace(PACES["page"], "  ")
    yield "  routes:\n"
    yield _to_nobody(_REPLAY, REPLAYED)
    yield f"{_PROBE}    - matchers: [{_matchers(PROBED)}]\n{_PROBE_AT_ONCE}"
    yield _to_nobody(_QUIET, QUIET_SEVERITIES)


def _to_nobody(why: str, matcher: Matcher) -> str:
    return f"{why}    - matchers: ['{matcher.text()}']\n      receiver: {NOBODY}\n"


def _pace(pace: Pace, indent: str) -> str:
    keys = zip(("group_wait", "group_interval", "repeat_interval"), pace, strict=True)
    return "".join(f"{indent}{key}: {format_duration(ms)}\n" for key, ms in keys)


def _inhibitions() -> Iterator[str]:
    yield "\ninhibit_rules:\n"
    for rule in INHIBITIONS:
        yield f"  # {rule.why}\n" if rule.why else ""
        yield f"  - source_matchers: [{_matchers(rule.source)}]\n"
        yield f"    target_matchers: [{_matchers(rule.target)}]\n"
        yield f"    equal: [{', '.join(rule.equal)}]\n" if rule.equal else ""


def _matchers(matchers: Sequence[Matcher]) -> str:
    return ", ".join(f"'{each.text()}'" for each in matchers)


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
        slower = _pace(PACES["warn"], "      ") if severity == "warn" else ""
        matched = f"    - matchers: [{', '.join(_text(each) for each in named)}]\n"
        grouped = f"      group_by: [{', '.join(GROUPED_BY)}]\n{slower}"
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


def _receiver(
    owner: Owner, urls: Mapping[str, str], deliver_url: str, deliver_http: str
) -> Iterator[str]:
    table, words = owner.table, words_of(owner.table.language)
    title, text = (_text(_in_words(each, words)) for each in (_TITLE, _TEXT))
    yield f"  - name: {_text(owner.name)}\n"
    url = table.webhook or urls.get(table.webhook_url_file, "")
    if url or table.deliver_file:
        yield "    webhook_configs:\n"
    if url:
        yield f"      - url: {_text(url)}\n        send_resolved: true\n"
        if table.webhook_token_file:
            file = _text(table.webhook_token_file)
            yield f"        http_config: {{authorization: {{credentials_file: {file}}}}}\n"
    if table.deliver_file:
        place = f"{deliver_url}/webhook/{quote(owner.name, safe='')}"
        yield f"      - url: {_text(place)}\n        send_resolved: true\n"
        yield from _http(deliver_http)
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


def _http(config: str) -> Iterator[str]:
    if config:
        yield f"        http_config: {config}\n"


def _in_words(template: str, words: Words) -> str:
    cost = words.cost.format(
        late="{{ .Annotations.late_calls }}", abandoned="{{ .Annotations.abandoned }}"
    )
    more = words.more.format(n="{{ $more }}")
    escalated, first = (
        words.escalated.format(who="{{ %s }}" % name)  # noqa: UP031 - braces of both
        for name in (".Annotations.told_first", "$first")
    )
    for place, said in (
        ("MORE", more),
        ("OVER", words.over),
        ("COST", cost),
        ("HAVE", words.acknowledge),
        ("ESCALATED", escalated),
        ("FIRST", first),
    ):
        template = template.replace(place, said)
    return template


def _hours(owner: Owner) -> str:
    return f"hours of {owner.name}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _text(value: str) -> str:
    """A string of JSON: in YAML and in a matcher of Alertmanager it is the same string."""
    return json.dumps(value, ensure_ascii=False)
