"""Every scenario of the simulator once without Alertmanager: what people get by `deliver` alone is what topic `alerts` says."""

from collections import defaultdict
from collections.abc import Iterator

import pytest

from producers.publisher import Publisher
from producers.simulate.scenarios import NAMES
from schemas.alerts import Alert
from schemas.codec import decode_as
from schemas.messages import OutgoingMessage
from schemas.topics import topic_name
from streams.admin.broker import consumer, partitions_of, walk
from streams.local.kafka import LocalKafka
from streams.sinks.alertmanager.decide import BEHIND_MS, labels_of
from streams.sinks.deliver.telling import fingerprint
from tests.support.paging import Paging, now_ms
from tests.support.smtp import Mailbox
from tests.support.staged import own, owners, queues_toml, staged
from tests.support.waiting import wait_until

SCENARIOS = tuple(name for name in NAMES if name != "bench")
MINUTES = 30
LIVE_MS = 20_000
OF_PIPELINE = "queuewatch"


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as opened:
        yield opened


@pytest.fixture(scope="module")
def played(
    kafka: LocalKafka, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Paging]:
    """All scenarios up to now, some seconds of them live, then nothing more happens and everything has been told."""
    folder = tmp_path_factory.mktemp("scenarios")
    names = [OF_PIPELINE, *(owner for each in SCENARIOS for owner in owners(each))]
    paging = Paging(kafka.place.bootstrap, folder, queues_toml(SCENARIOS), names, alertmanager=False,
                    mail_port=mailbox.port)  # fmt: skip
    with paging, Publisher(paging.bootstrap, paging.namespace) as publisher:
        stages = staged(SCENARIOS, MINUTES, seed=1)

        def tell(until: int) -> None:
            for stage in stages:
                stage.tell(until, publisher)
            publisher.flush()

        began = now_ms()
        tell(began)
        print(f"simulated and sent: {now_ms() - began} ms")
        wait_until(paging.has_counted_all, "all of the past is counted", 120, 0.5)
        live_from = now_ms()

        def lived() -> bool:
            tell(now_ms())
            return now_ms() - live_from > LIVE_MS

        wait_until(lived, "some seconds live", every_s=0.5)
        paging.platform.speaks.clear()
        wait_until(paging.has_counted_all, "all is counted", 120, 0.5)
        wait_until(lambda: is_told(paging), "all is told", 120, 1.0)
        yield paging
        paging.clean()


def fired(paging: Paging) -> list[Alert]:
    """The newest version of each alert that people are to be told of: it held when it was written."""
    found: dict[str, Alert] = {}
    with consumer(paging.bootstrap) as client:
        topic = topic_name("alerts", paging.namespace)
        for _, record in walk(client, partitions_of(client, topic)):
            alert = decode_as(Alert, record.value or b"")
            held_at = alert.changed_at if alert.held_at is None else alert.held_at
            holds = alert.state == "firing" and record.timestamp - held_at <= BEHIND_MS
            if alert.alert_id in found or (holds and alert.severity in {"page", "warn"}):
                found[alert.alert_id] = alert
    return list(found.values())


def name_of(alert: Alert) -> str:
    return fingerprint(labels_of(alert))


def sent(paging: Paging) -> list[OutgoingMessage]:
    """What the webhook was to get, in order; mail gets the same."""
    return [each for each in paging.messages() if each.target.startswith("json")]


def told_firing(paging: Paging) -> dict[str, set[str]]:
    """By owner, the fingerprints of the alerts of which somebody was told that they fire."""
    found: dict[str, set[str]] = defaultdict(set)
    for message in sent(paging):
        found[message.owner] |= {each.fingerprint for each in message.alerts if each.is_firing}
    return found


def is_told(paging: Paging) -> bool:
    told = told_firing(paging)
    pages = [each for each in fired(paging) if each.severity == "page"]
    return all(name_of(each) in told[each.owner] for each in pages) and all(
        each.state != "queued" for each in paging.messages()
    )


def texts(paging: Paging) -> dict[str, list[tuple[str, str]]]:
    """By owner, title and text of what arrived at the webhook, sorted."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for post in list(paging.by_deliver.posts):
        found[post["owner"]].append((post["title"], post["message"]))
    return {owner: sorted(each) for owner, each in found.items()}


def test_each_page_is_told_to_its_owner_and_to_nobody_else(played: Paging) -> None:
    expected: dict[str, set[str]] = defaultdict(set)
    pages = [alert for alert in fired(played) if alert.severity == "page"]
    for each in pages:
        expected[each.owner].add(name_of(each))
    found: dict[str, set[str]] = defaultdict(set)
    for message in sent(played):
        if message.severity == "page":
            found[message.owner] |= {each.fingerprint for each in message.alerts}
    print(f"{len(pages)} alerts in pages to {len(found)} owners")
    assert found == expected


def test_a_warning_is_told_unless_a_page_of_its_queue_mutes_it(played: Paging) -> None:
    alerts, told = fired(played), told_firing(played)
    paged = {each.place for each in alerts if each.severity == "page"}
    warnings = [each for each in alerts if each.severity == "warn"]
    lost = [each for each in warnings if name_of(each) not in told[each.owner]]
    assert [each.alert_id for each in lost if each.place not in paged] == []
    known = {name_of(each) for each in alerts}
    assert set().union(*told.values()) <= known


def test_no_alert_is_told_twice(played: Paging) -> None:
    groups: dict[tuple[str, str], list[OutgoingMessage]] = defaultdict(list)
    for message in sent(played):
        groups[message.owner, message.group].append(message)
    for group, messages in groups.items():
        begun: list[str] = []
        firing: set[str] = set()
        for message in messages:
            now = {each.fingerprint for each in message.alerts if each.is_firing}
            begun += now - firing
            firing = now
        assert len(begun) == len(set(begun)), group
        assert len(messages) == len({each.alerts for each in messages}), group


def test_webhook_and_mail_get_what_was_meant(played: Paging, mailbox: Mailbox) -> None:
    meant: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for message in sent(played):
        if message.state == "sent":
            meant[message.owner].append((message.title, message.body))
    assert texts(played) == {owner: sorted(each) for owner, each in meant.items()}
    titles = sorted(title for each in meant.values() for title, _ in each)
    assert sorted(subject for subject, _ in mailbox.texts()) == titles


def test_who_has_trouble_is_paged_and_a_quiet_night_is_silent(played: Paging) -> None:
    places = defaultdict(set)
    for alert in fired(played):
        if alert.severity == "page":
            places[alert.owner].add(alert.place)
    told = told_firing(played)
    assert own("burst-pipe", "burst-pipes") in places[own("burst-pipe", "water-duty")]
    assert [owner for owner in told if owner.startswith("quiet-night")] == []
    assert told[OF_PIPELINE] == set()
