"""Queues without calls: which are shown, from when on, with which figures, and by which partition."""

from typing import Any

from msgspec.structs import replace

from schemas.agents import RosterEntry
from schemas.counters import Counts
from schemas.opening import Opening, parse_weekly
from schemas.snapshots import QueueSnapshot
from schemas.timing import IDLE_SHOWN_EVERY_MS
from streams.core.calls_unit import CallsUnit
from streams.core.limits import Limits
from streams.core.roster import Roster
from tests.support.builders import BILLING, MONDAY, clock, mark, targets
from tests.support.story import Story

NINE = clock("09:00")


def ann(*queues: str, version: int = 1, source: str = "node", **more: Any) -> RosterEntry:
    entry = RosterEntry(
        "ann", version, source, "available", "idle", "", MONDAY, MONDAY, queues or (BILLING,)
    )
    return replace(entry, **more)


def signed_in(*entries: RosterEntry, **promise: Any) -> Story:
    """Agents, and a partition that has every queue but those of the name `elsewhere…`."""
    roster = Roster()
    for entry in entries or (ann(),):
        roster.update(entry)
    day = Story(roster=roster, **promise)
    at_home(day)
    return day


def at_home(day: Story) -> None:
    day.unit.set_home(lambda queue: not queue.startswith("elsewhere"))


def shown(day: Story, now: int = NINE) -> dict[str, QueueSnapshot]:
    return {each.queue: each for each in day.unit.snapshots(now)}


def test_agents_are_shown_with_zero_calls_once_their_source_tells_of_calls_here() -> None:
    day = signed_in()
    assert shown(day) == {}  # nobody told of calls: zeros would be a guess
    day.tick("09:00:00", source="another")
    assert shown(day) == {}
    day.tick("09:00:00")
    seen = shown(day)[BILLING]
    assert (seen.agents, seen.waiting, seen.in_service, seen.as_of) == (
        {"available": 1},
        0,
        0,
        NINE,
    )
    assert set(map(repr, seen.windows.values())) == {repr(Counts())}
    assert (seen.today, seen.today_started_at) == (Counts(), MONDAY)
    assert (seen.uncalled, seen.source_stale, seen.unexplained_legs) == (True, False, 0)
    assert (seen.goal, seen.attention and seen.attention.level) == (0.8, "ok")
    assert (seen.replay, seen.replay_shift_ms) == (False, 0)
    assert len(day.unit.snapshots(NINE)) == 1  # once, however often one looks


def test_the_first_call_makes_an_ordinary_queue_of_it() -> None:
    day = signed_in()
    day.tick("09:00:00")
    assert shown(day)[BILLING].uncalled
    day.at("09:00:07").queued("ada")
    seen = shown(day)[BILLING]
    assert (seen.uncalled, seen.waiting, seen.agents) == (False, 1, {"available": 1})
    assert len(day.unit.snapshots(NINE)) == 1


def test_queues_with_calls_and_queues_of_silent_sources_hide_no_other() -> None:
    day = signed_in(
        ann("called", "silent", source="silent"), replace(ann("called", BILLING), agent="bob")
    )
    day.at("09:00:00").queued("ada", queue="called")
    seen = shown(day)
    assert {queue: each.uncalled for queue, each in seen.items()} == {
        "called": False, BILLING: True,
    }  # fmt: skip


def test_only_the_partition_of_its_calls_shows_a_queue() -> None:
    day = signed_in(ann(BILLING, "elsewhere"))
    day.tick("09:00:00")
    assert list(shown(day)) == [BILLING]
    unit = CallsUnit(0, 1, day.roster)  # before it knows which queues are its own
    unit.start(0)
    assert unit.snapshots(NINE) == []


def test_a_queue_that_an_agent_names_later_comes_at_once_and_moves_on_with_time() -> None:
    day = signed_in()
    day.tick("09:00:00")
    assert [each.queue for each in day.unit.changed_snapshots(NINE)] == [BILLING]
    day.roster.update(ann(BILLING, "cards", version=2))
    (new,) = day.unit.changed_snapshots(NINE + 100)
    assert (new.queue, new.configured, new.attention and new.attention.level) == (
        "cards", False, "no_goal",
    )  # fmt: skip
    day.tick("09:00:03")
    later = day.unit.changed_snapshots(NINE + IDLE_SHOWN_EVERY_MS)
    assert {each.queue: each.as_of for each in later} == {
        BILLING: clock("09:00:03"), "cards": clock("09:00:03"),
    }  # fmt: skip


def test_who_left_leaves_a_queue_with_nobody_signed_in() -> None:
    day = signed_in()
    day.tick("09:00:00")
    day.roster.update(ann("cards", version=2))
    assert shown(day)[BILLING].agents == {"available": 0}


def test_it_is_as_old_as_its_source() -> None:
    day = signed_in()
    day.tick("09:00:00")
    day.tick("09:10:00", source="another")  # and "node" has been silent since
    seen = shown(day, clock("09:10"))[BILLING]
    assert (seen.source_stale, seen.as_of) == (True, NINE)


def test_new_targets_hold_for_it_and_closed_is_closed() -> None:
    day = signed_in()
    day.tick("09:00:00")
    assert shown(day)[BILLING].answer_within_ms == 20_000
    night = Opening(weekly=parse_weekly("Mon 20:00-21:00"))
    day.publish(targets(answer_within_ms=30_000, opening=night))
    seen = shown(day)[BILLING]
    assert (seen.answer_within_ms, seen.attention and seen.attention.level) == (30_000, "closed")


def test_a_replay_has_its_own_date_or_is_not_shown() -> None:
    day = signed_in(ann(BILLING, "cards"))
    day.say(mark("tick", NINE, replay=True))
    assert shown(day) == {}
    day.at("09:00:01").queued("ada", queue="cards", replay=True, replay_shift_ms=86_400_000)
    seen = shown(day)[BILLING]
    assert (seen.replay, seen.replay_shift_ms, seen.uncalled) == (True, 86_400_000, True)


def test_the_date_of_a_replay_is_not_taken_from_another_one() -> None:
    day = signed_in()
    day.at("09:00:00").queued("ada", queue="live")  # by the same source, before it replays
    day.at("09:00:01").queued(
        "bob", queue="cards", source="other", replay=True, replay_shift_ms=86_400_000
    )
    day.say(mark("tick", clock("09:00:05"), replay=True))
    assert BILLING not in shown(day)
    day.at("09:00:06").queued("cy", queue="cards", replay=True, replay_shift_ms=2 * 86_400_000)
    assert shown(day)[BILLING].replay_shift_ms == 2 * 86_400_000


def test_of_two_replays_the_older_date_is_shown() -> None:
    day = signed_in(ann(), replace(ann(), agent="bob", source="other"))
    for source, queue, days in (("node", "cards", 1), ("other", "claims", 3)):
        day.at("09:00:00").queued(
            queue, queue=queue, source=source, replay=True, replay_shift_ms=days * 86_400_000
        )
    assert shown(day)[BILLING].replay_shift_ms == 3 * 86_400_000


def test_nothing_of_it_is_state_and_it_decides_nothing() -> None:
    day = signed_in()
    day.tick("09:00:00")
    assert shown(day)
    day.restart()
    assert shown(day) == {}  # this worker has not been told yet which queues are its own
    at_home(day)
    assert shown(day)[BILLING].uncalled
    day.tick("10:00:00")
    assert (day.minutes(), day.alerts(), day.totals()) == ({}, [], Counts())
    assert not any(key.startswith(b"calls|queue|") for key in day.outputs.pieces)


def test_names_that_nobody_configured_are_shown_up_to_the_limit() -> None:
    roster = Roster()
    roster.update(ann("a", "b", "c", BILLING))
    unit = CallsUnit(0, 1, roster, Limits(unconfigured_queues=2))
    day = Story(roster=roster)
    unit.set_targets(day.versions)
    unit.start(0)
    unit.set_home(lambda _: True)
    day.tick("09:00:00")
    unit.apply(day.records)
    assert [each.queue for each in unit.snapshots(NINE)] == ["a", "b", BILLING]
