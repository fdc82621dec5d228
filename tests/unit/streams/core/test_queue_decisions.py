"""What time decides: minute rows are cut, legs are given up, and a fact ends the quiet."""

import pytest

from schemas.agents import RosterEntry
from schemas.alerts import Firing
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.targets_book import TargetsBook
from streams.core.outbox import Outbox
from streams.core.profiles import Profiles
from streams.core.queue_decisions import QueueDecisions
from streams.core.queue_legs import QueueLegs
from streams.core.roster import Roster
from streams.core.unit import Cause
from tests.support.builders import BILLING, MONDAY, as_key, call, clock, published, targets
from tests.support.ruled import late_calls_left, oldest_wait, ruled, waiting_per_agent
from tests.support.story import Story

CAUSE = Cause(7, MONDAY)
AGENT = RosterEntry("ann", 1, "node", "available", "talking", "", MONDAY, MONDAY, (BILLING,))


class Queue:
    """Legs and decisions of one configured queue whose time begins at MONDAY."""

    def __init__(self) -> None:
        self.outbox = Outbox()
        book = TargetsBook([published(targets(BILLING), version=1, valid_from=0)])
        self.legs = QueueLegs(BILLING, book, {}, self.outbox)
        self.decisions = QueueDecisions(self.legs, Roster(), Profiles(), self.outbox)
        self.decisions.advance(MONDAY, CAUSE)

    def told(self, kind: str, leg: str, at: int) -> None:
        self.decisions.consider(self.legs.apply(call(kind, leg, at), CAUSE) or [])


def test_a_minute_is_cut_when_time_has_passed_it() -> None:
    queue = Queue()
    queue.told("queued", "ada", MONDAY + SECOND)
    queue.decisions.advance(MONDAY + MINUTE - 5 * SECOND, CAUSE)
    assert queue.outbox.minutes == {}
    queue.decisions.advance(MONDAY + MINUTE, CAUSE)
    assert [row.waiting for row in queue.outbox.minutes.values()] == [1]


def test_a_late_fact_cuts_the_newest_row_again_until_a_minute_later() -> None:
    queue = Queue()
    queue.told("queued", "ada", MONDAY + SECOND)
    queue.decisions.advance(MONDAY + MINUTE, CAUSE)
    queue.told("queued", "eve", MONDAY + 2 * SECOND)
    queue.decisions.advance(MONDAY + MINUTE + 5 * SECOND, CAUSE)
    assert queue.outbox.minutes[MONDAY + MINUTE].waiting == 2
    queue.decisions.advance(MONDAY + 2 * MINUTE + 5 * SECOND, CAUSE)
    queue.told("queued", "bob", MONDAY + 3 * SECOND)
    queue.decisions.advance(MONDAY + 2 * MINUTE + 10 * SECOND, CAUSE)
    assert queue.outbox.minutes[MONDAY + MINUTE].waiting == 2  # frozen
    assert queue.outbox.minutes[MONDAY + 2 * MINUTE].waiting == 3


def test_who_waits_longer_than_the_cap_is_given_up_at_a_whole_minute() -> None:
    queue = Queue()
    queue.told("queued", "ada", MONDAY + SECOND)
    for minute in range(1, 122):
        queue.decisions.advance(MONDAY + minute * MINUTE, CAUSE)
    entry = queue.legs.store.entry_of[as_key("ada")]
    assert (entry.verdict.outcome, entry.verdict.left_at) == (
        "ghost",
        MONDAY + SECOND + 2 * HOUR,
    )


def test_a_fact_from_behind_ends_the_quiet() -> None:
    queue = Queue()
    queue.told("queued", "ada", MONDAY + SECOND)
    queue.decisions.advance(MONDAY + 10 * SECOND, CAUSE)
    assert queue.decisions.quiet_to > MONDAY
    queue.told("queued", "eve", MONDAY - SECOND)
    assert queue.decisions.quiet_to == 0


def test_an_idle_queue_passes_time_without_a_row() -> None:
    queue = Queue()
    queue.decisions.advance(MONDAY + HOUR, CAUSE)
    assert queue.legs.windows.boundary == MONDAY + HOUR
    assert queue.outbox.minutes == {}


def test_a_boundary_that_was_passed_is_not_passed_once_more() -> None:
    queue = Queue()
    queue.told("queued", "ada", MONDAY + SECOND)
    queue.decisions.advance(MONDAY + MINUTE, CAUSE)
    queue.told("queued", "eve", MONDAY + 2 * SECOND)  # late: the row is to be cut again
    queue.decisions.advance(MONDAY + MINUTE, CAUSE)
    queue.decisions.advance(MONDAY + MINUTE + 5 * SECOND, CAUSE)
    assert queue.outbox.minutes[MONDAY + MINUTE].windows[5].offered == 2


def test_an_idle_queue_stands_at_its_newest_minute_for_a_fact_that_comes_late() -> None:
    queue = Queue()
    queue.decisions.advance(MONDAY + 10 * MINUTE + 30 * SECOND, CAUSE)
    queue.told("queued", "ada", MONDAY + 10 * MINUTE - SECOND)
    queue.decisions.advance(MONDAY + 10 * MINUTE + 35 * SECOND, CAUSE)
    assert {at: row.waiting for at, row in queue.outbox.minutes.items()} == {
        MONDAY + 10 * MINUTE: 1
    }


def test_five_minutes_of_time_at_once_are_cut_and_more_are_a_gap() -> None:
    for ahead, rows in ((0, [2, 3, 4, 5, 6]), (5 * SECOND, [6])):
        queue = Queue()
        queue.told("queued", "ada", MONDAY + SECOND)
        queue.decisions.advance(MONDAY + MINUTE, CAUSE)
        queue.outbox.minutes.clear()
        queue.decisions.advance(MONDAY + 6 * MINUTE + ahead, CAUSE)
        assert [(at - MONDAY) // MINUTE for at in queue.outbox.minutes] == rows


def test_a_rule_that_is_published_while_nothing_was_to_fear_is_asked_at_once() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.tick("09:01:10").tick("09:01:20")  # without a rule it is quiet to the end of the minute
    day.publish(targets(alerts=ruled(oldest_wait(30 * SECOND, 20 * SECOND))))
    day.tick("09:01:30")
    assert day.unit.firing() == [Firing("oldest_wait", BILLING)]
    day.at("09:01:31").answered("ada")
    for minute in range(2, 20):
        day.tick(f"09:{minute:02}:05")
    assert day.unit.firing() == []


def test_a_rule_that_holds_from_now_on_is_asked_at_once_for_callers_who_came_before() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.tick("09:01:10").tick("09:01:20")
    rule = oldest_wait(30 * SECOND, 20 * SECOND)
    day.publish(targets(alerts=ruled(rule)), valid_from="09:01:20")
    day.tick("09:01:30")
    assert day.unit.firing() == [Firing("oldest_wait", BILLING)]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_late_fact_gives_an_idle_queue_no_older_row_also_after_a_restart(restarts: bool) -> None:
    day = Story()
    day.at("09:00:10").queued("ada")
    day.at("09:00:20").abandoned("ada")
    for minute in range(1, 67):
        day.tick(f"{9 + minute // 60:02}:{minute % 60:02}:10")
        day.outputs.take(day.unit)  # a checkpoint, in which an idle queue writes nothing
    if restarts:
        day.restart()
    day.say(call("queued", "eve", clock("10:04:30")), appended_at=clock("10:06:11"))
    day.tick("10:06:20")
    assert [at for at in day.minutes() if at > clock("10:03")] == [clock("10:06")]


@pytest.mark.parametrize("restarts", [False, True])
def test_an_alert_is_not_dated_back_to_time_that_had_passed_also_after_a_restart(
    restarts: bool,
) -> None:
    day = Story(alerts=ruled(oldest_wait(130 * SECOND, 60 * SECOND)))
    day.at("09:01:00").queued("bo")
    day.tick("09:02:05").tick("09:02:10").tick("09:02:40")
    if restarts:
        day.restart()
    day.say(call("queued", "ada", clock("09:00:10")), appended_at=clock("09:02:41"))
    day.tick("09:02:45")
    (alert,) = day.alert_records()
    assert alert.onset_at == clock("09:02:40")


def test_who_left_before_the_newest_row_takes_no_memory_any_more() -> None:
    day = Story()
    day.at("09:00:10").queued("ada")
    day.at("09:00:20").abandoned("ada")
    day.tick("09:00:55")
    assert day.unit.monitors[day.queue].legs.line.left_lately
    day.tick("09:01:10")
    assert not day.unit.monitors[day.queue].legs.line.left_lately


def test_time_that_has_passed_does_not_pass_again_for_a_source_that_is_behind() -> None:
    """It was not silent for long enough before: the boundaries that it lags behind were passed already."""
    queue = Queue()
    queue.told("queued", "ada", MONDAY + SECOND)
    queue.decisions.advance(MONDAY + 30 * SECOND, CAUSE)
    assert (queue.legs.windows.boundary, queue.decisions.passed_to) == (MONDAY, MONDAY + 30_000)
    for ends_quiet in (False, True):
        if ends_quiet:
            queue.decisions.ask_again()
        queue.decisions.advance(MONDAY + 20 * SECOND, CAUSE)
        assert queue.decisions.reached == MONDAY + 30 * SECOND
        assert queue.legs.windows.boundary == MONDAY


@pytest.mark.parametrize("ends_quiet", [False, True])
def test_how_far_time_jumps_is_told_from_where_it_has_come_to(ends_quiet: bool) -> None:
    """Whether the boundaries on the way were passed or computed: a restart forgets what was quiet."""
    queue = Queue()
    queue.told("queued", "ada", MONDAY + SECOND)
    queue.decisions.advance(MONDAY + 30 * SECOND, CAUSE)
    if ends_quiet:
        queue.told("queued", "eve", MONDAY - SECOND)  # late: the next boundary is computed
    queue.decisions.advance(MONDAY + 50 * SECOND, CAUSE)
    queue.outbox.minutes.clear()
    queue.decisions.advance(MONDAY + 5 * MINUTE + 45 * SECOND, CAUSE)
    assert [(at - MONDAY) // MINUTE for at in queue.outbox.minutes] == [1, 2, 3, 4, 5]


def test_somebody_who_waits_a_little_long_is_looked_at_without_a_step() -> None:
    """A step writes the state of the queue; with rules on short waits there would be one every five seconds."""
    day = Story(alerts=ruled(waiting_per_agent(minimum=2, hold_ms=0)))
    day.roster.update(AGENT)
    day.at("09:00:00").queued("ada")
    day.tick("09:00:30").tick("09:00:35")
    decisions = day.unit.monitors[BILLING].decisions
    assert decisions.passed_to == clock("09:00:30")
    assert day.unit.monitors[BILLING].legs.windows.boundary == clock("09:00:25")
    day.at("09:00:36").queued("eve")
    day.tick("09:00:45")
    (alert,) = day.alert_records()
    assert alert.onset_at == clock("09:00:40")


def test_boundaries_that_time_passes_at_once_are_looked_at_one_by_one() -> None:
    day = Story(alerts=ruled(waiting_per_agent(minimum=2, hold_ms=0)))
    day.roster.update(AGENT)
    day.at("09:00:00").queued("ada")
    day.at("09:00:01").queued("eve")
    day.tick("09:00:20").tick("09:00:50")
    (alert,) = day.alert_records()
    assert alert.onset_at == clock("09:00:25")


def test_screens_are_told_once_a_minute_what_changes_once_a_minute() -> None:
    day = Story(alerts=ruled(late_calls_left(minimum=2)), goal=0.5, answer_within_ms=SECOND)
    for number, second in enumerate(("05", "10")):
        day.at(f"09:00:{second}").queued(f"a{number}")
    day.tick("09:01:10")
    assert day.snapshot().not_evaluated == {"late_calls_left": "too few calls"}
    for number in range(2):
        day.at("09:01:20").answered(f"a{number}")
    assert day.snapshot().not_evaluated == {"late_calls_left": "too few calls"}
    day.tick("09:02:05")
    shown = day.snapshot()
    assert (shown.not_evaluated, day.unit.firing()) == ({}, [Firing("late_calls_left", BILLING)])
    assert shown.attention is not None
    assert shown.attention.cause.startswith("no late call left today")


def test_an_alert_that_just_goes_on_is_looked_at_without_a_step() -> None:
    day = Story(alerts=ruled(oldest_wait(20 * SECOND, 10 * SECOND, clear_hold_ms=10 * SECOND)))
    day.at("09:00:00").queued("ada")
    day.tick("09:00:30")
    decisions, windows = (
        day.unit.monitors[BILLING].decisions,
        day.unit.monitors[BILLING].legs.windows,
    )
    assert decisions.progress.keys() == {"oldest_wait"}
    day.tick("09:00:50")
    stepped = windows.boundary
    day.tick("09:00:55")
    assert (decisions.passed_to, windows.boundary) == (clock("09:00:50"), stepped)
    day.at("09:00:56").answered("ada")
    for at in ("09:01:05", "09:01:10", "09:01:15", "09:01:20"):
        day.tick(at)
    calm_since, over = clock("09:01:00"), clock("09:01:10")
    assert [(each.state, each.held_at) for each in day.alert_records()][-1] == ("resolved", over)
    assert over - calm_since == 10 * SECOND


def test_an_alert_whose_rule_is_switched_off_ends_at_the_next_boundary() -> None:
    day = Story(alerts=ruled(oldest_wait(20 * SECOND, 10 * SECOND)))
    day.at("09:00:00").queued("ada")
    day.tick("09:00:30").tick("09:00:35")
    day.publish(targets(BILLING), valid_from="09:00:37")
    day.tick("09:00:45")
    ended = day.alert_records()[-1]
    assert (ended.state, ended.resolved_at) == ("resolved", clock("09:00:40"))


@pytest.mark.parametrize("restarts", [False, True])
def test_a_minute_says_which_rules_could_not_be_asked_until_they_can(restarts: bool) -> None:
    day = Story(alerts=ruled(oldest_wait(MINUTE, MINUTE), waiting_per_agent()))
    day.at("09:00:10").queued("ada")
    day.tick("09:01:10")
    day.snapshot()  # what screens ask in between is not what the next row says
    day.roster.update(AGENT)
    if restarts:
        day.outputs.take(day.unit)
        day.restart()
    day.tick("09:02:10")
    rows = [day.minute(text) for text in ("09:01", "09:02")]
    assert [row and row.not_evaluated for row in rows] == [
        {"waiting_per_agent": "no agents reported"},
        {},
    ]


def test_a_minute_of_a_queue_without_rules_lacks_nothing() -> None:
    day = Story()
    day.at("09:00:10").queued("ada")
    day.tick("09:01:10")
    row = day.minute("09:01")
    assert row is not None
    assert row.not_evaluated == {}


def test_a_pending_alert_is_not_shown_once_nobody_waits() -> None:
    """It is withdrawn at the next boundary; until then a screen said that somebody waits too long, beside nobody who waits."""
    day = Story(alerts=ruled(oldest_wait(MINUTE, MINUTE, hold_ms=MINUTE)))
    day.at("09:00:00").queued("ada")
    day.tick("09:01:16")
    before = day.snapshot().attention
    assert (before and before.rule) == "oldest_wait"
    day.at("09:01:17").answered("ada")
    day.tick("09:01:18")
    shown = day.snapshot()
    assert (shown.waiting, shown.attention and shown.attention.rule) == (0, "")
    assert [each.state for each in day.alert_records()] == ["pending"]
