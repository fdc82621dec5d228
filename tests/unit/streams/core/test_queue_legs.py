"""What happened comes out as changes: who was judged anew, and whether it lies behind the boundary."""

from typing import Any

import pytest

from schemas.calls import FinishedLeg
from schemas.millis import DAY, HOUR, MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from schemas.targets import TargetsVersion
from schemas.targets_book import TargetsBook
from streams.core.outbox import Outbox
from streams.core.queue_legs import QueueLegs
from streams.core.unit import Cause
from tests.support.builders import (
    BILLING,
    MONDAY,
    as_key,
    call,
    clock,
    mark,
    published,
    targets,
    told,
)
from tests.support.story import Story

CAUSE = Cause(7, MONDAY)


def queue(*versions: TargetsVersion) -> tuple[QueueLegs, Outbox]:
    outbox = Outbox()
    return QueueLegs(BILLING, TargetsBook(list(versions)), {}, outbox), outbox


def test_a_new_leg_is_a_change_without_a_before_and_a_duplicate_is_none() -> None:
    legs, outbox = queue()
    (change,) = legs.apply(call("queued", "ada", MONDAY), CAUSE) or []
    assert (change.before, change.verdict.outcome, change.late_at) == (None, "open", None)
    assert set(outbox.legs) == {as_key("ada")}
    assert legs.apply(call("queued", "ada", MONDAY), CAUSE) is None


def test_a_fact_that_counts_nowhere_changes_no_verdict() -> None:
    legs, outbox = queue()
    legs.apply(call("queued", "ada", MONDAY), CAUSE)
    outbox.legs.clear()
    assert legs.apply(call("offered", "ada", MONDAY + 1), CAUSE) == []
    assert outbox.legs == {}  # the row of an open leg does not show it


def test_what_lies_behind_the_boundary_says_so() -> None:
    legs, _ = queue()
    legs.windows.jump(MONDAY + MINUTE)
    (change,) = legs.apply(call("queued", "ada", MONDAY), CAUSE) or []
    assert change.late_at == MONDAY


def test_an_end_of_a_conversation_changes_the_service_only() -> None:
    legs, _ = queue()
    for event in (call("queued", "ada", MONDAY), call("answered", "ada", MONDAY + 9)):
        legs.apply(event, CAUSE)
    (change,) = legs.apply(call("ended", "ada", MONDAY + 60), CAUSE) or []
    assert (change.is_service_only, change.verdict.service_ended_at) == (True, MONDAY + 60)


def test_a_restart_closes_who_waits_at_that_source_alone() -> None:
    legs, _ = queue()
    legs.apply(call("queued", "ada", MONDAY, source="north"), CAUSE)
    legs.apply(call("queued", "eve", MONDAY, source="south"), CAUSE)
    (change,) = legs.restarted("north", MONDAY + 9, CAUSE)
    assert change.verdict.outcome == "dropped"
    assert list(legs.line.waiting) == [as_key("eve", source="south")]


def test_a_restart_that_is_told_late_closes_what_was_given_up_since_in_cold_packs_too() -> None:
    """Else it would depend on when checkpoints were made."""
    rows = []
    for is_cold in (False, True):
        day = Story()
        day.at("09:00:05").queued("ada")
        day.say(mark("restarted", clock("09:00:30")))
        for text in ("09:10", "09:20", "09:30"):
            if is_cold:  # what is not written yet stays warm
                day.outputs.take(day.unit)
            day.tick(text)
        assert bool(day.unit.monitors[day.queue].legs.store.cold_of) is is_cold
        day.say(mark("restarted", clock("09:00:10")), appended_at=clock("09:30:01"))
        rows.append(day.legs()["ada"])
    assert rows[0].left_at == rows[1].left_at == clock("09:00:10")
    assert rows[0].outcome == rows[1].outcome == "dropped"


def test_a_leg_that_another_source_began_is_of_the_node_that_queued_it() -> None:
    """Else the node's own file would be a second call beside it."""
    legs, outbox = queue()
    legs.apply(call("answered", "ada", MONDAY + 9_000, source="desk"), CAUSE)
    assert set(legs.store.entry_of) == set(outbox.legs) == {as_key("ada", source="desk")}
    legs.apply(call("queued", "ada", MONDAY, source="north"), CAUSE)
    assert set(legs.store.entry_of) == set(outbox.legs) == {as_key("ada", source="north")}
    legs.apply(call("ended", "ada", MONDAY + 60_000, source="desk"), CAUSE)
    (entry,) = legs.store.entry_of.values()
    assert (entry.leg.source, entry.verdict.service_ended_at) == ("north", MONDAY + 60_000)
    finished = call("leg", "ada", MONDAY + 9_000, source="north", feed="history", arrived_at=MONDAY)
    assert isinstance(finished, FinishedLeg)
    assert legs.store.holds_placed(finished)


def test_a_leg_that_was_written_keeps_the_node_by_which_it_was() -> None:
    legs, _ = queue()
    legs.apply(call("answered", "ada", MONDAY + 9_000, source="desk", wait_ms=9_000), CAUSE)
    legs.apply(call("queued", "ada", MONDAY, source="north"), CAUSE)
    assert set(legs.store.entry_of) == {as_key("ada", source="desk")}


def test_new_targets_judge_again_and_say_what_changed() -> None:
    legs, _ = queue(published(targets(BILLING), version=1, valid_from=0))
    legs.apply(call("queued", "ada", MONDAY), CAUSE)
    legs.apply(call("answered", "ada", MONDAY + 15_000), CAUSE)
    later = published(targets(BILLING, answer_within_ms=10_000), version=2, valid_from=MONDAY - 1)
    book = TargetsBook([published(targets(BILLING), version=1, valid_from=0), later])
    (change,) = legs.set_book(book, 7, MONDAY)
    assert change.before is not None
    assert (change.before.in_target, change.verdict.in_target) == (True, False)
    assert legs.set_book(book, 7, MONDAY) == []


def test_live_traffic_is_no_replay_and_lies_where_it_happened() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    assert (day.snapshot().replay, day.snapshot().replay_shift_ms) == (False, 0)


def test_the_promise_of_the_arrival_counts_also_when_the_arrival_is_told_last() -> None:
    day = Story(answer_within_ms=20_000)
    day.publish(targets(answer_within_ms=5_000), valid_from="09:00:00")
    day.at("09:00:05").answered("ada")
    day.at("08:59:55").queued("ada")
    ada = day.legs()["ada"]
    assert (ada.wait_ms, ada.targets_version, ada.in_target) == (10_000, 1, True)


def test_opening_hours_are_asked_anew_when_the_arrival_moves_or_other_hours_hold() -> None:
    day = Story(opening=Opening(parse_weekly("Mon 09:00-17:00")))
    day.at("09:00:05").queued("ada")
    day.at("09:00:06").queued("eve")
    assert not day.legs()["ada"].out_of_hours
    day.at("08:59:55").queued("ada")
    assert day.legs()["ada"].out_of_hours
    day.publish(targets(opening=Opening(parse_weekly("Mon 10:00-17:00"))), valid_from="08:00")
    assert day.legs()["eve"].out_of_hours


def test_who_turns_out_to_have_come_first_stands_first() -> None:
    day = Story()
    day.at("09:00:10").queued("ada")
    day.at("09:00:20").queued("bob")
    day.at("09:00:05").queued("bob")
    assert [caller.leg_id for caller in day.snapshot().callers] == ["bob", "ada"]


def test_who_has_waited_exactly_as_long_as_anybody_may_is_given_up() -> None:
    legs, _ = queue(published(targets(BILLING), version=1, valid_from=0))
    legs.apply(call("queued", "ada", MONDAY), CAUSE)
    assert legs.close_aged(MONDAY + 2 * HOUR - 1, CAUSE) == []
    (change,) = legs.close_aged(MONDAY + 2 * HOUR, CAUSE)
    assert change.verdict.outcome == "ghost"


def test_new_targets_pass_by_what_lies_cold_and_find_what_comes_after_it() -> None:
    first = published(targets(BILLING), version=1, valid_from=0)
    legs, outbox = queue(first)
    for event in (call("queued", "ada", MONDAY), call("abandoned", "ada", MONDAY + 9)):
        legs.apply(event, CAUSE)
    outbox.clear_pieces()
    legs.tidy(MONDAY + HOUR)
    legs.apply(call("queued", "eve", MONDAY + HOUR), CAUSE)
    later = published(targets(BILLING, goal=0.9), version=2, valid_from=MONDAY + HOUR)
    assert len(legs.set_book(TargetsBook([first, later]), 7, MONDAY + HOUR)) == 1
    assert list(legs.store.cold_of) == [as_key("ada")]


def test_of_two_cold_legs_of_a_minute_the_one_whose_targets_change_is_judged_again() -> None:
    first = published(targets(BILLING), version=1, valid_from=0)
    legs, outbox = queue(first)
    for leg, at in (("ada", MONDAY + 10 * SECOND), ("eve", MONDAY + 50 * SECOND)):
        legs.apply(call("queued", leg, at), CAUSE)
        legs.apply(call("abandoned", leg, at + 9), CAUSE)
    outbox.clear_pieces()
    legs.tidy(MONDAY + HOUR)
    assert list(legs.store.cold_of) == [as_key("ada"), as_key("eve")]
    later = published(targets(BILLING, goal=0.9), version=2, valid_from=MONDAY + 30 * SECOND)
    assert len(legs.set_book(TargetsBook([first, later]), 7, MONDAY + HOUR)) == 1
    versions = {leg[0]: each.targets_version for leg, each in legs.store.entry_of.items()}
    assert versions == {"ada": 1, "eve": 2}


def test_a_leg_read_back_from_the_state_stays_as_long_after_its_newest_fact_as_before() -> None:
    legs, _ = queue()
    legs.restore(
        [told(call("queued", "ada", MONDAY), call("abandoned", "ada", MONDAY + HOUR))], None
    )
    legs.tidy(MONDAY + 7 * HOUR)
    assert list(legs.store.packs) == [MONDAY // MINUTE]
    legs.tidy(MONDAY + 7 * HOUR + 1)
    assert legs.store.packs == {}


def test_who_entered_ahead_of_others_is_known_at_once_and_never_decided_anew() -> None:
    legs, _ = queue()

    def enters(leg: str, at: int, position: int) -> bool:
        legs.apply(call("queued", leg, MONDAY + at, position=position), CAUSE)
        return legs.store.entry_of[as_key(leg)].leg.put_ahead

    assert not enters("ada", 0, 1)
    assert not enters("bob", 1, 0)  # the platform tells no position
    assert not enters("cid", 2, 3)
    assert enters("eve", 3, 1)
    legs.apply(call("abandoned", "ada", MONDAY + 4), CAUSE)
    legs.apply(call("answered", "eve", MONDAY + 5), CAUSE)
    legs.apply(call("answered", "cid", MONDAY + 6), CAUSE)
    ahead = {key[0]: each.leg.put_ahead for key, each in legs.store.entry_of.items()}
    assert ahead == {"ada": False, "bob": False, "cid": False, "eve": True}
    other, _ = queue()
    other.apply(call("queued", "zed", MONDAY + 9, position=1), CAUSE)
    other.apply(call("queued", "late", MONDAY, position=1), CAUSE)  # told after him, came before
    other.apply(call("answered", "zed", MONDAY + 20), CAUSE)
    assert not other.store.entry_of[as_key("zed")].leg.put_ahead


def test_who_the_contact_is_is_written_whichever_fact_tells_it_first() -> None:
    """Else the row would show it or not, by when a checkpoint came."""
    legs, outbox = queue()
    legs.apply(call("queued", "ada", MONDAY), CAUSE)
    outbox.legs.clear()
    later = Cause(9, MONDAY + 1)
    legs.apply(call("offered", "ada", MONDAY + 1, contact_id="c1"), later)
    (entry,) = outbox.legs.values()
    assert (entry.leg.contact_id, entry.leg.version) == ("c1", 9)


@pytest.mark.parametrize("kind", ["wrap_started", "ended"])
def test_a_fact_that_says_nothing_new_keeps_its_leg_also_after_a_restart(kind: str) -> None:
    legs, outbox = queue()
    for at, fact in ((0, "queued"), (1, "answered"), (2, "ended"), (3, "wrap_started")):
        legs.apply(call(fact, "ada", MONDAY + at * SECOND), CAUSE)
    outbox.clear_pieces()
    outbox.legs.clear()
    assert legs.apply(call(kind, "ada", MONDAY + HOUR), CAUSE) is None
    assert outbox.legs == {}
    (entry,) = legs.store.entry_of.values()
    assert entry.leg.last_at == MONDAY + HOUR
    assert outbox.leg_minutes == {MONDAY // MINUTE}
    assert outbox.is_state_changed


def test_a_day_that_is_forgotten_is_forgotten_in_the_state_too() -> None:
    legs, outbox = queue()
    legs.apply(call("rejected", "ada", MONDAY), CAUSE)
    for hours, is_changed in ((47, False), (49, True)):
        legs.store.evict(MONDAY + DAY)
        outbox.clear_pieces()
        legs.tidy(MONDAY + hours * HOUR)
        assert outbox.is_state_changed == is_changed


@pytest.mark.parametrize("dies", [False, True])
def test_the_node_of_a_leg_does_not_depend_on_when_a_worker_died(dies: bool) -> None:
    """Of the node that queued it, unless another one told its wait before and so placed it."""
    for wait, node in ((9 * SECOND, "desk"), (None, "north")):
        day = Story()
        day.say(call("answered", "ada", clock("09:00:09"), source="desk", wait_ms=wait))
        if dies:
            day.restart()
        day.say(call("queued", "ada", clock("09:00"), source="north"))
        if dies:
            day.restart()
        (row,) = day.visits()
        assert (row.source, row.outcome, row.arrived_at) == (node, "answered", clock("09:00"))


def test_a_leg_that_turns_out_to_be_of_another_node_stands_in_line_once() -> None:
    """Else it would be open for ever under its former key: the next snapshot of the platform closed it once more."""
    legs, _ = queue()
    legs.apply(call("present", "ada", MONDAY, source="desk"), CAUSE)
    legs.apply(call("queued", "ada", MONDAY, source="north"), CAUSE)
    assert [entry.key for entry in legs.line.open_entries()] == [as_key("ada", source="north")]
    legs.apply(call("abandoned", "ada", MONDAY + SECOND, source="north"), CAUSE)
    assert legs.line.is_empty()
    assert legs.close_missing("north", MONDAY + MINUTE, set(), CAUSE) == []


@pytest.mark.parametrize("dies", [False, True])
def test_a_desk_that_knows_no_visits_tells_of_the_stay_that_goes_on(dies: bool) -> None:
    """Else its answer with a wait was a second call beside the one that the telephone system queued."""
    day = Story()
    for began, ended in (("09:00:00", "09:00:20"), ("09:05:00", None)):
        about: dict[str, Any] = {"source": "north", "visit_at": clock(began)}
        day.say(call("queued", "ada", clock(began), **about))
        if ended:
            day.say(call("exited", "ada", clock(ended), reason="key", **about))
    if dies:
        day.restart()
    day.say(call("answered", "ada", clock("09:05:09"), source="desk", wait_ms=9 * SECOND))
    if dies:
        day.restart()
    day.say(call("ended", "ada", clock("09:06:00"), source="desk"))
    assert [(row.source, row.arrived_at, row.outcome) for row in day.visits()] == [
        ("north", clock("09:00"), "exited"),
        ("north", clock("09:05"), "answered"),
    ]
