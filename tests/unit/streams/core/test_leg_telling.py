"""What a queue tells rules across queues of its legs."""

from typing import Any

from schemas.millis import SECOND
from schemas.targets_book import TargetsBook
from streams.core.leg_telling import LegTelling
from streams.core.verdict import judge
from tests.support.builders import BILLING, MONDAY, call, published, targets, told

RULED = targets(BILLING)
CAME = call("queued", "ada", MONDAY, contact_id="c1")
ANSWERED = call("answered", "ada", MONDAY + SECOND, contact_id="c1")


def telling(**alerts: Any) -> tuple[LegTelling, list[Any]]:
    found: list[Any] = []
    made = LegTelling(BILLING, lambda _: RULED, found.extend)
    ruled = targets(BILLING, alerts=alerts)
    made.set_book(
        TargetsBook([published(ruled, version=1, valid_from=0)]) if alerts else TargetsBook()
    )
    return made, found


def judged(*facts: Any) -> Any:
    leg = told(*facts)
    return leg, judge(leg, RULED, out_of_hours=False)


def test_without_a_rule_across_queues_nothing_is_told_but_it_is_noted_what_calls_tell() -> None:
    made, found = telling()
    made.of_leg(None, *judged(CAME))
    assert (found, made.concerns(judged(CAME)[0]), made.reported.contacts) == ([], False, True)


def test_a_stay_is_told_anew_where_it_is_otherwise() -> None:
    made, found = telling(passed_around={})
    came, answered = judged(CAME), judged(CAME, ANSWERED)
    made.of_leg(None, *came)
    made.of_leg(came, *answered)
    assert [each.left_at for each in found] == [None, MONDAY + SECOND]
    ended = judged(CAME, ANSWERED, call("ended", "ada", MONDAY + 9 * SECOND))
    made.of_service(answered, *ended)
    assert len(found) == 2
    sent_on = judged(CAME, ANSWERED, call("ended", "ada", MONDAY + 9 * SECOND, by="transfer"))
    made.of_service(answered, *sent_on)
    assert found[-1].sent_on_at == MONDAY + 9 * SECOND
    assert made.concerns(sent_on[0])
    assert not made.concerns(told(call("queued", "bob", MONDAY)))
