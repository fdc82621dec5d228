"""Whoever tells people is killed, and whom it tells is away: the same alert, one page. Floods and backlogs are one page, too."""

import signal
import time
from collections.abc import Iterator

import pytest

from schemas.alerts import Alert
from schemas.millis import MINUTE, SECOND
from tests.chaos.scale import SCALE, real_only
from tests.support.paging import Got, Paging, Platform, now_ms, start_together
from tests.support.waiting import wait_until

OWNERS = ("killed", "cut", "away", "past", "still", "f0", "f1", "f2")
FLOODED = {f"{owner}-{n:03}": owner for owner in OWNERS[-3:] for n in range(100)}
QUEUES = """
[defaults]
answer_within = "20s"
goal = 0.8
alerts.oldest_wait = { raise_above = "2s", clear_below = "1s", hold = "5s", clear_hold = "5s" }
""" + "".join(
    f'[queues."{queue}"]\nowner = "{owner}"\n'
    for queue, owner in [*((each, each) for each in OWNERS[:-3]), *FLOODED.items()]
)
HOUR_TICKS = 720
_AWAY_S = 300.0  # how long nobody can be told


@pytest.fixture(scope="module")
def paging(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paging]:
    folder = tmp_path_factory.mktemp("paging")
    made = Paging(bootstrap, folder, QUEUES, OWNERS, hurried=SCALE.hurried)
    with made:
        yield made
        made.clean()


def newest(paging: Paging, queue: str) -> Alert | None:
    versions = paging.versions(queue)
    return versions[-1] if versions else None


def becomes(paging: Paging, queue: str, state: str) -> Alert:
    """Its newest alert, once that is pending, fires or is over."""

    def found() -> Alert | None:
        alert = newest(paging, queue)
        return alert if alert is not None and alert.state == state else None

    alert = wait_until(found, f"{queue} is {state}", SCALE.within_s, 0.2)
    assert alert is not None
    return alert


def told_once(paging: Paging, *owners: str) -> None:
    for owner in owners:
        assert len(paging.got_by_alertmanager(owner)) == 1, paging.by_alertmanager.posts
        assert len(paging.got_by_deliver(owner)) == 1, paging.by_deliver.posts


def is_one_alert(paging: Paging, queue: str) -> None:
    versions = paging.versions(queue)
    assert len({(each.alert_id, each.onset_at) for each in versions}) == 1, versions


def test_killed_while_it_is_pending_fires_and_is_acknowledged_it_is_one_page(
    paging: Paging,
) -> None:
    paging.platform.waits("killed")
    becomes(paging, "killed", "pending")
    paging.killed_and_started()
    paging.told("killed")
    paging.pager.server.stop()
    paging.pager.server.start()
    paging.killed_and_started()
    paging.sent_again()
    told_once(paging, "killed")
    paging.line.run("alerts", "ack", "oldest_wait/killed")
    for name in ("notify", "straight"):
        quiet = "queuewatch_notify_quiet_alerts"
        wait_until(lambda: paging.figure(name, quiet) == 1, f"{name} knows who has it")  # noqa: B023
    paging.killed_and_started()
    paging.sent_again()
    told_once(paging, "killed")
    paging.platform.answers("killed")
    paging.told("killed", 2)
    is_one_alert(paging, "killed")
    assert paging.got_by_alertmanager("killed") == [
        Got("killed", frozenset({"killed"}), frozenset()),
        Got("killed", frozenset(), frozenset({"killed"})),
    ]


@real_only
def test_killed_in_mid_send_it_is_told_at_most_once_more(paging: Paging) -> None:
    for hook in (paging.by_alertmanager, paging.by_deliver):
        hook.answers.clear()
    paging.platform.waits("cut")
    paging.told("cut")  # it arrived, and is not answered
    for each in paging.ours:
        each.kill()
    for hook in (paging.by_alertmanager, paging.by_deliver):
        hook.answers.set()
    start_together(paging.ours)
    wait_until(
        lambda: [each.state for each in paging.messages() if each.owner == "cut"] == ["sent"],
        "it is sent, and noted",
    )
    paging.sent_again()
    assert len(paging.got_by_alertmanager("cut")) == 1
    got = paging.got_by_deliver("cut")
    assert len(got) <= 2
    assert len(set(got)) == 1
    is_one_alert(paging, "cut")


@real_only
def test_who_tells_people_is_away_and_is_told_once_when_it_is_back(paging: Paging) -> None:
    away = (paging.pager.server, paging.deliver)
    for each in away:
        each.send(signal.SIGSTOP)  # takes posts and answers none: `notify` is in mid-send
    paging.platform.waits("away")
    fired = becomes(paging, "away", "firing")
    notifiers = (paging.notify, paging.straight)
    for each in notifiers:
        each.kill()
    for each in away:
        each.kill()
    for each in notifiers:
        each.begin()  # not ready while nobody takes what it tells
    time.sleep(_AWAY_S)  # the length of the outage
    start_together(away)
    paging.told("away")
    paging.sent_again()
    told_once(paging, "away")
    assert paging.starts_at("away") == {fired.fired_at}
    is_one_alert(paging, "away")


def test_of_an_hours_backlog_only_what_still_holds_is_told_once_with_its_true_onset(
    paging: Paging,
) -> None:
    paging.line.stream.kill()
    began = now_ms() - 60 * MINUTE
    with Platform(paging.bootstrap, paging.namespace, "cut-off") as platform:
        platform.speaks.clear()
        for number in range(HOUR_TICKS):
            at = began + number * 5 * SECOND
            if number == 10 * 12:
                platform.waits("past", at=at)
            elif number == 20 * 12:
                platform.answers("past", at=at)
            elif number == 30 * 12:
                platform.waits("still", at=at)
            platform.tick(at)
        platform.speaks.set()
        paging.line.stream.start()
        paging.told("still")
        over = becomes(paging, "past", "resolved")
        paging.sent_again()
    told_once(paging, "still")
    still = newest(paging, "still")
    assert still is not None
    assert paging.starts_at("still") == {still.fired_at}
    waits_since = began + 30 * MINUTE
    assert waits_since < still.onset_at <= waits_since + 10 * SECOND
    assert over.fired_at is not None
    assert paging.got_by_alertmanager("past") == []
    assert paging.got_by_deliver("past") == []


@real_only
def test_300_queues_at_once_are_one_page_of_each_owner(paging: Paging) -> None:
    paging.platform.waits(*FLOODED)
    for owner in OWNERS[-3:]:
        wait_until(lambda: paging.got_by_deliver(owner), f"{owner} is told", 120)  # noqa: B023
    wait_until(
        lambda: len({each.queue for each in paging.alerts()} & FLOODED.keys()) == 300,
        "all of them fire",
    )
    paging.sent_again()
    for owner in OWNERS[-3:]:
        (title,) = paging.got_by_deliver(owner)
        assert "+99 more" in title
        told = [each.firing for each in paging.got_by_alertmanager(owner)]
        assert len(told[-1]) == 100
        assert len(told) == 1
