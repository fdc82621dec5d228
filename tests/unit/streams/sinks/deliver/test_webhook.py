"""Alertmanager's webhook as a telling."""

import json

import pytest

from schemas.millis import from_iso
from streams.sinks.deliver.telling import fingerprint
from streams.sinks.deliver.webhook import WebhookError, telling_of
from tests.support.delivery import labels

BODY = {
    "version": "4",
    "groupKey": '{}/{owner="water"}:{department="works", owner="water"}',
    "truncatedAlerts": 2,
    "status": "firing",
    "receiver": "water",
    "groupLabels": {"department": "works", "owner": "water"},
    "alerts": [
        {
            "status": "firing", "labels": labels("a"), "annotations": {"summary": "a: waits"},
            "startsAt": "2026-11-22T11:59:00.123456789Z", "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": fingerprint(labels("a")),
        },
        {
            "status": "resolved", "labels": labels("b"),
            "startsAt": "2026-11-22T11:00:00Z", "endsAt": "2026-11-22T11:30:00Z",
        },
    ],
}  # fmt: skip


def test_a_body_is_a_telling() -> None:
    telling = telling_of("water", json.dumps(BODY).encode())
    assert (telling.owner, telling.severity, telling.left_out) == ("water", "page", 2)
    assert telling.group == "page {department=works, owner=water}"
    fires, over = telling.alerts
    assert fires.starts_at == from_iso("2026-11-22T11:59:00.123Z")
    assert (fires.is_firing, over.is_firing) == (True, False)
    assert over.ends_at == from_iso("2026-11-22T11:30:00Z")
    assert over.fingerprint == fingerprint(labels("b"))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "no body of Alertmanager's webhook: "),
        (b"[]", "no body of Alertmanager's webhook: "),
        (json.dumps(BODY | {"version": "5"}).encode(), 'version "5" of the body: only "4" is read'),
        (json.dumps(BODY | {"alerts": []}).encode(), "no body of Alertmanager's webhook: it has no alerts"),
        (json.dumps(BODY).replace("2026-11-22T11:00:00Z", "noon").encode(), "no body of Alertmanager's"),
    ],
)  # fmt: skip
def test_another_body_is_refused_in_one_line(body: bytes, told: str) -> None:
    with pytest.raises(WebhookError) as refused:
        telling_of("water", body)
    assert str(refused.value).startswith(told)
    assert "\n" not in str(refused.value)
