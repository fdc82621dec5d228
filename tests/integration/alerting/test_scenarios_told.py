"""Scenarios of the simulator without Alertmanager: what people get by `deliver` alone is what topic `alerts` says.

`make chaos` plays all of them; `make test` four that differ most in who is told: a surge, a source that is silent, agents
who are missing, and a night in which nobody is told.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from producers.publisher import Publisher
from producers.simulate.scenarios import NAMES
from schemas.alerts import Alert, is_probe
from schemas.codec import decode_as
from schemas.messages import OutgoingMessage
from schemas.topics import topic_name
from streams.admin.broker import consumer, partitions_of, walk
from streams.local.kafka import LocalKafka
from streams.sinks.alertmanager.decide import BEHIND_MS, labels_of
from streams.sinks.deliver.telling import fingerprint
from tests.chaos.scale import IS_REAL, open_only
from tests.support.paging import Paging, now_ms
from tests.support.smtp import Mailbox
from tests.support.staged import own, owners, queues_toml, staged
from tests.support.waiting import wait_until

SCENARIOS = (
    tuple(name for name in NAMES if name != "bench")
    if IS_REAL
    else ("burst-pipe", "platform-outage", "sick-leave", "quiet-night")
)
MINUTES = 30
LIVE_MS = 20_000
PROVED_AFTER_MS = 12_000  # as tests/support/hurried.py has it
SLACK_MS = 6_000
OF_PIPELINE = "queuewatch"
pytestmark = open_only  # `make chaos` runs it, too


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
        wait_until(Settled(paging), "all is told", 120, 4.0)
        yield paging
        paging.clean()


class Fired(NamedTuple):
    """An alert of which somebody may be told: its newest version, and whether it must be, by the records of its topic alone.

    One that comes out of the backlog is told only if it goes on to hold. When `notify` looks is not known to the second.
    """

    alert: Alert
    must: bool


def fired(paging: Paging) -> list[Fired]:
    """Pages and warnings that hold, or held while they were written."""
    versions: dict[str, list[tuple[int, Alert]]] = defaultdict(list)
    with consumer(paging.bootstrap) as client:
        topic = topic_name("alerts", paging.namespace)
        for _, record in walk(client, partitions_of(client, topic)):
            alert = decode_as(Alert, record.value or b"")
            if not is_probe(alert) and alert.severity in {"page", "warn"}:
                versions[alert.alert_id].append((record.timestamp, alert))
    found = (_fired(each) for each in versions.values())
    return [each for each in found if each is not None]


def _fired(versions: list[tuple[int, Alert]]) -> Fired | None:
    of_now = [
        (at, each)
        for at, each in versions
        if each.state == "firing" and at - (each.held_at or 0) <= BEHIND_MS
    ]
    if not of_now:
        return None
    first_at, first = of_now[0]
    newest = versions[-1][1]
    if first_at - (first.fired_at or 0) <= BEHIND_MS:
        return Fired(newest, must=True)
    asked_at = first_at + PROVED_AFTER_MS
    ends = [at for at, _ in versions[1:]] + [1 << 62]
    holds_until = max(
        (
            end
            for (_, each), end in zip(versions, ends, strict=True)
            if each.state == "firing" and not each.calm
        ),
        default=0,
    )
    return (
        Fired(newest, must=holds_until > asked_at + SLACK_MS)
        if holds_until > asked_at - SLACK_MS
        else None
    )


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


class Settled:
    """Whether everything is told, and nothing was added since the look before: a checkpoint may have been under way."""

    def __init__(self, paging: Paging) -> None:
        self._paging = paging
        self._former: tuple[int, int] | None = None

    def __call__(self) -> bool:
        paging, told = self._paging, told_firing(self._paging)
        messages = paging.messages()
        now = len(paging.alerts()), len(messages)
        former, self._former = self._former, now
        musts = [each for each, must in fired(paging) if must and each.severity == "page"]
        return (
            former == now
            and all(name_of(each) in told[each.owner] for each in musts)
            and all(each.state != "queued" for each in messages)
        )


def texts(paging: Paging) -> dict[str, list[tuple[str, str]]]:
    """By owner, title and text of what arrived at the webhook, sorted."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for post in list(paging.by_deliver.posts):
        found[post["owner"]].append((post["title"], post["message"]))
    return {owner: sorted(each) for owner, each in found.items()}


def test_each_page_is_told_to_its_owner_and_to_nobody_else(played: Paging) -> None:
    must, may = set(), set()
    for alert, is_sure in fired(played):
        if alert.severity == "page":
            may.add((alert.owner, name_of(alert)))
            must |= {(alert.owner, name_of(alert))} if is_sure else set()
    told = {
        (message.owner, each.fingerprint)
        for message in sent(played)
        if message.severity == "page"
        for each in message.alerts
    }
    print(f"{len(told)} alerts in pages to {len({owner for owner, _ in told})} owners")
    assert must <= told <= may
    assert told


def test_a_warning_is_told_unless_a_page_of_its_queue_mutes_it(played: Paging) -> None:
    alerts, told = fired(played), told_firing(played)
    paged = {each.place for each, _ in alerts if each.severity == "page"}
    lost = [
        each.alert_id
        for each, must in alerts
        if must and each.severity == "warn" and name_of(each) not in told[each.owner]
        if each.place not in paged
    ]
    assert lost == []
    assert set().union(*told.values()) <= {name_of(each) for each, _ in alerts}


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
    told = told_firing(played)
    names = {name_of(each): each for each, _ in fired(played)}
    told_of = {owner: {names[each].place for each in of} for owner, of in told.items()}
    assert own("burst-pipe", "burst-pipes") in told_of[own("burst-pipe", "water-duty")]
    at_night = [names[each] for owner, of in told.items() if owner.startswith("quiet-night") for each in of]  # fmt: skip
    # Which of few agents take their tea at once is chance, by the hour at which this is played; that they do is true.
    tea = [each for each in at_night if each.rule == "agents_on_one_reason"]
    assert [(each.rule, each.place, each.reason) for each in at_night if each not in tea] == []
    assert {each.severity for each in tea} <= {"warn"}
    assert told[OF_PIPELINE] == set()


def test_nobody_is_told_that_nobody_is_signed_in_where_somebody_is(played: Paging) -> None:
    """In the backlog calls are counted before the agents of then are known: what comes of that is not told."""
    names = {name_of(each): each for each, _ in fired(played)}
    told = [names[each] for of in told_firing(played).values() for each in of]
    assert [each.reason for each in told if each.rule == "nobody_signed_in"] == []
