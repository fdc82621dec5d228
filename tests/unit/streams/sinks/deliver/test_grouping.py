"""When which group is told: as Alertmanager would."""

from collections.abc import Iterable

from schemas.millis import HOUR, MINUTE, SECOND
from schemas.routes import PACES
from streams.sinks.deliver.grouping import COMPLETE_AFTER_MS, Groups, Posted
from streams.sinks.deliver.inhibition import Silence, SilenceMatcher
from streams.sinks.deliver.outbox import Outbox
from streams.sinks.deliver.telling import Telling
from tests.support.delivery import NOON, TEXT, owners, posted, targets

WAIT, INTERVAL, REPEAT = PACES["page"]


def told(groups: Groups, now: int) -> list[Telling]:
    found = list(groups.due(now))
    for each in found:
        groups.told(each, now)
    return [each.telling for each in found if each.telling is not None]


def queues(telling: Telling, *, is_firing: bool = True) -> set[str]:
    return {each.labels["queue"] for each in telling.alerts if each.is_firing == is_firing}


def test_300_queues_at_once_are_one_message_an_owner_once_the_wait_is_over() -> None:
    groups = Groups(owners("water", "power"), NOON)
    names = [f"q{n}" for n in range(150)]
    groups.post([posted(q, NOON, owner=o) for q in names for o in ("water", "power")], NOON)
    assert told(groups, NOON + WAIT - 1) == []
    assert groups.next_look_at() == NOON + WAIT
    found = told(groups, NOON + WAIT)
    assert {each.owner for each in found} == {"water", "power"}
    assert [queues(each) for each in found] == [set(names)] * 2
    assert told(groups, NOON + WAIT + INTERVAL) == []


def refreshed(groups: Groups, names: Iterable[str], now: int) -> None:
    groups.post([posted(name, now) for name in names], now)


def test_news_of_a_group_is_told_at_its_interval_and_nothing_new_only_after_the_repeat() -> None:
    groups = Groups(owners("water"), NOON)
    refreshed(groups, "a", NOON)
    assert len(told(groups, NOON + WAIT)) == 1
    at = NOON + WAIT
    refreshed(groups, "ab", at + SECOND)
    assert told(groups, at + INTERVAL - 1) == []
    (second,) = told(groups, at + INTERVAL)
    assert queues(second) == {"a", "b"}
    at += INTERVAL
    times: list[int] = []
    while len(times) < 2:
        at += INTERVAL
        refreshed(groups, "ab", at)
        times += [at for _ in told(groups, at)]
    assert times[0] - (NOON + WAIT + INTERVAL) == REPEAT + INTERVAL
    assert times[1] - times[0] == REPEAT + INTERVAL


def test_the_end_is_told_once_however_often_it_is_posted() -> None:
    groups = Groups(owners("water"), NOON)
    refreshed(groups, "ab", NOON)
    told(groups, NOON + WAIT)
    at = NOON + WAIT + INTERVAL
    groups.post([posted("b", at, is_over=True), posted("a", at)], at)
    (partly,) = told(groups, at)
    assert (queues(partly), queues(partly, is_firing=False)) == ({"a"}, {"b"})
    for _ in range(5):
        at += INTERVAL
        groups.post([posted("b", at, is_over=True), posted("a", at)], at)
        assert told(groups, at) == []
    at += INTERVAL
    groups.post([posted("a", at, is_over=True)], at)
    (whole,) = told(groups, at)
    assert (queues(whole), queues(whole, is_firing=False)) == (set(), {"a"})
    groups.post([posted("a", at, is_over=True)], at + INTERVAL)
    assert told(groups, at + 2 * INTERVAL) == []


def test_what_ended_before_it_was_told_is_told_to_nobody() -> None:
    groups = Groups(owners("water"), NOON)
    refreshed(groups, "a", NOON)
    groups.post([posted("a", NOON + SECOND, is_over=True)], NOON + SECOND)
    assert told(groups, NOON + WAIT) == []
    assert told(groups, NOON + WAIT + INTERVAL) == []


def test_what_ends_between_the_look_and_the_note_is_told_at_the_next_look() -> None:
    groups = Groups(owners("water"), NOON)
    refreshed(groups, "a", NOON)
    (due,) = list(groups.due(NOON + WAIT))
    groups.post([posted("a", NOON + WAIT, is_over=True)], NOON + WAIT)
    groups.told(due, NOON + WAIT)
    (ended,) = told(groups, NOON + WAIT + INTERVAL)
    assert queues(ended, is_firing=False) == {"a"}


def test_nobody_is_told_of_what_is_muted_until_it_is_not() -> None:
    groups = Groups(owners("water", "queuewatch"), NOON)
    labels = {
        "alertname": "PipelineDown",
        "job": "stream",
        "severity": "page",
        "owner": "queuewatch",
    }
    groups.post([Posted(labels, {}, NOON, NOON + 5 * MINUTE), posted("a", NOON)], NOON)
    (down,) = told(groups, NOON + WAIT)
    assert down.owner == "queuewatch"
    at = NOON + WAIT + INTERVAL
    groups.post([Posted(labels, {}, NOON, at - 1), posted("a", at)], at)
    found = told(groups, at)
    assert [(each.owner, each.is_firing) for each in found] == [
        ("queuewatch", False),
        ("water", True),
    ]


def test_a_silence_keeps_a_repetition_back_and_ends_with_its_time() -> None:
    groups = Groups(owners("water"), NOON)
    silence = Silence("1", (SilenceMatcher("queue", "a"),), NOON, NOON + HOUR, "", "")
    groups.silences["1"] = silence
    refreshed(groups, "a", NOON)
    assert told(groups, NOON + WAIT) == []
    refreshed(groups, "a", NOON + HOUR)
    assert [queues(each) for each in told(groups, NOON + HOUR)] == [{"a"}]
    assert groups.silences == {}


def test_when_hours_end_the_other_one_is_told_what_still_fires() -> None:
    hours = 'water:hours="Sun 07:00-13:00";out_of_hours="night"'
    groups = Groups(owners(hours, "night"), NOON)
    refreshed(groups, "a", NOON + 58 * MINUTE)
    assert [each.owner for each in told(groups, NOON + 59 * MINUTE)] == ["water"]
    refreshed(groups, "a", NOON + HOUR)
    assert [each.owner for each in told(groups, NOON + HOUR)] == ["night"]


def test_a_start_repeats_nothing_and_takes_no_missing_alert_for_an_end() -> None:
    outbox = Outbox(owners("water"), targets("water", "json://127.0.0.1"))
    before = Groups(owners("water"), NOON)
    refreshed(before, "ab", NOON)
    (first,) = told(before, NOON + WAIT)
    outbox.commit(outbox.take(first, TEXT, NOON + WAIT))
    started = NOON + MINUTE
    groups = Groups(owners("water"), started)
    groups.remember(outbox.messages)
    groups.post([posted("a", started, is_over=True)], started)  # b was not sent again yet
    assert told(groups, started + WAIT) == []
    refreshed(groups, "b", started + WAIT)
    refreshed(groups, "c", started + WAIT)
    (third,) = told(groups, started + WAIT + INTERVAL)  # news is not kept back
    assert queues(third) == {"b", "c"}
    assert queues(third, is_firing=False) == {"a"}
    assert started + COMPLETE_AFTER_MS > started + WAIT + INTERVAL


def test_owners_that_change_keep_what_goes_on_and_its_time() -> None:
    groups = Groups(owners("water", "power", "queuewatch"), NOON)
    groups.post([posted("a", NOON), posted("b", NOON, owner="power")], NOON)
    at = groups.next_look_at()
    groups.change_owners(owners("water", "queuewatch"))
    assert groups.next_look_at() == at
    found = {due.telling.owner: due for due in groups.due(NOON + MINUTE) if due.telling}
    assert found.keys() == {"water", "queuewatch"}  # whose owner is gone goes where the rest goes
    for due in found.values():
        groups.told(due, NOON + MINUTE)
