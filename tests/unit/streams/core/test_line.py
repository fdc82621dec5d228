"""Who stands where: in order of arrival, whatever order the facts came in."""

from schemas.calls import LegEvent
from schemas.millis import LATEST, SECOND
from streams.core.leg_store import Entry, entry_of
from streams.core.line import Line
from streams.core.verdict import judge
from tests.support.builders import MONDAY, as_key, call, targets, told

AT = MONDAY


def entry(*facts: LegEvent, out_of_hours: bool = False) -> Entry:
    leg = told(*facts)
    verdict = judge(leg, targets(), out_of_hours=out_of_hours)
    return entry_of(leg, verdict, 1)


def lined(*entries: Entry) -> Line:
    line = Line()
    for each in entries:
        line.place(each, was_open=True, has_moved=False)
    return line


def test_the_line_is_in_order_of_arrival_and_of_ids_where_arrivals_are_equal() -> None:
    line = lined(*(entry(call("queued", leg, AT + at)) for leg, at in
                   (("eve", 9), ("bob", 5), ("ada", 5), ("cid", 1))))  # fmt: skip
    assert [each[0] for each in line.waiting] == ["cid", "ada", "bob", "eve"]


def test_a_fact_more_keeps_the_place_and_an_earlier_arrival_changes_it() -> None:
    line = lined(entry(call("queued", "ada", AT)), entry(call("queued", "bob", AT + 9)))
    missed = entry(call("queued", "ada", AT), call("offer_missed", "ada", AT + 5))
    line.place(missed, was_open=True, has_moved=False)
    assert next(iter(line.waiting.values())) is missed
    earlier = entry(call("queued", "bob", AT - 1))
    line.place(earlier, was_open=True, has_moved=True)
    assert [each[0] for each in line.waiting] == ["bob", "ada"]


def test_who_cannot_be_counted_is_open_but_not_in_line() -> None:
    line = lined(
        entry(call("offered", "unknown", AT)),
        entry(call("queued", "outbound", AT, direction="outbound")),
        entry(call("queued", "night", AT), out_of_hours=True),
        entry(call("answered", "nowhere", AT)),
        entry(call("queued", "late", AT), call("answered", "late", AT + 1), out_of_hours=True),
    )
    assert ([each[0] for each in line.waiting], [each[0] for each in line.off_line]) == (
        [],
        ["unknown", "outbound", "night"],
    )
    assert (list(line.serving), line.in_service()) == ([as_key("late")], 0)
    assert not line.is_empty()


def test_the_oldest_and_the_length_are_those_of_an_instant_that_is_past() -> None:
    line = lined(
        entry(call("queued", "gone", AT), call("abandoned", "gone", AT + 30 * SECOND)),
        entry(call("queued", "here", AT + 20 * SECOND)),
    )
    waiting = line.firm()
    assert line.oldest_arrival(AT + 30 * SECOND, waiting) == AT
    assert line.length(AT + 30 * SECOND, waiting) == 2
    assert line.oldest_arrival(AT + 35 * SECOND, waiting) == AT + 20 * SECOND
    assert line.length(AT + 35 * SECOND, waiting) == 1
    assert line.oldest_arrival(AT, waiting) is None
    line.begin_minute(AT + 60 * SECOND)
    line.forget_left()
    assert line.left_lately == {}


def test_only_the_same_priority_is_passed_over_and_only_until_it_is_doubtful() -> None:
    urgent = entry(call("queued", "urgent", AT, priority=1))
    line = lined(urgent, entry(call("queued", "ada", AT + 1)), entry(call("queued", "eve", AT + 9)))
    answered = entry(call("queued", "bob", AT + 5), call("answered", "bob", AT + 6))
    assert [each.leg.leg_id for each in line.passed_over_by(answered)] == ["ada"]
    line.waiting[as_key("ada")].leg.overtaken = 5
    assert list(line.passed_over_by(answered)) == []
    assert len(line.firm()) == 2
    assert [each.leg.leg_id for each in line.doubtful()] == ["ada"]


def test_a_new_caller_was_put_ahead_if_more_stood_in_the_line_than_are_ahead_of_him() -> None:
    line = lined(entry(call("queued", "ada", AT)), entry(call("queued", "bob", AT + 1)))
    line.place(
        entry(call("queued", "night", AT + 2), out_of_hours=True), was_open=True, has_moved=False
    )
    line.place(
        entry(call("queued", "other", AT + 2, source="else")), was_open=True, has_moved=False
    )
    line.place(entry(call("offered", "unknown", AT + 2)), was_open=True, has_moved=False)
    for position, is_ahead in ((0, False), (1, True), (3, True), (4, False), (9, False)):
        new = entry(call("queued", "new", AT + 3, position=position))
        assert line.is_put_ahead(new) == is_ahead


def test_who_was_put_ahead_and_call_backs_passed_over_nobody() -> None:
    line = lined(entry(call("queued", "ada", AT)))
    behind = entry(call("queued", "bob", AT + 1, position=2), call("answered", "bob", AT + 2))
    assert [each.leg.leg_id for each in line.passed_over_by(behind)] == ["ada"]
    behind.leg.put_ahead = True
    assert list(line.passed_over_by(behind)) == []
    back = entry(call("queued", "bob", AT + 1, channel="callback"), call("answered", "bob", AT + 2))
    assert list(line.passed_over_by(back)) == []
    elsewhere = entry(
        call("queued", "bob", AT + 1, position=2, source="else"),
        call("answered", "bob", AT + 2, source="else"),
    )
    assert list(line.passed_over_by(elsewhere)) == []


def test_who_arrives_at_the_instant_of_a_question_does_not_wait_yet() -> None:
    line = lined(
        entry(call("queued", "gone", AT + 10), call("abandoned", "gone", AT + 20)),
        entry(call("queued", "here", AT + 20)),
    )
    waiting = line.firm()
    assert (line.length(AT + 10, waiting), line.oldest_arrival(AT + 10, waiting)) == (0, None)
    assert (line.length(AT + 20, waiting), line.oldest_arrival(AT + 20, waiting)) == (1, AT + 10)
    assert (line.length(AT + 21, waiting), line.oldest_arrival(AT + 21, waiting)) == (1, AT + 20)


def test_until_when_nobody_waits_too_long_is_that_of_the_first_in_line() -> None:
    line = lined(entry(call("queued", "ada", AT)), entry(call("queued", "eve", AT + SECOND)))
    assert line.none_waits_longer_until(60 * SECOND) == AT + 60 * SECOND
    in_time = entry(call("queued", "bob", AT), call("answered", "bob", AT + 60 * SECOND))
    line.place(in_time, was_open=True, has_moved=False)
    assert line.none_waits_longer_until(60 * SECOND) == AT + 60 * SECOND  # the limit itself is kept
    too_late = entry(call("queued", "cid", AT), call("answered", "cid", AT + 60 * SECOND + 1))
    line.place(too_late, was_open=True, has_moved=False)
    assert line.none_waits_longer_until(60 * SECOND) == 0
    assert lined().none_waits_longer_until(60 * SECOND) == LATEST


def test_who_left_is_remembered_for_the_newest_minute_row_from_its_very_instant_on() -> None:
    line = Line()
    line.begin_minute(AT + 60 * SECOND)
    for leg, left in (("before", 60 * SECOND - 1), ("then", 60 * SECOND), ("after", 61 * SECOND)):
        gone = entry(call("queued", leg, AT), call("abandoned", leg, AT + left))
        line.place(gone, was_open=True, has_moved=False)
    assert [each[0] for each in line.left_lately] == ["then", "after"]
    line.forget_left()
    assert [each[0] for each in line.left_lately] == ["then", "after"]


def test_who_arrived_at_the_same_instant_was_not_passed_over() -> None:
    line = lined(entry(call("queued", "ada", AT)), entry(call("queued", "eve", AT)))
    answered = entry(call("queued", "eve", AT), call("answered", "eve", AT + 5))
    line.place(answered, was_open=True, has_moved=False)
    assert list(line.passed_over_by(answered)) == []


def test_a_conversation_that_ended_is_no_longer_among_them() -> None:
    talking = (call("queued", "ada", AT), call("answered", "ada", AT + 1))
    line = lined(entry(*talking))
    assert line.in_service() == 1
    line.serve(entry(*talking, call("ended", "ada", AT + 2)))
    assert line.in_service() == 0
    assert line.is_empty()


def test_a_caller_who_hung_up_and_is_back_in_line_stands_there_once() -> None:
    facts = (call("queued", "ada", AT), call("abandoned", "ada", AT + 10))
    line = lined(entry(*facts))
    line.place(entry(*facts, call("resumed", "ada", AT + 20)), was_open=False, has_moved=False)
    assert line.length(AT + 10, line.firm()) == 1


def test_a_rejected_call_never_stood_in_line() -> None:
    line = lined(entry(call("rejected", "ada", AT)))
    assert (line.length(AT, []), line.oldest_arrival(AT, [])) == (0, None)
    assert line.is_empty()


def test_a_leg_that_left_the_state_without_a_place_is_gone_from_here_too() -> None:
    line = lined(entry(call("offered", "unknown", AT)))
    line.leave(as_key("unknown"))
    assert line.is_empty()
