"""E5, E6, E7: ringing that nobody answers, two agents who do, and one who drops in the announcement."""

import pytest

from schemas.millis import SECOND
from tests.support.builders import call, clock
from tests.support.retold import check
from tests.support.story import Story


def test_e5_missed_offers_and_a_second_queueing_keep_the_place_and_the_clock() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:01").queued("eve")
    for second, agent in (("05", "ann"), ("10", "bob")):
        day.at(f"09:00:{second}").offered("ada", agent=agent)
        assert day.snapshot().callers[0].ringing
        assert day.snapshot().waiting == 2  # a ringing caller still waits
        day.at(f"09:00:{second}").offer_missed("ada", agent=agent)
        assert not day.snapshot().callers[0].ringing
        day.at(f"09:00:{second}").queued("ada")
    assert [caller.leg_id for caller in day.snapshot().callers] == ["ada", "eve"]
    assert day.snapshot().oldest_arrived_at == clock("09:00:00")
    day.at("09:00:15").offered("ada", agent="cid")
    day.at("09:00:18").answered("ada", agent="cid")
    row = day.legs()["ada"]
    assert (row.offers, row.missed_offers, row.wait_ms) == (3, 2, 18 * SECOND)
    assert (row.agent, row.in_target, row.flags) == ("cid", True, ())
    assert (day.today().offered, day.today().missed_offers) == (2, 2)
    assert day.today().answered_in_target == 1  # a missed offer never changes the service level
    check(day)


def test_e5_the_same_agent_may_miss_one_call_twice() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    for second in ("05", "25"):
        day.at(f"09:00:{second}").offer_missed("ada", agent="ann")
    day.at("09:00:40").abandoned("ada")
    row = day.legs()["ada"]
    assert (row.outcome, row.missed_offers) == ("abandoned", 2)
    assert (day.today().missed_offers, day.today().abandoned) == (2, 1)
    check(day)


def test_e5_two_agents_who_miss_one_call_at_once_are_two_missed_offers() -> None:
    """Told after the answer, the second looks like the first: neither may be lost."""
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").offer_missed("ada", agent="ann")
    day.at("09:00:20").answered("ada", agent="cid")
    day.at("09:00:10").offer_missed("ada", agent="bob")
    assert day.today().missed_offers == day.legs()["ada"].missed_offers == 2
    check(day)


@pytest.mark.parametrize("is_swapped", [False, True])
def test_e6_the_first_of_two_answers_wins_and_the_second_is_a_conflict(is_swapped: bool) -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    answers = [("09:00:08", "ann"), ("09:00:09", "bob")]
    for at, agent in reversed(answers) if is_swapped else answers:
        day.at(at).answered("ada", agent=agent)
    row = day.legs()["ada"]
    assert (row.agent, row.wait_ms, row.flags) == ("ann", 8 * SECOND, ("conflict",))
    assert (day.today().answered, day.today().answer_wait_ms) == (1, 8 * SECOND)
    assert day.snapshot().in_service == 1
    check(day)


def test_e6_one_agent_who_is_reported_twice_is_no_conflict() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:08").answered("ada", agent="ann")
    day.at("09:00:09").answered("ada", agent="ann")
    assert (day.legs()["ada"].wait_ms, day.legs()["ada"].flags) == (8 * SECOND, ())
    check(day)


def test_e7_an_agent_who_drops_in_the_announcement_did_not_answer() -> None:
    """Four times in a row, as a bug of Asterisk did; then somebody talks to her."""
    day = Story()
    day.at("09:00:00").queued("ada")
    for number, second in enumerate((3, 6, 9, 12)):
        at = clock("09:00:00") + second * SECOND
        day.say(call("offered", "ada", at, agent=f"ann{number}"))
        day.say(call("offer_cancelled", "ada", at + 1_000, agent=f"ann{number}"))
        assert (day.snapshot().waiting, day.snapshot().in_service) == (1, 0)
        assert not day.snapshot().callers[0].ringing
    day.at("09:00:16").answered("ada", agent="bob")
    row = day.legs()["ada"]
    assert (row.outcome, row.agent, row.wait_ms) == ("answered", "bob", 16 * SECOND)
    assert (row.offers, row.missed_offers) == (4, 0)  # a cancelled offer is nobody's miss
    assert (day.today().offered, day.today().answered, day.today().missed_offers) == (1, 1, 0)
    check(day)


def test_e7_a_caller_who_hangs_up_in_the_announcement_abandoned() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:03").offered("ada", agent="ann")
    day.at("09:00:06").offer_cancelled("ada", agent="ann")
    day.at("09:00:06").abandoned("ada")
    row = day.legs()["ada"]
    assert (row.outcome, row.agent, row.wait_ms) == ("abandoned", "", 6 * SECOND)
    assert (day.today().abandoned, day.today().answered) == (1, 0)
    check(day)
