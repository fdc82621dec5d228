"""Who is there by what was told, and when the calls say that this is not all."""

import pytest

from schemas.agents import RosterEntry, RoutingState
from schemas.attention import Attention
from schemas.millis import MINUTE
from streams.core.known_crew import known_crew
from streams.core.roster import Roster
from tests.support.builders import BILLING, MONDAY, clock
from tests.support.ruled import nobody_signed_in, oldest_wait, ruled, understaffed
from tests.support.story import Story

NAME = "nobody_signed_in"
SEEN_LEAVING = clock("08:00:00")


def day_with(state: RoutingState = "logged_out", since: int = SEEN_LEAVING) -> Story:
    """Bills, whose one agent was told to be in this state, and nobody else."""
    rules = ruled(nobody_signed_in(hold_ms=0), oldest_wait(5 * MINUTE, MINUTE, hold_ms=0))
    return signs(Story(name="Bills", roster=Roster(), alerts=rules), state, since)


def signs(day: Story, state: RoutingState, since: int, agent: str = "ann") -> Story:
    version = len(day.records) + 1
    day.roster.update(
        RosterEntry(agent, version, "node", state, "idle", "", since, since, (BILLING,))
    )
    return day


def answers(
    day: Story, arrived: str, answered: str, ended: str = "", leg: str = "", agent: str = "bo"
) -> Story:
    leg = leg or arrived
    day.at(arrived).queued(leg)
    day.at(answered).answered(leg, agent=agent)
    if ended:
        day.at(ended).ended(leg)
    return day


def test_agents_who_are_told_later_than_the_calls_that_they_take_page_nobody() -> None:
    """All signed out last night. Bo has come at 09:00 and takes calls; that is told half an hour later."""
    day = answers(day_with(), "09:00:00", "09:00:05")
    day.at("09:00:10").queued("waits")
    day.tick("09:04:00")
    assert day.alerts() == []
    assert day.snapshot().agents == {}
    assert day.snapshot().not_evaluated == {NAME: "agents reported in part"}
    assert day.snapshot().attention == Attention("watch", "a caller waits longer than 20 s")
    signs(day, "available", clock("09:00:00"), agent="bo")
    day.tick("09:04:30")
    assert day.snapshot().agents == {"available": 1}
    assert day.snapshot().not_evaluated == {}


def test_agents_who_are_told_once_are_missed_five_minutes_after_their_last_answer() -> None:
    day = answers(day_with(), "17:00:00", "17:00:05", "17:03:00")
    day.at("17:04:00").queued("waits")
    day.tick("17:05:10")
    assert day.alerts() == []
    day.tick("17:05:20")
    (alert,) = day.alert_records()
    assert (alert.rule, alert.state, alert.onset_at) == (NAME, "firing", clock("17:05:10"))
    assert alert.reason == "Bills: nobody is signed in, 1 waiting, the oldest for 1m10s"
    assert day.snapshot().agents == {"available": 0}
    assert day.snapshot().not_evaluated == {}


def test_a_long_conversation_of_the_only_agent_is_no_empty_room_for_an_hour() -> None:
    day = answers(day_with(), "09:00:00", "09:00:05")
    day.at("09:50:00").queued("waits")
    day.at("09:54:59").abandoned("waits")
    day.tick("09:56:00")
    assert day.alerts() == []
    day.at("10:00:00").queued("comes later")
    day.tick("10:00:50")
    assert day.alerts() == [f"{NAME} firing"]


def test_who_answered_before_the_last_one_signed_out_proves_nothing() -> None:
    """Nor does a conversation that goes on: who signs out may still talk."""
    day = answers(day_with(since=clock("09:00:10")), "09:00:00", "09:00:05")
    day.at("09:00:20").queued("waits")
    day.tick("09:01:00")
    assert day.alerts() == [f"{NAME} firing"]


@pytest.mark.parametrize(("answered", "is_known"), [("09:00:14", True), ("09:00:15", False)])
def test_an_answer_in_the_same_five_seconds_as_the_last_sign_out_is_before_it(
    answered: str, is_known: bool
) -> None:
    day = answers(day_with(since=clock("09:00:12")), "09:00:00", answered, "09:00:16")
    day.tick("09:00:40")
    assert (day.snapshot().agents == {"available": 0}) is is_known


@pytest.mark.parametrize(
    ("signed_out", "at", "is_known"),
    [
        ("09:00:14", "09:00:15", True),  # the call is answered at this moment, and not before it
        ("09:00:14", "09:00:20", False),
        ("09:00:14", "09:30:00", False),  # that conversation goes on
        ("09:00:15", "09:30:00", True),
        ("08:00:00", "10:00:15", False),  # for an hour
        ("08:00:00", "10:00:20", True),
    ],
)
def test_an_answer_counts_from_the_first_boundary_after_it(
    signed_out: str, at: str, is_known: bool
) -> None:
    day = answers(day_with(since=clock(signed_out)), "09:00:00", "09:00:15")
    legs = day.unit.monitors[BILLING].legs
    found = known_crew(day.roster, legs, clock(at))
    assert bool(found.agents) is is_known


def test_who_is_taken_out_of_the_queue_has_left_it_though_he_still_talks() -> None:
    """Asterisk removes a member: he serves no queue then, and stands nowhere as signed out."""
    day = day_with("available")
    day.at("09:00:00").queued("first")
    day.at("09:00:05").answered("first", agent="ann")
    gone = clock("09:00:30")
    day.roster.update(RosterEntry("ann", 99, "node", "logged_out", "idle", "", gone, gone, ()))
    day.at("09:00:40").queued("waits")
    day.tick("09:01:20")
    (alert,) = day.alert_records()
    assert (alert.rule, alert.onset_at) == (NAME, clock("09:01:15"))
    again = Roster()  # of a worker that starts anew: it reads the newest state alone
    again.update(RosterEntry("cy", 1, "node", "logged_out", "idle", "", MONDAY, MONDAY, (BILLING,)))
    again.update(RosterEntry("ann", 99, "node", "logged_out", "idle", "", gone, gone, ()))
    legs = day.unit.monitors[BILLING].legs
    found = known_crew(again, legs, clock("09:20:00"))
    assert found.agents == {"available": 0}


def test_an_open_alert_ends_when_somebody_takes_a_call() -> None:
    day = day_with()
    day.at("09:00:00").queued("first")
    day.at("09:00:01").queued("second")
    day.tick("09:00:40")
    assert day.alerts() == [f"{NAME} firing"]
    day.at("09:00:42").answered("first", agent="bo")
    day.tick("09:02:00")
    (alert,) = day.alert_records()
    assert (alert.state, alert.not_evaluated) == ("resolved", "agents reported in part")


def test_an_answer_calms_an_open_alert_at_the_next_boundary() -> None:
    """At 09:00:40 the answer of 09:00:42 is known: the alert must not sleep to the end of the minute."""
    day = day_with()
    for leg, second in (("first", "00"), ("second", "01")):
        day.at(f"09:00:{second}").queued(leg)
    for second in ("31", "36", "41"):
        day.tick(f"09:00:{second}")
    assert day.alerts() == [f"{NAME} firing"]
    day.at("09:00:42").answered("first", agent="bo")
    day.tick("09:00:46")  # the queue is at 09:00:40
    day.tick("09:00:51")
    (alert,) = day.alert_records()
    assert (alert.calm, alert.not_evaluated, alert.held_at) == (
        True,
        "agents reported in part",
        clock("09:00:45"),
    )


def test_agents_who_were_told_once_and_are_there_for_ever_leave_it_to_the_wait() -> None:
    """Nothing tells that they have gone; the caller who waits does."""
    day = answers(day_with("available"), "09:00:00", "09:00:05", "09:03:00")
    day.at("17:00:00").queued("waits")
    day.tick("17:05:20")
    assert day.alerts() == ["oldest_wait firing"]


def test_too_few_agents_is_not_said_of_agents_whom_nobody_knows() -> None:
    rules = ruled(understaffed(minimum=1))
    day = signs(Story(name="Bills", roster=Roster(), alerts=rules), "logged_out", MONDAY)
    for minute in range(20):
        answers(day, f"09:{minute:02}:00", f"09:{minute:02}:05", f"09:{minute:02}:50")
    day.at("09:20:00").queued("waits")
    day.tick("09:21:20")
    assert day.alerts() == []
    assert day.snapshot().not_evaluated == {"understaffed": "agents reported in part"}
    assert day.snapshot().agents == {}


def test_where_no_agent_was_ever_reported_it_says_so() -> None:
    rules = ruled(nobody_signed_in(hold_ms=0))
    day = answers(Story(name="Bills", roster=Roster(), alerts=rules), "09:00:00", "09:00:05")
    day.tick("09:01:00")
    assert day.snapshot().not_evaluated == {NAME: "no agents reported"}
    signs(day, "logged_out", SEEN_LEAVING)
    day.tick("09:01:10")
    assert day.snapshot().not_evaluated == {NAME: "agents reported in part"}


@pytest.mark.parametrize("ended", ["17:00:40", ""])
@pytest.mark.parametrize("agent", ["", "bo"])
def test_a_voicemail_box_that_answers_shows_nobody(agent: str, ended: str) -> None:
    """Each message that was left hid an empty room for five minutes, and for an hour while somebody spoke."""
    day = answers(day_with(), "17:00:00", "17:00:05", ended, agent=agent)
    day.at("17:01:00").queued("waits")
    day.tick("17:01:40")
    assert day.alerts() == ([] if agent else [f"{NAME} firing"])
    known = {"available": 0} if not agent else {}
    assert (day.snapshot().agents, day.restart().snapshot().agents) == (known, known)


def test_an_open_alert_goes_on_when_a_voicemail_box_takes_a_call() -> None:
    day = day_with()
    day.at("17:00:00").queued("first")
    day.at("17:00:01").queued("second")
    day.tick("17:00:40")
    day.at("17:00:42").answered("first")
    day.tick("17:04:00")
    assert day.alerts() == [f"{NAME} firing"]


def test_one_person_among_answers_of_a_voicemail_box_is_found() -> None:
    day = answers(day_with(), "17:00:00", "17:00:05", "17:00:30", agent="bo")
    for second in range(6):
        answers(day, f"17:01:0{second}", f"17:01:1{second}", f"17:01:2{second}", agent="")
    day.at("17:02:00").queued("waits")
    day.tick("17:03:00")
    assert day.alerts() == []
    day.tick("17:05:20")
    assert day.alerts() == [f"{NAME} firing"]


def test_a_platform_whose_calls_name_no_agent_has_what_its_agents_say() -> None:
    """Whoever is told to be signed in is there; nothing else says so."""
    day = answers(day_with(), "09:00:00", "09:00:05", agent="")
    day.at("09:00:10").queued("waits")
    day.tick("09:01:00")
    assert day.alerts() == [f"{NAME} firing"]
    signs(day, "available", clock("09:01:00"))
    day.tick("09:03:00")
    assert day.alerts() == [f"{NAME} resolved"]


def test_the_agent_whose_phone_rang_for_a_caller_who_gave_up_is_not_there() -> None:
    """Call records name her, too. A voicemail box has answered meanwhile."""
    day = answers(day_with(), "17:00:00", "17:00:05", "17:00:30", agent="")
    times = {"arrived_at": clock("17:00:10"), "ended_at": clock("17:00:20")}
    day.at("17:00:40").leg("gave up", outcome="abandoned", agent="bo", **times)
    day.at("17:01:00").queued("waits")
    day.tick("17:01:40")
    assert day.alerts() == [f"{NAME} firing"]


@pytest.mark.parametrize("named", ["17:00:05", "17:00:06"])
def test_an_agent_whom_one_of_two_sources_names_is_there(named: str) -> None:
    """The telephone system names nobody, the desktop names bo: she was paged about while she talked."""
    day = day_with()
    day.at("17:00:00").queued("first")
    day.at("17:00:05").answered("first", agent="")
    day.at(named).answered("first", agent="bo")
    day.at("17:01:00").queued("waits")
    day.tick("17:01:40")
    assert day.alerts() == []
