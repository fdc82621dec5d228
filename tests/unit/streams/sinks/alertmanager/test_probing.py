"""A probe passes stage by stage; what is late, old or of another is no pass."""

import json

from schemas.alerts import PROBE, Alert
from schemas.health import Health
from schemas.millis import MINUTE, SECOND, from_iso
from streams.sinks.alertmanager.decide import Links
from streams.sinks.alertmanager.probing import EVERY_MS, Probing, body
from tests.support.alerts import NOON, alert

BOTH = frozenset({0, 1})


def reported(process: str, *, knows: bool, instance: str = "a") -> Health:
    return Health(process, instance, NOON, NOON, ready=True, state="running", knows_probes=knows)


def answer(partition: int, probe: int = NOON) -> Alert:
    return alert(rule=PROBE, queue=f"calls-{partition}", onset_at=probe)


def message(*probes: int) -> bytes:
    told = [{"annotations": {"probe": str(probe)}} for probe in probes]
    return json.dumps({"version": "4", "alerts": told}).encode()


def accepted() -> Probing:
    """A probe of NOON that Alertmanager took two seconds later."""
    probing = Probing()
    probing.begin(NOON)
    probing.sent(BOTH, NOON)
    for partition in BOTH:
        probing.answered(answer(partition), NOON + SECOND)
    probing.accepted(NOON, NOON + 2 * SECOND)
    return probing


def test_it_passes_stage_by_stage() -> None:
    probing = Probing()
    probing.begin(NOON)
    probing.sent(BOTH, NOON + 1)
    assert probing.to_tell() is None
    probing.answered(answer(0), NOON + 2)
    assert probing.to_tell() is None  # one worker has not answered
    probing.answered(answer(1), NOON + 3)
    assert probing.to_tell() == NOON
    probing.accepted(NOON, NOON + 4)
    assert probing.to_tell() is None
    assert probing.heartbeat(NOON + 4) is None
    assert probing.received(message(NOON), NOON + 5)
    assert probing.heartbeat(NOON + 5) == NOON
    probing.beaten(NOON, NOON + 6)
    assert probing.heartbeat(NOON + 6) is None
    assert probing.passed_at == {
        "kafka": NOON + 1, "stream": NOON + 3, "alertmanager": NOON + 4, "webhook": NOON + 5,
        "heartbeat": NOON + 6,
    }  # fmt: skip


def test_an_answer_may_come_before_the_broker_has_confirmed_all() -> None:
    probing = Probing()
    probing.begin(NOON)
    probing.answered(answer(0), NOON)
    probing.answered(answer(1), NOON)
    assert probing.to_tell() is None
    probing.sent(BOTH, NOON + 1)
    assert probing.to_tell() == NOON


def test_what_answers_a_former_probe_or_that_of_another_says_nothing() -> None:
    probing = Probing()
    probing.answered(answer(0, 0), NOON)  # as topic `alerts` has it from before the start
    probing.begin(NOON)
    probing.sent(BOTH, NOON)
    probing.answered(answer(0), NOON + 1)
    probing.begin(NOON + EVERY_MS)
    probing.sent(BOTH, NOON + EVERY_MS)
    for partition in BOTH:
        probing.answered(answer(partition), NOON + EVERY_MS + 1)
    probing.answered(answer(0, NOON + EVERY_MS), NOON + EVERY_MS + 1)
    probing.answered(alert(rule=PROBE, queue="?", onset_at=NOON + EVERY_MS), NOON)
    assert probing.to_tell() is None


def test_a_message_that_tells_an_older_probe_again_is_no_pass() -> None:
    probing = accepted()
    assert probing.received(message(NOON - EVERY_MS), NOON + 3 * SECOND)
    assert "webhook" not in probing.passed_at
    assert probing.received(message(NOON - EVERY_MS, NOON), NOON + 4 * SECOND)
    assert probing.received(message(NOON), NOON + 50 * SECOND)
    assert probing.passed_at["webhook"] == NOON + 4 * SECOND


def test_what_is_no_message_is_said_to_be_none() -> None:
    probing = accepted()
    assert [probing.received(each, NOON) for each in (b"", b"{}", b"[]", b"\xff")] == [False] * 4
    assert "webhook" not in probing.passed_at


def test_the_heartbeat_hears_of_no_probe_that_took_longer_than_a_minute() -> None:
    probing = accepted()
    probing.received(message(NOON), NOON + MINUTE + 1)
    assert probing.heartbeat(NOON + MINUTE + 1) is None
    assert accepted().received(message(NOON), NOON + MINUTE)


def test_a_probe_is_due_each_minute_while_every_reader_knows_probes() -> None:
    probing = Probing()
    assert not probing.is_due(NOON)
    probing.heard(reported("notify", knows=True), NOON)
    probing.heard(reported("archive", knows=True), NOON)
    assert not probing.is_due(NOON)
    probing.heard(reported("stream", knows=True), NOON)
    assert probing.is_due(NOON)
    probing.heard(reported("stream", knows=False, instance="b"), NOON)
    assert not probing.is_due(NOON + 9 * SECOND)
    assert probing.is_due(NOON + 10 * SECOND)  # the former worker is gone
    probing.begin(NOON + 10 * SECOND)
    assert not probing.is_due(NOON + 69 * SECOND)
    assert probing.is_due(NOON + 70 * SECOND)


def test_it_is_one_alert_of_no_severity_that_ends_by_itself() -> None:
    first, second = body(NOON, NOON, Links()), body(NOON + MINUTE, NOON + MINUTE, Links())
    assert first["labels"] == second["labels"]
    assert first["labels"] == {"alertname": "Probe", "severity": "none", "owner": "queuewatch"}
    assert first["annotations"] != second["annotations"]
    assert from_iso(str(first["endsAt"])) > NOON + EVERY_MS
