"""Which silences Alertmanager should have, and what is asked of it for that."""

from schemas.commands import Acknowledged
from schemas.commands_book import CommandsBook
from schemas.millis import SECOND, iso
from streams.sinks.alertmanager.decide import Known
from streams.sinks.alertmanager.silences import AUTHOR, Held, Key, changes, key_of, ours, quiet
from tests.support.alerts import NOON, alert

RESEND_MS = 30 * SECOND
LASTS_MS = 120 * SECOND
KEY: Key = (("alertname", "OldestWait"), ("doubtful", ""), ("queue", "billing"))


def test_a_firing_alert_that_somebody_has_is_quiet() -> None:
    book = CommandsBook()
    known = [Known(alert(), NOON, NOON), Known(alert(alert_id="x", queue="repairs"), NOON, NOON)]
    assert quiet(known, book, NOON) == {}
    book.apply(Acknowledged(who="ann", at=NOON, alert_id=alert().alert_id))
    assert quiet(known, book, NOON) == {KEY: "ann has it for 0s"}
    assert quiet([Known(alert("resolved"), NOON, NOON)], book, NOON) == {}
    of_the_past = Known(alert(), NOON + 3_600_000, NOON)
    assert quiet([of_the_past], book, NOON) == {}  # nobody was told of it
    assert dict(key_of(alert(doubtful=True)))["doubtful"] == "true"


def test_an_alert_of_a_queue_in_maintenance_is_quiet_until_that_is_over() -> None:
    planned = alert(maintenance_until=NOON + SECOND, maintenance="maintenance until 12:00")
    known = [Known(planned, NOON, NOON)]
    assert quiet(known, CommandsBook(), NOON) == {KEY: "maintenance until 12:00"}
    assert quiet(known, CommandsBook(), NOON + SECOND) == {}


def test_it_is_made_extended_in_time_and_ended() -> None:
    made = changes({KEY: "why"}, {}, NOON, RESEND_MS)
    (body,) = made.posts.values()
    assert body == {
        "matchers": [
            {"name": name, "value": value, "isRegex": False, "isEqual": True}
            for name, value in KEY
        ],
        "startsAt": iso(NOON), "endsAt": iso(NOON + LASTS_MS), "createdBy": AUTHOR, "comment": "why",
    }  # fmt: skip
    held = {KEY: Held("id-1", NOON, NOON + LASTS_MS)}
    assert changes({KEY: "why"}, held, NOON + LASTS_MS // 2 - 1, RESEND_MS).posts == {}
    (extended,) = changes({KEY: "why"}, held, NOON + LASTS_MS // 2, RESEND_MS).posts.values()
    assert (extended["id"], extended["startsAt"]) == ("id-1", iso(NOON))
    assert extended["endsAt"] == iso(NOON + LASTS_MS // 2 + LASTS_MS)
    (anew,) = changes({KEY: "why"}, held, NOON + LASTS_MS, RESEND_MS).posts.values()
    assert "id" not in anew  # it has ended meanwhile
    assert changes({}, held, NOON, RESEND_MS).deletes == {KEY: "id-1"}
    assert changes({}, held, NOON + LASTS_MS, RESEND_MS).deletes == {}


def test_after_a_restart_ours_are_known_and_those_of_people_left_alone() -> None:
    body = changes({KEY: "why"}, {}, NOON, RESEND_MS).posts[KEY]
    listed = {**body, "id": "id-1", "status": {"state": "active"}}
    expired = {**listed, "id": "id-2", "status": {"state": "expired"}}
    of_a_person = {**listed, "id": "id-3", "createdBy": "ann"}
    assert ours([expired, of_a_person]) == {}
    assert ours([listed, expired, of_a_person]) == {KEY: Held("id-1", NOON, NOON + LASTS_MS)}


def test_a_silence_of_an_incident_is_of_its_topic_and_area() -> None:
    incident = alert(rule="incident", queue="", topic="burst pipe", area="ward-12")
    key = key_of(incident)
    assert dict(key) == {
        "alertname": "Incident", "queue": "", "topic": "burst pipe", "area": "ward-12", "doubtful": "",
    }  # fmt: skip
    (body,) = changes({key: "why"}, {}, NOON, RESEND_MS).posts.values()
    listed = {**body, "id": "id-1", "status": {"state": "active"}}
    assert ours([listed]) == {key: Held("id-1", NOON, NOON + LASTS_MS)}
