"""What happened comes out as changes: who was judged anew, and whether it lies behind the boundary."""

from schemas.millis import MINUTE
from schemas.targets import TargetsVersion
from schemas.targets_book import TargetsBook
from streams.core.outbox import Outbox
from streams.core.queue_legs import QueueLegs
from streams.core.unit import Cause
from tests.support.builders import BILLING, MONDAY, call, published, targets

CAUSE = Cause(7, MONDAY)


def queue(*versions: TargetsVersion) -> tuple[QueueLegs, Outbox]:
    outbox = Outbox()
    return QueueLegs(BILLING, TargetsBook(list(versions)), {}, outbox), outbox


def test_a_new_leg_is_a_change_without_a_before_and_a_duplicate_is_none() -> None:
    legs, outbox = queue()
    (change,) = legs.apply(call("queued", "ada", MONDAY), CAUSE) or []
    assert (change.before, change.verdict.outcome, change.late_at) == (None, "open", None)
    assert set(outbox.legs) == {"ada"}
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
    assert list(legs.line.waiting) == ["eve"]


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
