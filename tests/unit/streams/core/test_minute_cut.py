"""What the wall showed as of each minute: cut once, cut again for a minute, then frozen."""

from schemas.millis import SECOND
from tests.support.builders import call, clock, targets
from tests.support.story import Story


def test_a_minute_says_who_waited_and_for_how_long() -> None:
    day = Story()
    day.at("09:00:10").queued("ada")
    day.at("09:00:40").queued("eve")
    day.at("09:01:00").answered("ada")  # not before nine past one: still in line as of then
    day.tick("09:01:05")
    row = day.minute("09:01")
    assert row is not None
    assert (row.waiting, row.oldest_wait_ms, row.in_service) == (2, 50 * SECOND, 0)
    assert (row.windows[1].offered, row.windows[1].answered) == (2, 0)
    assert (row.answer_within_ms, row.goal, row.formula) == (
        20 * SECOND,
        0.8,
        "short_abandons_ignored",
    )


def test_a_late_fact_cuts_it_again_with_a_higher_version_until_a_minute_has_passed() -> None:
    day = Story()
    day.at("09:00:10").queued("ada")
    day.tick("09:01:05")
    first = day.minute("09:01")
    day.say(call("queued", "eve", clock("09:00:20")), appended_at=clock("09:01:10"))
    day.tick("09:01:20")
    again = day.minute("09:01")
    assert first is not None
    assert again is not None
    assert (first.waiting, again.waiting) == (1, 2)
    assert again.version > first.version
    day.tick("09:02:10")
    day.say(call("queued", "ida", clock("09:00:30")), appended_at=clock("09:02:11"))
    day.tick("09:03:30")
    assert day.minute("09:01") == again


def test_a_late_fact_in_the_last_seconds_of_the_next_minute_still_cuts_it_again() -> None:
    day = Story()
    day.at("09:00:10").queued("ada")
    day.tick("09:01:05")
    day.tick("09:02:04")
    day.say(call("queued", "eve", clock("09:00:20")), appended_at=clock("09:02:04"))
    day.tick("09:02:06")
    row = day.minute("09:01")
    assert row is not None
    assert row.waiting == 2


def test_a_late_fact_of_the_very_instant_of_a_row_belongs_to_the_next_one() -> None:
    day = Story()
    day.at("09:00:10").queued("ada")
    day.tick("09:01:12")
    first = day.minute("09:01")
    day.say(call("queued", "eve", clock("09:01:00")), appended_at=clock("09:01:13"))
    day.tick("09:01:20")
    assert day.minute("09:01") == first  # the same version: nobody is told of a change
    day.tick("09:02:06")
    after = day.minute("09:02")
    assert after is not None
    assert (after.waiting, after.windows[1].offered) == (2, 1)


def test_a_row_that_was_shown_is_corrected_also_when_nothing_is_left_in_it() -> None:
    day = Story()
    day.at("09:00:10").queued("ada")
    day.tick("09:01:12")
    first = day.minute("09:01")
    assert first is not None
    assert first.waiting == 1
    # The platform corrects itself: that call went out, and began a second before.
    correction = call("queued", "ada", clock("09:00:09"), direction="outbound")
    day.say(correction, appended_at=clock("09:01:13"))
    day.tick("09:01:20")
    row = day.minute("09:01")
    assert row is not None
    assert (row.waiting, row.windows[60].offered) == (0, 0)


def test_a_late_fact_before_a_long_gap_still_counts_in_the_minute_before_it() -> None:
    day = Story()
    day.at("09:00:10").queued("ada")
    day.tick("09:01:05")
    day.say(call("abandoned", "ada", clock("09:00:59")), appended_at=clock("09:01:06"))
    day.tick("17:00:00")
    row = day.minute("09:01")
    assert row is not None
    assert (row.waiting, row.windows[1].abandoned) == (0, 1)
    assert day.minute("12:00") is None  # a gap cuts nothing in between


def test_no_rows_while_nothing_happens() -> None:
    day = Story()
    day.at("09:00:10").queued("ada")
    day.at("09:00:20").abandoned("ada")
    for minute in range(1, 130):
        day.tick(f"{9 + minute // 60}:{minute % 60:02}:06")
    assert (min(day.minutes()), max(day.minutes())) == (clock("09:01"), clock("10:00"))
    day.at("11:10:20").queued("eve")
    day.tick("11:11:06")
    assert max(day.minutes()) == clock("11:11")


def test_a_doubtful_caller_is_counted_as_such_and_an_unknown_queue_has_no_promise() -> None:
    day = Story(configured=False)
    day.at("09:00:00").queued("lost")
    for number in range(5):
        day.at(f"09:00:1{number}").queued(f"leg{number}")
        day.at(f"09:00:2{number}").answered(f"leg{number}")
    day.tick("09:01:05")
    row = day.minute("09:01")
    assert row is not None
    assert (row.waiting, row.doubtful, row.in_service, row.formula) == (1, 1, 5, None)
    day.publish(targets())


def test_a_doubtful_caller_who_came_at_the_instant_of_the_row_is_not_in_it() -> None:
    day = Story()
    day.at("09:00:10").queued("ada", priority=1)
    day.at("09:01:00").queued("lost")
    for number in range(5):
        day.at(f"09:01:0{number}.5").queued(f"leg{number}")
        day.at(f"09:01:0{number}.6").answered(f"leg{number}")
    day.tick("09:01:05")
    row = day.minute("09:01")
    assert row is not None
    assert (row.waiting, row.doubtful) == (1, 0)
    day.tick("09:02:05")
    row = day.minute("09:02")
    assert row is not None
    assert (row.waiting, row.doubtful) == (2, 1)
