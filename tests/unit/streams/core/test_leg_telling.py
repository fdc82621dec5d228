"""What a queue tells rules across queues of its legs."""

from typing import Any

from schemas.millis import SECOND
from schemas.targets_book import TargetsBook
from streams.core.leg_telling import LegTelling
from streams.core.untold import Untold
from streams.core.verdict import judge
from tests.support.builders import BILLING, MONDAY, call, published, targets, told

RULED = targets(BILLING)
CAME = call("queued", "ada", MONDAY, contact_id="c1")
ANSWERED = call("answered", "ada", MONDAY + SECOND, contact_id="c1")


def telling(**alerts: Any) -> tuple[LegTelling, Any]:
    found = Untold()
    made = LegTelling(BILLING, lambda _: RULED, found)
    ruled = targets(BILLING, alerts=alerts)
    made.set_book(
        TargetsBook([published(ruled, version=1, valid_from=0)]) if alerts else TargetsBook()
    )
    return made, found


def judged(*facts: Any) -> Any:
    leg = told(*facts)
    return leg, judge(leg, RULED, out_of_hours=False)


def before(made: LegTelling, leg: Any, verdict: Any, *facts: Any) -> list[Any]:
    """What must be known of the leg before each of these facts."""
    kinds = {"answered": False, "ended": True}
    return [
        made.before(fact, leg, verdict, is_of_service=kinds[type(fact).__name__.lower()])
        for fact in facts
    ]


def test_without_a_rule_across_queues_nothing_is_told_but_it_is_noted_what_calls_tell() -> None:
    made, found = telling()
    leg, verdict = judged(CAME)
    assert before(made, leg, verdict, ANSWERED) == [(leg, verdict)]  # nobody told a contact yet
    made.of_leg(None, leg, verdict)
    assert (found.take(BILLING), made.reported.contacts) == ([], True)
    assert before(made, leg, verdict, ANSWERED) == [None]


def test_a_stay_is_told_anew_where_it_is_otherwise() -> None:
    made, found = telling(passed_around={})
    came, answered = judged(CAME), judged(CAME, ANSWERED)
    made.of_leg(None, *came)
    assert [each.left_at for each in found.take(BILLING)] == [None]
    made.of_leg(came, *answered)
    assert [each.left_at for each in found.take(BILLING)] == [MONDAY + SECOND]
    ended = judged(CAME, ANSWERED, call("ended", "ada", MONDAY + 9 * SECOND))
    made.of_service(answered, *ended)
    assert found.take(BILLING) == []
    sent_on = judged(CAME, ANSWERED, call("ended", "ada", MONDAY + 9 * SECOND, by="transfer"))
    made.of_service(answered, *sent_on)
    assert [each.sent_on_at for each in found.take(BILLING)] == [MONDAY + 9 * SECOND]


def test_who_came_and_was_answered_before_anything_was_written_is_told_once() -> None:
    made, found = telling(passed_around={})
    came, answered = judged(CAME), judged(CAME, ANSWERED)
    made.of_leg(None, *came)
    made.of_leg(came, *answered)
    assert [each.left_at for each in found.take(BILLING)] == [MONDAY + SECOND]


def test_a_stay_that_was_none_is_taken_back() -> None:
    made, found = telling(passed_around={})
    came = judged(CAME)
    outbound = judged(call("queued", "ada", MONDAY, contact_id="c1", direction="outbound"))
    made.of_leg(None, *came)
    made.of_leg(came, *outbound)
    assert [each.taken_back for each in found.take(BILLING)] == [True]


def test_a_leg_is_copied_only_before_facts_that_can_change_what_is_told() -> None:
    made, _ = telling(passed_around={})
    leg, verdict = judged(CAME)
    first, second = before(made, leg, verdict, ANSWERED, ANSWERED)
    assert first == second == (leg, verdict)
    assert first[0] is not leg  # nobody told a contact yet
    made.of_leg(None, leg, verdict)
    (known,) = before(made, leg, verdict, ANSWERED)
    assert known[0] is leg
    ended = call("ended", "ada", MONDAY + 9 * SECOND)
    sent_on = call("ended", "ada", MONDAY + 9 * SECOND, by="transfer")
    nothing, copied = before(made, leg, verdict, ended, sent_on)
    assert nothing is None
    assert copied == (leg, verdict)
    assert copied[0] is not leg
    other, was = judged(call("queued", "bob", MONDAY))
    (named,) = before(made, other, was, ANSWERED)
    assert named == (other, was)
    assert named[0] is not other  # this fact tells the contact
    assert before(made, other, was, call("answered", "bob", MONDAY + 1)) == [None]
