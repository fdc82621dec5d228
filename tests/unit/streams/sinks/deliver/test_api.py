"""The part of Alertmanager's API that is answered."""

import json

import pytest

from schemas.millis import MINUTE, iso
from streams.sinks.alertmanager.decide import Links, body
from streams.sinks.alertmanager.silences import changes, key_of, ours
from streams.sinks.deliver.api import ApiError, listed, posted_alerts, posted_silence
from tests.support.alerts import NOON, alert


def test_what_notify_posts_is_read() -> None:
    (found,) = posted_alerts(json.dumps([body(alert(), NOON, 30_000, Links())]).encode(), NOON)
    assert found.labels["queue"] == "billing"
    assert (found.starts_at, found.ends_at) == (NOON, NOON + 120_000)
    over = body(alert("resolved"), NOON + MINUTE, 30_000, Links())
    assert posted_alerts(json.dumps([over]).encode(), NOON + MINUTE)[0].ends_at == NOON + 4_000


def test_an_alert_without_times_begins_now_and_empty_labels_are_none() -> None:
    text = json.dumps([{"labels": {"alertname": "X", "owner": ""}}]).encode()
    (found,) = posted_alerts(text, NOON)
    assert (found.starts_at, found.ends_at) == (NOON, NOON + 5 * MINUTE)
    assert found.labels == {"alertname": "X"}


def test_silences_of_notify_are_kept_and_listed_so_that_it_knows_them_again() -> None:
    asked = changes({key_of(alert()): "ann has it"}, {}, NOON, 30_000)
    (posted,) = asked.posts.values()
    silence = posted_silence(json.dumps(posted).encode(), "new")
    assert (silence.silence_id, silence.comment) == ("new", "ann has it")
    held = ours(listed([silence], NOON))
    assert held[key_of(alert())].silence_id == "new"
    assert ours(listed([silence], silence.ends_at)) == {}
    longer = posted | {"id": "old", "endsAt": iso(NOON + MINUTE)}
    assert posted_silence(json.dumps(longer).encode(), "new").silence_id == "old"


@pytest.mark.parametrize(
    "text", [b"{}", b'[{"labels": {}}]', b"x", b'[{"labels": {"a": "b"}, "startsAt": "?"}]']
)
def test_other_bodies_are_refused_in_one_line(text: bytes) -> None:
    with pytest.raises(ApiError, match="no list of alerts"):
        posted_alerts(text, NOON)
    with pytest.raises(ApiError, match="no silence"):
        posted_silence(text, "x")
