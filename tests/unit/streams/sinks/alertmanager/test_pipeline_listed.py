"""Alerts of the pipeline: who has one, and to whom it goes on while nobody has."""

from typing import Any

from msgspec.structs import replace

from schemas.commands import Acknowledged, Muted
from schemas.commands_book import CommandsBook
from schemas.millis import MINUTE, SECOND, from_iso, iso
from schemas.queues_toml import parse_queues
from streams.sinks.alertmanager.decide import Links
from streams.sinks.alertmanager.escalation import due
from streams.sinks.alertmanager.pipeline_listed import bodies, escalating, listed, quiet
from tests.support.alerts import NOON

LABELS = {"alertname": "FeedStale", "source": "north", "severity": "page", "owner": "queuewatch", "job": "stream"}  # fmt: skip
ID = f"FeedStale/job=stream,source=north/{NOON}"
LINKS = Links("https://wall.example.org", key=b"a key of the tests", languages=lambda: {"lead": "zu"})  # fmt: skip
HOOK = 'webhook = "http://127.0.0.1:9095/"\n'
OWNERS = {
    each.name: each
    for each in parse_queues(
        f'[owners.queuewatch]\n{HOOK}escalate_to="lead"\nescalate_after="5m"\n[owners.lead]\n{HOOK}',
        {},
    ).owners
}


def answer(*also: dict[str, Any]) -> list[dict[str, Any]]:
    """As Alertmanager lists it: with nanoseconds."""
    first = {
        "labels": LABELS, "annotations": {"summary": "north is silent"},
        "startsAt": iso(NOON).replace("Z", "999Z") if "." in iso(NOON) else iso(NOON),
        "status": {"state": "active", "inhibitedBy": [], "silencedBy": []},
    }  # fmt: skip
    return [first, *also]


def test_only_what_somebody_can_take_is_heard() -> None:
    copy = answer()[0] | {"labels": LABELS | {"owner": "lead", "escalated": "1"}}
    of_queue = answer()[0] | {"labels": LABELS | {"rule": "oldest_wait"}}
    assert list(listed(answer(copy, of_queue))) == [ID]


def test_it_escalates_by_the_owner_of_the_pipeline_until_somebody_has_it() -> None:
    alerts, book = listed(answer()), CommandsBook()

    def at(now: int) -> list[tuple[int, tuple[str, ...]]]:
        taken = due(escalating(alerts.values()), book, OWNERS, now)
        for each in taken:
            book.apply(each)
        return [(each.step, each.to) for each in taken]

    assert at(NOON) == [(0, ("queuewatch",))]
    assert at(NOON + 5 * MINUTE - 1) == []
    assert list(bodies(alerts[ID], book, NOON, 30_000, LINKS)) == []
    inhibited = replace(alerts[ID], is_inhibited=True)
    assert due(escalating([inhibited]), book, OWNERS, NOON + 5 * MINUTE) == []
    assert at(NOON + 5 * MINUTE) == [(1, ("lead",))]
    (made,) = bodies(alerts[ID], book, NOON + 5 * MINUTE, 30_000, LINKS)
    assert made["labels"] == LABELS | {"owner": "lead", "escalated": "1"}
    annotations: Any = made["annotations"]
    assert annotations["told_first"] == "queuewatch"
    assert "&to=lead&" in annotations["ack_url"]
    assert "&lang=zu" in annotations["ack_url"]
    assert from_iso(str(made["endsAt"])) == NOON + 5 * MINUTE + 120 * SECOND
    book.apply(Acknowledged(who="ann", at=NOON + 6 * MINUTE, alert_id=ID))
    assert at(NOON + 60 * MINUTE) == []
    (made,) = bodies(alerts[ID], book, NOON + 6 * MINUTE, 30_000, LINKS)
    annotations = made["annotations"]
    assert (annotations["acknowledged_by"], "told_first" in annotations) == ("ann", False)


def test_who_has_it_makes_it_quiet_for_all_who_were_told_and_no_mute_of_queues_does() -> None:
    alerts, book = listed(answer()), CommandsBook()
    book.apply(Muted(who="ann", at=NOON, mute_id="m", until=NOON + MINUTE))
    assert quiet(alerts.values(), book, NOON) == {}
    book.apply(Acknowledged(who="ann", at=NOON, alert_id=ID))
    ((key, why),) = quiet(alerts.values(), book, NOON).items()
    assert dict(key) == {"alertname": "FeedStale", "source": "north", "severity": "page", "job": "stream"}  # fmt: skip
    assert why == "ann has it for 0s"
    again = listed([answer()[0] | {"startsAt": iso(NOON + MINUTE)}])
    assert quiet(again.values(), book, NOON) == {}  # the next one is another alert
