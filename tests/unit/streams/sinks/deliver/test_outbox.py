"""What is still to be handed to whom, and when."""

from msgspec.structs import replace

from schemas.messages import OutgoingMessage
from schemas.millis import HOUR, MINUTE, SECOND
from streams.sinks.deliver.outbox import GIVEN_UP_AFTER_MS, Outbox
from streams.sinks.deliver.telling import Telling
from streams.sinks.deliver.wording import Text
from tests.support.delivery import NOON, TEXT, owners, targets, telling

KEY = ("water", "json, line 1")
EVENING, MORNING = NOON + 11 * HOUR, NOON + 18 * HOUR
QUIET = 'water:quiet={page="Mon-Sun 22:00-06:00"}'


def outbox(*texts: str) -> Outbox:
    return Outbox(owners(*(texts or ("water",))), targets("water", "json://127.0.0.1"))


def take(box: Outbox, what: Telling, now: int, title: str = "title") -> list[OutgoingMessage]:
    records = box.take(what, Text(title, "body", "short"), now)
    box.commit(records)
    return records


def send(box: Outbox, now: int, problem: str = "") -> str | None:
    """The title that was handed over, if any."""
    sending = box.next(KEY, now)
    if sending is None:
        return None
    box.commit(box.failed(sending, problem, now) if problem else box.done(sending, now))
    return sending.text.title


def states(box: Outbox) -> list[str]:
    return [each.state for each in box.messages]


def test_each_target_of_the_owner_gets_one_message_once() -> None:
    box = Outbox(owners("water"), targets("water", "json://127.0.0.1", "json://127.0.0.2"))
    first = take(box, telling("a"), NOON)
    assert [each.target for each in first] == ["json, line 1", "json, line 2"]
    assert take(box, telling("a"), NOON + MINUTE) == []  # the webhook was told twice
    assert send(box, NOON) == "title"
    assert send(box, NOON) is None
    assert states(box) == ["sent", "queued"]
    assert box.messages[0].attempts == 1
    assert take(box, telling("a"), NOON + MINUTE) == []


def test_a_repetition_is_no_duplicate() -> None:
    box = outbox()
    take(box, telling("a"), NOON)
    assert send(box, NOON) == "title"
    assert len(take(box, telling("a"), NOON + 30 * MINUTE)) == 1
    assert send(box, NOON + 30 * MINUTE) == "title"


def test_nothing_is_taken_until_it_is_committed() -> None:
    box = outbox()
    box.take(telling("a"), TEXT, NOON)
    assert box.next(KEY, NOON) is None
    assert len(take(box, telling("a"), NOON)) == 1


def test_a_target_that_does_not_answer_is_tried_later_and_later_and_nothing_is_lost() -> None:
    box = outbox()
    take(box, telling("a"), NOON)
    at, pauses = NOON, []
    for _ in range(10):
        assert send(box, at, "no connection") == "title"
        (message,) = box.messages
        assert message.due_at is not None
        assert box.next(KEY, message.due_at - 1) is None
        pauses.append(message.due_at - at)
        at = message.due_at
    (message,) = box.messages
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (2 * SECOND, 5 * MINUTE)
    assert (message.state, message.attempts, message.reason) == ("queued", 10, "no connection")
    assert box.overdue_ms(at) == 0  # the target fails: that has a series of its own
    assert send(box, at) == "title"
    assert (box.messages[0].state, box.messages[0].reason) == ("sent", "")
    assert box.overdue_ms(at) == 0


def test_after_a_day_it_is_given_up_aloud() -> None:
    box = outbox()
    take(box, telling("a"), NOON)
    assert send(box, NOON + GIVEN_UP_AFTER_MS, "it answers 500") == "title"
    (message,) = box.messages
    assert (message.state, message.reason) == ("failed", "it answers 500")


def test_a_newer_message_of_the_group_tells_what_the_waiting_one_would_and_keeps_its_pause() -> (
    None
):
    box = outbox()
    take(box, telling("a"), NOON)
    send(box, NOON, "no connection")
    take(box, telling("a", "b"), NOON + SECOND, "both")
    old, new = box.messages
    assert (old.state, old.into) == ("joined", new.message_id)
    assert box.next(KEY, NOON + SECOND) is None  # the target still does not answer
    assert send(box, NOON + 2 * SECOND) == "both"
    assert states(box) == ["joined", "sent"]


def test_what_is_under_way_is_not_joined() -> None:
    box = outbox()
    take(box, telling("a"), NOON)
    sending = box.next(KEY, NOON)
    assert sending is not None
    take(box, telling(over=("a",)), NOON + SECOND, "over")
    assert states(box) == ["queued", "queued"]
    box.commit(box.done(sending, NOON + SECOND))
    assert send(box, NOON + SECOND) == "over"
    assert states(box) == ["sent", "sent"]


def test_what_exceeds_the_rate_is_one_message_the_worst_first() -> None:
    box = outbox('water:at_most="2/h"')
    for number in range(3):
        what = replace(telling(f"q{number}", severity="warn"), group=f"group {number}")
        take(box, what, NOON + number, f"warning {number}")
    take(box, replace(telling("worst"), group="another"), NOON + 5, "page")
    first = box.next(KEY, NOON + 5)
    assert first is not None
    assert first.text.title == "page … +3 more"
    assert all(f"warning {number}" in first.text.body for number in range(3))
    assert len(first.text.short) <= 160
    box.commit(box.done(first, NOON + 5))
    assert sorted(states(box)) == ["joined", "joined", "joined", "sent"]
    assert next(each for each in box.messages if each.state == "sent").others == 3
    take(box, telling("x"), NOON + 6, "second")
    assert send(box, NOON + 6) == "second"
    take(box, telling("x", "y"), NOON + 7, "third")
    assert send(box, NOON + HOUR) is None
    assert send(box, NOON + 5 + HOUR) == "third"


def test_within_the_rate_each_is_a_message_of_its_own() -> None:
    box = outbox('water:at_most="2/h"')
    for number in range(2):
        take(box, replace(telling("a"), group=f"group {number}"), NOON, f"{number}")
    assert [send(box, NOON), send(box, NOON), send(box, NOON)] == ["0", "1", None]


def test_quiet_hours_hold_and_what_still_holds_is_told_when_they_end() -> None:
    box = outbox(QUIET)
    take(box, telling("a"), EVENING)
    assert send(box, EVENING) is None
    assert box.overdue_ms(EVENING + HOUR) == 0
    assert send(box, MORNING) == "title"


def test_a_quiet_night_in_which_it_came_and_went_is_silence_with_a_reason() -> None:
    box = outbox(QUIET)
    take(box, telling("a"), EVENING)
    take(box, telling(over=("a",)), EVENING + HOUR)
    assert states(box) == ["not_told", "not_told"]
    assert {each.reason for each in box.messages} == {"over before the quiet hours ended"}
    assert send(box, MORNING) is None


def test_the_end_of_what_was_told_before_the_quiet_hours_is_told_after_them() -> None:
    box = outbox(QUIET)
    take(box, telling("a"), EVENING - 2 * HOUR)
    send(box, EVENING - 2 * HOUR)
    take(box, telling("a", "b"), EVENING)
    take(box, telling(over=("a", "b")), EVENING + HOUR, "over")
    assert states(box) == ["sent", "not_told", "queued"]
    assert send(box, MORNING) == "over"


def test_a_test_waits_for_nothing_and_is_tried_once() -> None:
    box = outbox(f'{QUIET};at_most="1/h"')
    take(box, telling("a"), NOON)
    send(box, NOON)
    take(box, replace(telling("a"), is_test=True, group="test"), EVENING, "TEST")
    assert send(box, EVENING, "it answers 401") == "TEST"
    assert states(box) == ["sent", "failed"]


def test_after_a_start_what_was_queued_is_sent_once_and_what_was_half_done_is_put_right() -> None:
    before = outbox()
    (first,) = take(before, telling("a"), NOON)
    (test,) = take(before, replace(telling("t"), is_test=True, group="test"), NOON)
    gone = replace(first, message_id="gone", target="ntfy, line 7")
    newer = replace(first, message_id="newer", taken_at=NOON + 1)
    box = outbox()
    box.commit([first, newer, gone, test])
    box.commit(box.restored(NOON + MINUTE))
    found = {each.message_id: each for each in box.messages}
    assert (found[first.message_id].state, found[first.message_id].into) == ("joined", "newer")
    assert (found["gone"].state, found["gone"].reason) == (
        "failed", "its line is not in deliver_file any more",
    )  # fmt: skip
    assert found[test.message_id].state == "failed"
    assert [send(box, NOON + MINUTE), send(box, NOON + MINUTE)] == ["title", None]


def test_what_ended_long_ago_is_let_go_and_what_waits_is_not() -> None:
    box = outbox()
    take(box, telling("a"), NOON)
    box.forget(NOON + 90 * 24 * HOUR)
    assert states(box) == ["queued"]
    send(box, NOON)
    box.forget(NOON + 3 * 24 * HOUR)
    assert states(box) == []


def test_only_what_nothing_holds_is_overdue() -> None:
    box = outbox('water:at_most="1/h"')
    take(box, telling("a"), NOON)
    assert box.overdue_ms(NOON + MINUTE) == MINUTE
    assert send(box, NOON + MINUTE) == "title"
    take(box, telling("a", "b"), NOON + 2 * MINUTE)
    assert box.overdue_ms(NOON + 30 * MINUTE) == 0  # the rate holds it
    assert box.overdue_ms(NOON + 62 * MINUTE) == 60 * MINUTE


def changed(box: Outbox, now: int, *urls: str) -> list[OutgoingMessage]:
    records = box.change(owners("water"), targets("water", *urls), now)
    box.commit(records)
    return records


def test_what_waits_goes_with_its_address_to_another_line() -> None:
    box = outbox()
    take(box, telling("a"), NOON)
    assert changed(box, NOON, "json://127.0.0.1") == []
    (moved,) = changed(box, NOON + 1, "json://127.0.0.9", "json://127.0.0.1")
    assert (moved.target, moved.state) == ("json, line 2", "queued")
    assert send(box, NOON + 1) is None
    assert box.next(("water", "json, line 2"), NOON + 1) is not None


def test_what_waits_goes_at_once_to_an_address_that_was_corrected() -> None:
    box = outbox()
    take(box, telling("a"), NOON)
    assert send(box, NOON, "no connection") == "title"
    assert send(box, NOON + SECOND) is None
    changed(box, NOON + SECOND, "json://127.0.0.9")
    assert send(box, NOON + SECOND) == "title"
    assert states(box) == ["sent"]


def test_what_waits_for_an_address_that_is_gone_ends_and_says_why() -> None:
    box = Outbox(owners("water"), targets("water", "json://127.0.0.1", "json://127.0.0.2"))
    take(box, telling("a"), NOON)
    ended, moved = changed(box, NOON + 1, "json://127.0.0.2")  # its line is now that of another one
    kept = [each for each in box.messages if each.state == "queued"]
    assert kept == [moved]
    assert ended.reason == "its line is not in deliver_file any more"
    assert (ended.state, moved.target) == ("failed", "json, line 1")
    assert box.change({}, [], NOON + 2)[0].state == "failed"


def test_what_is_under_way_while_lines_move_is_neither_lost_nor_sent_twice() -> None:
    for problem, urls, state, target in (
        ("", ("json://127.0.0.9", "json://127.0.0.1"), "sent", "json, line 2"),
        ("no connection", ("json://127.0.0.9", "json://127.0.0.1"), "queued", "json, line 2"),
        ("no connection", ("json://127.0.0.9",), "queued", "json, line 1"),
        ("no connection", (), "failed", "json, line 1"),
        ("", (), "sent", "json, line 1"),
    ):
        box = outbox()
        take(box, telling("a"), NOON)
        sending = box.next(KEY, NOON)
        assert sending is not None
        changed(box, NOON, *urls)
        assert box.next(KEY, NOON) is None
        assert box.next(("water", "json, line 2"), NOON) is None
        box.commit(box.failed(sending, problem, NOON) if problem else box.done(sending, NOON))
        (message,) = box.messages
        assert (message.state, message.target) == (state, target)
