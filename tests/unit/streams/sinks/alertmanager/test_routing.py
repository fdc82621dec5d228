"""Alertmanager's configuration as text; tests/integration/alerting/test_routes.py gives it to the real one."""

from schemas.queues_toml import QueuesFile, parse_queues
from streams.core.rule_catalogue import RULE_TABLES
from streams.sinks.alertmanager.routing import SHIPPED_URL, remarks, rendered
from tests.support.sources import ROOT

QUEUES = """
[defaults]
answer_within = "20s"
goal = 0.8
[queues.a]
[queues.b]
"""
HOOK = 'webhook = "http://127.0.0.1:9095/"\n'


def parsed(text: str) -> QueuesFile:
    return parse_queues(text, RULE_TABLES)


def test_without_owners_it_is_the_file_that_ships() -> None:
    shipped = (ROOT / "deploy/alertmanager/alertmanager.yml").read_text()
    assert rendered(parsed(QUEUES), {}) == shipped
    ours = parsed((ROOT / "deploy/queues.toml").read_text())
    assert rendered(ours, {}) == shipped


def test_the_owner_of_the_pipeline_alerts_is_told_of_all_that_has_no_other() -> None:
    rules = (ROOT / "deploy/prometheus/rules/pipeline.yml").read_text()
    assert "owner: queuewatch" in rules
    text = rendered(parsed(f"[owners.queuewatch]\n{HOOK}{QUEUES}"), {})
    assert 'route:\n  receiver: "queuewatch"\n' in text
    assert "9095/page" not in text


def test_hours_over_midnight_are_two_times_and_have_their_zone() -> None:
    owner = f'[owners.a]\n{HOOK}hours = "Sun 22:00-06:00"\nout_of_hours = "nobody"\ntime_zone = "Asia/Kolkata"'
    text = rendered(parsed(owner), {})
    _, _, times = text.partition("time_intervals:\n  - name")
    assert (
        """\
      - weekdays: [sunday]
        times: [{start_time: "22:00", end_time: "24:00"}]
        location: "Asia/Kolkata"
      - weekdays: [monday]
        times: [{start_time: "00:00", end_time: "06:00"}]
        location: "Asia/Kolkata"
"""
        in times
    )


def test_what_the_routes_leave_open_is_said() -> None:
    assert list(remarks(parsed(QUEUES))) == ["no [owners] declared: these are the routes that ship"]
    away = f'[owners.day]\n{HOOK}hours = "Mon 07:00-19:00"\nout_of_hours = "nobody"\n'
    assert list(remarks(parsed(away + QUEUES))) == [
        "day: outside of its hours nobody is told; what still fires is told when they begin",
        f"no [owners.queuewatch]: alerts of the pipeline, and of queues without owner, go to {SHIPPED_URL}",
        'queues without owner: "a" and 1 more',
    ]
    whole = f"[owners.queuewatch]\n{HOOK}" + QUEUES.replace("goal", 'owner = "queuewatch"\ngoal', 1)
    assert list(remarks(parsed(whole))) == []


def test_the_words_around_the_sentences_are_in_the_language_of_the_owner() -> None:
    mail = '[mail]\nserver = "x:25"\nsender = "a@b"\n'
    owner = '[owners.a]\nemail = ["a@b"]\nlanguage = "LANGUAGE"\n'
    english, arabic = (
        rendered(parsed(mail + owner.replace("LANGUAGE", language)), {})
        for language in ("en", "ar")
    )
    assert "{{ if $more }} +{{ $more }} more{{ end }}" in english
    assert "{{ else }}Over: " in english
    assert "{{ if $more }} وتنبيهات أخرى: {{ $more }}{{ end }}" in arabic
    assert "{{ else }}انتهى: " in arabic
    for text, said in (
        (english, "Nobody has it; told first: "),
        (arabic, "لم يتولَّ أحد الأمر بعد؛ أُبلغ أولًا: "),
    ):
        assert "{{ if $first }} (" + said + "{{ $first }}){{ end }}" in text
        assert "{{ if .Annotations.told_first }}  " + said + "{{ .Annotations.told_first }}" in text


def test_who_has_addresses_is_told_by_deliver_beside_a_webhook_of_his_own() -> None:
    owner = '[owners."duty 1/2"]\ndeliver_file = "/duty.urls"\n'
    text = rendered(parsed(owner + HOOK), {}, "http://deliver:9096")
    _, _, receiver = text.partition('  - name: "duty 1/2"\n')
    assert receiver == (
        "    webhook_configs:\n"
        '      - url: "http://127.0.0.1:9095/"\n        send_resolved: true\n'
        '      - url: "http://deliver:9096/webhook/duty%201%2F2"\n        send_resolved: true\n'
    )
    assert "/duty.urls" not in text
    alone = rendered(parsed(owner), {})
    assert 'url: "http://127.0.0.1:9096/webhook/duty%201%2F2"' in alone
