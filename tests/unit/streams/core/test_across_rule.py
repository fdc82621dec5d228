"""What every rule across queues has without a word of its own."""

from msgspec.structs import replace

from schemas.reports import Report
from streams.core.across_rule import AcrossRule
from streams.core.leg import Leg
from streams.core.rule import ALWAYS
from streams.core.rule_catalogue import ACROSS_QUEUES
from streams.core.rules.incident import RULE
from tests.support.builders import MONDAY, targets
from tests.support.reporting import asked, report


def test_a_queue_alone_never_raises_one_so_none_makes_a_boundary_be_looked_at() -> None:
    assert {rule.name for rule in ACROSS_QUEUES} == {"incident", "passed_around"}
    for rule in ACROSS_QUEUES:
        assert rule.across_queues
        assert rule.each_minute
        assert rule.answer_cannot_raise
        assert rule.idle_cannot_raise
        assert rule.arrival_cannot_raise_for_ms(rule.table()) == ALWAYS


def test_calls_of_queues_that_have_the_rule_are_told() -> None:
    assert RULE.is_told_of(asked("a", "A"))
    assert not RULE.is_told_of(targets("a"))
    assert not RULE.is_told_of(None)


def test_what_does_not_hold_any_more_is_taken_back_first() -> None:
    former, now = report("ada", MONDAY), report("ada", MONDAY, area="ward-1")

    def told(before: Report | None, after: Report | None) -> list[tuple[str, bool]]:
        return [(each.area, each.taken_back) for each in RULE.retold(before, after)]

    assert told(None, now) == [("ward-1", False)]
    assert told(former, now) == [("ward-12", True), ("ward-1", False)]
    assert told(former, None) == [("ward-12", True)]


def test_facts_of_a_conversation_are_looked_at_unless_a_rule_promises_that_they_say_nothing() -> (
    None
):
    leg = Leg("ada", MONDAY, "node", contact_id="c1")
    sent_on, known = replace(leg, ended_by="transfer"), replace(leg, contact_id="")
    found = {rule.name: rule.is_told_of_service for rule in ACROSS_QUEUES}
    assert AcrossRule.is_told_of_service(RULE, leg, leg)
    assert [rule.name for rule in ACROSS_QUEUES if rule.hears_service] == ["passed_around"]
    assert not found["passed_around"](leg, replace(leg, ended_by="agent"))
    for before, after in ((leg, sent_on), (sent_on, leg), (known, leg)):
        assert found["passed_around"](before, after)
