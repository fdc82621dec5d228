"""What is to be told of legs: what replaces itself is made once, all else as often as it was told."""

from typing import Any

from schemas.millis import SECOND
from streams.core.rules.passed_around import RULE
from streams.core.untold import Untold
from streams.core.verdict import judge
from tests.support.builders import BILLING, MONDAY, call, targets, told
from tests.support.reporting import report

RULED = targets(BILLING)


def judged(leg_id: str, *, waited_s: int | None = None) -> tuple[Any, Any]:
    facts = [call("queued", leg_id, MONDAY, contact_id=f"of-{leg_id}")]
    if waited_s is not None:
        facts.append(call("answered", leg_id, MONDAY + waited_s * SECOND))
    leg = told(*facts)
    return leg, judge(leg, RULED, out_of_hours=False)


def test_all_of_it_is_taken_once_in_the_order_in_which_it_became_known() -> None:
    untold, one, two = Untold(), report("ada", MONDAY), report("bo", MONDAY)
    untold.tell([one])
    untold.waiting["cy"] = (RULE, *judged("cy"))
    untold.tell([two, one])
    first, stay, *rest = untold.take(BILLING)
    assert (first, rest) == (one, [two, one])
    assert stay == RULE.report(BILLING, *judged("cy"))
    assert untold.take(BILLING) == []


def test_the_newest_of_a_leg_stands_where_its_first_stood() -> None:
    untold: Any = Untold()
    for name, waited_s in (("cy", None), ("dee", None), ("cy", 3)):
        untold.waiting[name] = (RULE, *judged(name, waited_s=waited_s))
    assert [(each.contact, each.waited_ms) for each in untold.take(BILLING)] == [
        ("of-cy", 3 * SECOND),
        ("of-dee", None),
    ]
