"""Incidents: from calls of several queues to one alert that grows, ends, and does not come again at once."""

from typing import Any

import msgspec
import pytest

from schemas.alerts import Alert
from schemas.millis import MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from schemas.reports import Passed
from schemas.targets import TargetsVersion
from streams.core import incidents
from tests.support.builders import NODE, clock, published, targets
from tests.support.reporting import NO_WATER, PIPES, Desk, asked, report

FIVE = ("ada", "bo", "cy", "di", "eve")


def desk() -> Desk:
    """Two ordinary hours, 09:00 to 11:00, were seen."""
    return Desk().ordinary()


def the_alert(day: Desk) -> Alert:
    (alert,) = day.alert_records()
    return alert


def test_the_fifth_caller_raises_it_and_the_fourth_does_not() -> None:
    day = desk().calls(*FIVE[:4], at="11:10").pass_to("11:14")
    assert day.states() == []
    day.calls("eve", at="11:14").pass_to("11:14:10")
    alert = the_alert(day)
    assert alert.alert_id == f"incident/burst pipe/ward-12/{clock('11:14:05')}"
    assert (alert.state, alert.rule, alert.severity) == ("firing", "incident", "page")
    assert (alert.value, alert.threshold, alert.n) == (5, 5, 5)
    assert (alert.topic, alert.area, alert.queue) == ("burst pipe", "ward-12", "")
    assert (alert.onset_at, alert.fired_at) == (clock("11:14:05"), clock("11:14:05"))
    assert alert.reason == "burst pipe, ward-12: 5 callers in 4m, 0.0 expected (Burst pipes 5)"


def test_who_calls_again_is_one_caller_and_is_said() -> None:
    day = desk().calls("ada", "ada", "bo", "bo", "ada", "cy", "di", at="11:10", every_s=30)
    assert day.pass_to("11:15").states() == []
    day.calls("eve", at="11:15").pass_to("11:15:10")
    assert the_alert(day).n == 5
    assert "(Burst pipes 8); 3 called again" in the_alert(day).reason


def test_unknown_callers_are_told_and_are_no_callers() -> None:
    day = desk().calls("", "", "", "", "", "", at="11:10", every_s=20).pass_to("11:13")
    assert day.states() == []
    day.calls(*FIVE, at="11:13", every_s=20).pass_to("11:15")
    assert the_alert(day).n == 5
    day.calls("", at="11:15").pass_to("11:16:10")
    assert the_alert(day).reason.endswith("(Burst pipes 6); 1 without a caller")


def test_calls_of_several_queues_are_one_incident_of_the_queue_with_most() -> None:
    day = desk().calls("ada", "bo", at="11:10", queue=PIPES)
    day.calls("cy", "di", "eve", at="11:12", queue=NO_WATER).pass_to("11:15")
    alert = the_alert(day)
    assert alert.queues == (NO_WATER, PIPES)
    assert (alert.owner, alert.department) == ("supply", "of-no-water")
    assert "(No water 3, Burst pipes 2)" in alert.reason
    day.calls("fay", "gus", "hal", at="11:15", queue=PIPES).pass_to("11:18")
    assert (the_alert(day).queues, the_alert(day).owner) == ((PIPES, NO_WATER), "supply")


def test_it_grows_and_is_one_alert() -> None:
    day = desk().calls(*(f"citizen-{n}" for n in range(40)), at="11:10", every_s=30)
    day.pass_to("11:31")
    assert (the_alert(day).n, the_alert(day).state) == (40, "firing")
    assert [each.n for each in day.written] == sorted(each.n for each in day.written)


def test_it_is_written_each_minute_while_it_fires() -> None:
    day = desk().calls(*FIVE, at="11:10").pass_to("11:20:07")
    assert the_alert(day).held_at == clock("11:20")
    assert the_alert(day).changed_at == clock("11:14:05")


def test_other_places_are_apart() -> None:
    day = desk()
    for place, caller in enumerate(FIVE):
        day.calls(caller, at=f"11:1{place}", area=f"ward-{place}")
    assert day.pass_to("11:20").states() == []


def test_it_ends_after_an_hour_below_twice_the_ordinary_rate() -> None:
    day = desk().calls(*FIVE, at="11:10").pass_to("12:13")
    assert the_alert(day).state == "firing"
    day.pass_to("12:16:10")
    alert = the_alert(day)
    assert (alert.state, alert.resolved_at) == ("resolved", clock("12:15"))
    assert alert.reason.startswith("burst pipe, ward-12: over; 5 callers in 4m")


def test_who_calls_again_keeps_it_open() -> None:
    day = desk().calls(*FIVE, at="11:10").calls("ada", at="11:50").pass_to("12:30")
    assert the_alert(day).state == "firing"


def test_none_is_raised_for_two_hours_after_its_end() -> None:
    day = desk().calls(*FIVE, at="11:10").pass_to("12:15:10")
    day.calls(*(f"later-{n}" for n in range(8)), at="13:00").pass_to("13:30")
    assert day.states() == ["ward-12 resolved 5"]
    day.calls(*(f"again-{n}" for n in range(10)), at="14:20").pass_to("14:30:10")
    assert day.states() == ["ward-12 resolved 5", "ward-12 firing 10"]


def test_a_place_that_is_busy_from_the_first_call_on_raises_nothing_in_the_first_hour() -> None:
    day = Desk().calls(*(f"c{n}" for n in range(20)), at="09:10", every_s=10).pass_to("09:59")
    assert day.states() == []


def test_a_burst_in_the_first_hour_is_held_against_the_most_that_can_have_been_ordinary() -> None:
    day = Desk().calls("early", at="09:02", area="ward-1")
    assert day.incidents.lacking() == "calls known too briefly"
    burst = [f"c{n}" for n in range(12)]
    day.calls(*burst, at="09:20", every_s=20).pass_to("09:25")
    assert day.incidents.lacking() is None
    (alert,) = day.alert_records()
    assert alert.reason == (
        "burst pipe, ward-12: 12 callers in 4m, at most 0.7 expected (Burst pipes 12)"
    )
    assert alert.fired_at is not None
    assert alert.fired_at < clock("09:24")
    later = day.pass_to("10:30").alert_records()[0]  # by then it is known what is ordinary
    assert (later.state, "at most" in later.reason) == ("resolved", False)


def test_a_call_in_the_night_begins_no_first_hour() -> None:
    day = Desk().calls("night", at="02:40", area="ward-1").pass_to("05:01")
    assert day.incidents.lacking() == "calls known too briefly"
    assert day.incidents.baseline.watched_from is None


def test_of_the_first_hour_only_what_is_left_of_it_is_learned() -> None:
    day = Desk().calls("one", at="09:45", area="ward-1").pass_to("10:00:10")
    learned = day.incidents.baseline
    assert (learned.hours, learned.is_learning) == (0.25, True)
    assert day.restart().pass_to("10:30").incidents.baseline.watched_from == clock("09:45")
    day.calls("two", at="10:40", area="ward-1").pass_to("11:00:10")
    assert not day.incidents.baseline.is_learning


def test_the_first_call_may_be_told_late() -> None:
    day = Desk().calls("one", at="09:45", area="ward-1")
    day.calls("two", at="09:50", area="ward-1").say(report("zoe", clock("09:40"), area="ward-2"))
    day.pass_to("09:55")
    assert day.incidents.baseline.watched_from == clock("09:40")


def test_a_place_that_is_busy_from_the_first_call_on_stays_ordinary_and_hides_no_burst() -> None:
    day = Desk()
    for minute in range(60):
        day.calls(f"pipe-{minute}", at=f"09:{minute}", area="ward-1")
        day.say(report(f"other-{minute}", clock(f"09:{minute}"), topic="leak", area="ward-2"))
    day.calls("last", at="10:00", area="ward-1").pass_to("10:10")
    assert day.states() == []
    day.calls(*FIVE, at="10:10", every_s=20, area="ward-2").pass_to("10:13")
    assert day.states() == ["ward-2 firing 5"]


def test_a_busy_place_is_ordinary() -> None:
    """Twenty calls an hour about one thing, every hour: 22 in one are no news."""
    day = Desk()
    for hour in range(9, 13):
        day.calls(*(f"{hour}-{n}" for n in range(20)), at=f"{hour}:00", every_s=180)
        day.pass_to(f"{hour + 1}:00")
    assert day.calls(*(f"more-{n}" for n in range(22)), at="13:00", every_s=160).states() == []


def test_the_busy_hour_of_a_day_is_ordinary() -> None:
    """Three times as many calls everywhere raise nothing; the same in one place alone does."""
    calm = Desk().ordinary(hours=4).ordinary("13:00", hours=2, an_hour=1.2, seed=7)
    assert calm.states() == []
    calm.calls(*(f"pipe-{n}" for n in range(9)), at="15:01").pass_to("15:20")
    assert [each.area for each in calm.alert_records()] == ["ward-12"]


def test_the_rule_taken_out_of_the_file_ends_it() -> None:
    day = desk().calls(*FIVE, at="11:10").pass_to("11:20")
    day.versions.append(published(version=2, valid_from=clock("11:30")))
    day.unit.set_targets(day.versions)
    assert day.pass_to("11:31:10").states() == ["ward-12 resolved 5"]


def test_a_queue_without_the_rule_raises_nothing() -> None:
    day = Desk(published(asked(NO_WATER, "No water"))).ordinary().calls(*FIVE, at="11:10")
    assert day.pass_to("11:20").states() == []


def test_a_larger_number_of_callers_is_waited_for() -> None:
    day = Desk(published(asked(PIPES, "Burst pipes", callers=7))).ordinary()
    day.calls(*FIVE, "fay", at="11:10", every_s=20).pass_to("11:13")
    assert day.states() == []
    assert day.calls("gus", at="11:13").pass_to("11:14").states() == ["ward-12 firing 7"]


def test_a_holding_time_makes_it_pending_first() -> None:
    day = Desk(published(asked(PIPES, "Burst pipes", hold_ms=2 * MINUTE))).ordinary()
    day.calls(*FIVE, "fay", at="11:10", every_s=20).pass_to("11:12")
    assert day.states() == ["ward-12 pending 5"]
    assert day.pass_to("11:14:10").states() == ["ward-12 firing 6"]


def test_a_call_that_is_taken_back_is_none() -> None:
    day = desk().calls(*FIVE[:4], at="11:10")
    day.say(report("ada", clock("11:10"), taken_back=True))
    day.calls("eve", at="11:14").pass_to("11:14:30")
    assert day.states() == []


def test_a_call_that_is_taken_back_before_its_time_has_passed_is_none() -> None:
    day = desk().calls(*FIVE[:4], at="11:10")
    day.say(report("eve", clock("11:14")))
    day.say(report("eve", clock("11:14"), taken_back=True))
    assert day.pass_to("11:20").states() == []


@pytest.mark.parametrize("told_anew", [{"replay": True}, {"topic": "leak"}, {"area": "ward-1"}])
def test_a_call_that_is_told_anew_after_its_hour_is_learned_once(told_anew: dict[str, Any]) -> None:
    """Else a platform that corrects topics teaches more calls than there are, and bursts are found later."""
    day = Desk().calls(*FIVE, at="09:10").pass_to("10:10")
    learned = day.incidents.baseline
    before = learned.total, learned.volume
    for minute, caller in enumerate(FIVE):
        call = report(caller, clock(f"09:{10 + minute}"))
        day.say(msgspec.structs.replace(call, taken_back=True))
        day.say(msgspec.structs.replace(call, **told_anew))
    day.pass_to("10:20")
    assert (learned.total, learned.volume) == before
    assert sum(cell.own.calls for cell in day.incidents.cells.values()) == before[0]


def test_a_call_of_an_alert_that_is_taken_back_takes_nothing_from_what_is_ordinary() -> None:
    day = desk().calls(*FIVE, at="11:50").pass_to("12:10")
    total = day.incidents.baseline.total
    day.say(report("ada", clock("11:50"), taken_back=True)).pass_to("12:11")
    assert day.incidents.baseline.total == total


def test_a_call_that_becomes_known_late_counts() -> None:
    day = desk().calls(*FIVE[:4], at="11:10").pass_to("11:20")
    day.say(report("late", clock("11:12"))).pass_to("11:20:10")
    assert day.states() == ["ward-12 firing 5"]


def test_a_replay_says_so() -> None:
    day = desk().calls(*FIVE[:4], at="11:10").calls("eve", at="11:14", replay=True)
    assert the_alert(day.pass_to("11:15")).replay


def test_a_place_is_forgotten_after_a_day_without_calls() -> None:
    day = desk().calls(*FIVE, at="11:10").pass_to("35:30")
    assert len(day.incidents.cells) > 0
    day.pass_to("36:00:10").take()
    assert not day.incidents.cells
    assert not [key for key in day.pieces if key.startswith(b"reports|cell|")]


def test_the_places_that_are_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incidents, "MOST_CELLS", 20)
    day = Desk()
    for number in range(60):
        day.calls("ada", at=f"09:{number}", area=f"ward-{number}")
    day.pass_to("10:00:10").take()
    cells = day.incidents.cells
    assert 15 <= len(cells) <= 20
    assert ("burst pipe", "ward-59") in cells


def test_a_clock_that_stands_still_does_not_keep_reports_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(incidents, "MOST_PENDING", 10)
    day = Desk().say(Passed(1, "stuck", clock("09:00")))
    for second in range(40):
        moment = clock("09:01") + second * SECOND
        day.say(report(f"c{second}", moment)).say(Passed(0, "node", moment))
        day.say(Passed(1, "stuck", clock("09:00")))
    assert len(day.incidents.pending) <= 11


def first_of_all(
    *versions: TargetsVersion, begins: str = "02:00", every_s: int = 20, restart: bool = False
) -> Desk:
    """Clocks pass from `begins` on, and nobody calls until 02:05:30; then thirty people about one pipe."""
    day = Desk(*versions).pass_to(begins).pass_to("02:03")
    day = day.restart() if restart else day
    callers = [f"citizen-{n}" for n in range(30)]
    return day.calls(*callers, at="02:05:30", every_s=every_s)


@pytest.mark.parametrize("restart", [False, True])
def test_a_burst_that_is_the_first_thing_of_all_is_told_if_clocks_began_shortly_before(
    restart: bool,
) -> None:
    """By night nobody else calls: until its hours were over it would be taken for what is ordinary."""
    day = first_of_all(restart=restart).pass_to("02:10:35")
    assert day.incidents.lacking() is None
    (alert,) = day.alert_records()
    assert (alert.state, alert.onset_at) == ("firing", clock("02:10:15"))
    assert "at most " in alert.reason


@pytest.mark.parametrize(("begins", "every_s"), [("01:50", 20), ("02:05:30", 20), ("02:00", 50)])
def test_an_office_that_opens_is_no_incident(begins: str, every_s: int) -> None:
    """Watched long before it, from its first call on, or with as many calls as an office may have in one place."""
    assert first_of_all(begins=begins, every_s=every_s).pass_to("02:40").states() == []


OFFICE = msgspec.structs.replace(
    asked(PIPES, "Burst pipes"), opening=Opening(parse_weekly("Mon-Sun 02:05-16:00"))
)


def test_silence_out_of_hours_says_nothing() -> None:
    assert first_of_all(published(OFFICE)).pass_to("02:40").states() == []


def test_before_the_rule_is_switched_on_there_is_no_silence() -> None:
    """Clocks pass from its publication on, but calls are told from the moment on at which it holds: each busy place was an incident."""
    off = published(targets(PIPES, name="Burst pipes"))
    on = published(asked(PIPES, "Burst pipes"), version=2, valid_from=clock("02:05:20"))
    assert first_of_all(off, on).pass_to("02:40").states() == []


@pytest.mark.parametrize(
    ("called", "why"),
    [((NO_WATER,), None), ((PIPES,), "calls known too briefly"), ((NO_WATER, PIPES), "calls known too briefly")],
)  # fmt: skip
def test_a_queue_that_was_closed_before_the_first_call_is_said_not_to_be_asked(
    called: tuple[str, ...], why: str | None
) -> None:
    """It looked as if the rule was quiet there, five minutes before it could be asked."""
    day = Desk(published(OFFICE, asked(NO_WATER, "No water"))).pass_to("02:00")
    for queue in called:
        day.say(report("ada", clock("02:05:30"), queue=queue))
    assert day.pass_to("02:06").incidents.lacking() == why
    assert day.pass_to("02:10:40").incidents.lacking() is None


def two_platforms(
    *, first_call: str, begins: str, queue: str = NO_WATER, restart: bool = False, heard: str = ""
) -> Desk:
    """One platform is heard from 09:00 on, and has calls from `first_call` on, one a minute, each from a place of its own. The second one
    (heard before: `heard`) has 180 callers an hour from one place from `begins` on.
    """
    day = Desk().pass_to("09:00")
    for number, at in enumerate(range(clock(first_call), clock(begins), MINUTE)):
        day.say(report(f"first-{number}", at, area=f"ward-{number % 50}"))
        day.say(Passed(0, NODE, at))
    day.pass_to(begins)
    day = day.restart() if restart else day
    if heard:
        day.say(Passed(0, "second", clock(begins), since=clock(heard)))
    for number in range(30):
        at = clock(begins) + 20 * number * SECOND
        day.say(report(f"second-{number}", at, node="second", queue=queue))
        day.say(Passed(0, "second", at)).say(Passed(0, NODE, at))
    return day


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("queue", [NO_WATER, PIPES])
@pytest.mark.parametrize(
    ("first_call", "begins"), [("09:00", "09:08"), ("09:08", "09:08"), ("09:00", "12:20")]
)
def test_a_platform_that_is_connected_while_others_are_watched_is_no_incident(
    first_call: str, begins: str, queue: str, restart: bool
) -> None:
    """That nobody had called it says nothing: it was not heard. Each of its busy places paged, also in a queue that both serve."""
    day = two_platforms(first_call=first_call, begins=begins, queue=queue, restart=restart)
    assert day.pass_to(begins).say(Passed(0, "second", clock("13:00"))).states() == []


@pytest.mark.parametrize(
    ("first_call", "begins", "fired"),
    [("09:00", "09:08", "09:11:45"), ("09:08", "09:08", "09:12:45"), ("09:00", "12:20", "12:21:25")],
)  # fmt: skip
def test_one_that_was_heard_with_the_first_one_was_silent_before_its_first_call(
    first_call: str, begins: str, fired: str
) -> None:
    """Hours later the fifth caller raises it; within minutes of the start more are needed, as anywhere."""
    queue = PIPES if begins == "12:20" else NO_WATER
    day = two_platforms(first_call=first_call, begins=begins, queue=queue, heard="09:00")
    (alert,) = day.alert_records()
    assert (alert.state, alert.fired_at) == ("firing", clock(fired))


@pytest.mark.parametrize("callers", [4, 5])
def test_the_fifth_caller_of_a_known_platform_is_told_whatever_another_one_begins_to_tell(
    callers: int,
) -> None:
    day = desk()
    for number in range(10):  # one about the same thing comes by the new one
        area = "ward-12" if number == 3 else f"ward-{number}"
        at = clock("11:05") + number * 30 * SECOND
        day.say(report(f"second-{number}", at, node="second", area=area))
        day.say(Passed(0, "second", at))
    day.calls(*FIVE[:callers], at="11:10").say(Passed(0, "second", clock("11:20")))
    assert day.pass_to("11:14:10").states() == ["ward-12 firing 5"] * (callers == 5)


@pytest.mark.parametrize("of_the_known", [0, 4])
def test_some_callers_of_a_known_platform_do_not_hide_many_of_a_new_one(of_the_known: int) -> None:
    """Four were the stronger burst, and too few: of fourteen callers nothing was told, and of ten of the new one alone it was."""
    day = Desk().ordinary("07:00", hours=4).say(Passed(0, "second", clock("11:05")))
    for number in range(10):
        at = clock("11:30") + number * 10 * SECOND
        for node in [NODE] * (number < of_the_known) + ["second"]:
            day.say(report(f"{node}-{number}", at, node=node)).say(Passed(0, node, at))
    day.say(Passed(0, "second", clock("11:32"))).pass_to("11:32")
    assert day.states() == [f"ward-12 firing {10 + of_the_known}"]


def test_what_is_told_of_a_platform_before_its_clock_raises_nothing() -> None:
    """Its calls and its clock come together, but clocks of other partitions may stand between them."""
    day = Desk().calls("early", at="09:00", area="ward-1").pass_to("09:08")
    for number in range(30):
        day.say(report(f"second-{number}", clock("09:08") + 10 * number * SECOND, node="second"))
    assert day.pass_to("09:20").states() == []
