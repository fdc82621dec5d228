"""E11 to E14: duplicates, any order, three hours late, and clocks that differ."""

import random

import pytest

from schemas.calls import LegEvent
from schemas.millis import HOUR, MINUTE, SECOND
from tests.support.builders import MARKS, call, clock, mark
from tests.support.retold import check
from tests.support.story import Story


def a_busy_quarter() -> list[LegEvent]:
    """Thirty calls from 09:00 on, one each half minute: answered, given up, missed before."""
    facts: list[LegEvent] = []
    for number in range(30):
        at, leg = clock("09:00:00") + number * 30 * SECOND, f"leg{number}"
        facts.append(call("queued", leg, at))
        if number % 3 == 0:
            facts.append(call("abandoned", leg, at + (number + 1) * SECOND))
            continue
        facts.append(call("offer_missed", leg, at + 4 * SECOND, agent="ann"))
        facts.append(call("answered", leg, at + (number + 5) * SECOND, agent="bob"))
        facts.append(call("ended", leg, at + 90 * SECOND))
    return sorted(facts, key=lambda fact: fact.at)


def test_e11_a_file_sent_twice_counts_once() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:05").offered("ada", agent="ann")
    day.at("09:00:10").answered("ada", agent="ann")
    day.at("09:01:00").ended("ada", by="caller")
    before, row = day.today(), day.legs()["ada"]
    day.again()
    assert (day.today(), day.legs()["ada"]) == (before, row)
    assert day.unit.results == {"applied": 4, "duplicate": 4, "quarantined": 0}
    check(day)


def test_e11_the_same_fact_under_another_event_id_is_the_same_fact() -> None:
    """Two nodes of a platform that both report a call, or an adapter that made up new ids."""
    day = Story()
    for event_id in ("first", "second"):
        day.at("09:00:00").queued("ada", event_id=f"{event_id}-1")
        day.at("09:00:05").offer_missed("ada", agent="ann", event_id=f"{event_id}-2")
        day.at("09:00:10").abandoned("ada", event_id=f"{event_id}-3")
    assert (day.today().offered, day.today().missed_offers, day.today().abandoned) == (1, 1, 1)
    assert day.unit.results["duplicate"] == 3
    check(day)


def test_e12_a_call_told_backwards_is_the_same_call() -> None:
    forwards, backwards = Story(), Story()
    facts = [
        call("queued", "ada", clock("09:00:00")),
        call("offer_missed", "ada", clock("09:00:05"), agent="ann"),
        call("answered", "ada", clock("09:00:10"), agent="bob", wait_ms=10 * SECOND),
        call("held", "ada", clock("09:00:20")),
        call("unheld", "ada", clock("09:00:30")),
        call("ended", "ada", clock("09:00:50"), by="agent", talk_ms=41 * SECOND),
        call("wrap_started", "ada", clock("09:00:50")),
        call("wrap_ended", "ada", clock("09:00:55")),
        call("disposition", "ada", clock("09:00:55")),
    ]
    for fact in facts:
        forwards.say(fact)
    for fact in reversed(facts):
        backwards.say(fact, appended_at=clock("09:01:00"))
    assert forwards.today() == backwards.today()
    one, other = forwards.legs()["ada"], backwards.legs()["ada"]
    shown = ("outcome", "wait_ms", "agent", "hold_ms", "talk_hold_ms", "wrap_ms", "flags", "disposition")  # fmt: skip
    assert [getattr(one, name) for name in shown] == [getattr(other, name) for name in shown]
    assert (one.hold_ms, one.talk_hold_ms, one.wrap_ms) == (10 * SECOND, 41 * SECOND, 5 * SECOND)
    check(forwards)
    check(backwards)


@pytest.mark.parametrize("seed", range(5))
def test_e12_a_shuffle_within_a_minute_changes_no_figure_and_no_minute_of_the_wall(
    seed: int,
) -> None:
    chance, facts = random.Random(seed), a_busy_quarter()
    orderly, shuffled = Story(), Story()
    for fact in facts:
        orderly.say(fact)
    arrivals = sorted(
        ((f.at + chance.randrange(60_000), f) for f in facts), key=lambda each: each[0]
    )
    for delivered_at, fact in arrivals:
        shuffled.say(fact, appended_at=delivered_at)
    for day in (orderly, shuffled):
        day.tick("09:20:00")
        day.tick("09:45:10")
    assert shuffled.totals() == orderly.totals()
    assert shuffled.today() == orderly.today()
    seen, told = shuffled.snapshot().windows, orderly.snapshot().windows
    assert seen == told
    shown = {at: (row.waiting, row.oldest_wait_ms, row.in_service, row.windows)
             for at, row in shuffled.minutes().items()}  # fmt: skip
    assert shown == {
        at: (row.waiting, row.oldest_wait_ms, row.in_service, row.windows)
        for at, row in orderly.minutes().items()
    }
    check(shuffled)


def test_e13_an_answer_that_comes_three_hours_late_restates_history_and_not_the_wall() -> None:
    day = Story(waiting_cap_ms=4 * HOUR)
    day.at("09:00:00").queued("ada")
    for minute in range(1, 181):
        day.say(mark("tick", clock("09:00:00") + minute * MINUTE))
    walls = day.minutes()
    version = day.legs()["ada"].version
    day.say(call("answered", "ada", clock("09:00:10")), appended_at=clock("12:00:00"))
    day.tick("12:05:00")
    row = day.legs()["ada"]
    assert (row.outcome, row.wait_ms, row.in_target) == ("answered", 10 * SECOND, True)
    assert row.version > version  # the interval of nine o'clock has a new figure, and says so
    assert row.known_at == clock("12:00:00")
    assert (day.today().answered_in_target, day.snapshot().waiting) == (1, 0)
    assert day.snapshot().windows[60].answered == 0
    frozen = [at for at in walls if at < clock("11:59")]  # a minute of grace for the newest
    assert len(frozen) == 178
    assert [day.minutes()[at] for at in frozen] == [walls[at] for at in frozen]
    assert all(walls[at].waiting == 1 for at in frozen)
    assert day.history("09:00", "09:30").counts == {
        "offered": 1, "answered": 1, "answered_in_target": 1,
    }  # fmt: skip
    check(day)


def test_e13_a_whole_call_three_hours_late_counts_today_and_moves_no_line() -> None:
    day = Story()
    day.at("09:00:00").queued("now")
    day.at("09:00:10").answered("now")
    for text in ("10:00", "11:00", "12:00"):
        day.tick(text)
    for kind, at in (("queued", "09:00:00"), ("answered", "09:00:30"), ("ended", "09:05:00")):
        day.say(call(kind, "late", clock(at)), appended_at=clock("12:00:00"))
    assert (day.today().offered, day.today().answered, day.snapshot().waiting) == (2, 2, 0)
    assert day.snapshot().windows[60].offered == 0
    assert day.alerts() == []
    assert day.history("09:00", "09:30")["answered"] == 2
    check(day)


def test_e13_beyond_six_hours_a_fragment_is_set_aside_and_a_whole_leg_corrects_history() -> None:
    day = Story()
    day.at("15:00:00").queued("now")
    day.at("15:00:10").answered("now")
    day.tick("16:00:00")
    day.say(call("answered", "old", clock("09:00:10")), appended_at=clock("16:00:00"))
    assert day.quarantined() == ["too_old"]
    whole = call("leg", "older", clock("09:00:10"), arrived_at=clock("09:00:00"))
    day.say(whole, appended_at=clock("16:00:01"))
    assert day.legs()["older"].wait_ms == 10 * SECOND
    assert day.today().offered == 1  # live numbers do not notice: the archive has one leg more
    assert day.history("09:00", "16:00")["offered"] == 2
    assert day.snapshot().unexplained_legs == 0


def test_e14_a_source_whose_clock_is_two_seconds_slow_makes_no_negative_wait() -> None:
    day = Story()
    day.at("09:00:01").queued("ada")
    day.at("08:59:59").answered("ada", source="slow")
    row = day.legs()["ada"]
    assert (row.wait_ms, row.in_target, row.flags) == (0, True, ("negative_wait",))
    assert (row.arrived_at, row.left_at) == (clock("09:00:01"), clock("09:00:01"))
    assert day.today().answer_wait_ms == 0
    day.tick("09:03:00")
    day.tick("09:03:00", "slow")
    assert [minute.waiting for minute in day.minutes().values()] == [0, 0]
    check(day)


def test_e14_the_slower_of_two_sources_decides_how_far_event_time_has_come() -> None:
    """Minutes are cut when both have spoken; one that fell silent holds nobody up for long."""
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("08:59:58").queued("eve", source="slow")
    day.say(mark("tick", clock("08:59:59"), "slow"), appended_at=clock("09:02:00"))
    day.tick("09:02:10")
    assert day.minutes() == {}
    day.say(mark("tick", clock("09:01:05"), "slow"), appended_at=clock("09:02:10"))
    assert list(day.minutes()) == [clock("09:00"), clock("09:01")]
    assert [row.waiting for row in day.minutes().values()] == [1, 2]
    day.tick("09:02:41")  # the slow one is silent for more than half a minute
    day.tick("09:03:10")
    assert max(day.minutes()) == clock("09:03")
    check(day)


def test_e14_an_event_from_the_future_is_set_aside_with_its_skew() -> None:
    """One clock an hour ahead would drag every window along."""
    day = Story()
    day.at("09:00:00").queued("ada")
    day.say(call("queued", "eve", clock("10:00:00"), source="fast"), appended_at=clock("09:00:01"))
    day.say(call("queued", "ida", clock("09:00:06")), appended_at=clock("09:00:01"))  # 5 s: clocks
    assert day.quarantined() == ["ahead_of_broker"]
    assert day.outputs.quarantined[0].detail == "59m59s ahead of the broker's clock"
    assert (day.snapshot().waiting, day.snapshot().as_of) == (2, clock("09:00:06"))
    check(day)


def test_every_mark_may_come_twice_and_alone() -> None:
    """A mark of a source that never said anything of a leg makes no queue."""
    day = Story()
    for kind in MARKS:
        for _ in range(2):
            day.say(mark(kind, clock("09:00"), "stranger"))
    assert day.unit.monitors == {} or not day.unit.snapshots(clock("09:00"))
    assert day.quarantined() == []
