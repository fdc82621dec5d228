"""A probe is answered by exactly one record, which former releases tell nobody of, and by nothing else."""

from schemas.alerts import Alert, is_probe
from schemas.calls import Probe
from schemas.codec import decode_as
from schemas.millis import MINUTE
from schemas.topics import version_of
from streams.core.rule_catalogue import RULES
from tests.support.builders import clock
from tests.support.story import Story

NINE = clock("09:00")


def probe(at: int) -> Probe:
    return Probe(event_id=f"probe:{at}", at=at, source="queuewatch")


def test_one_record_says_which_probe_and_in_which_partition() -> None:
    day = Story()
    day.say(probe(NINE), appended_at=NINE + 7)
    checkpoint = day.unit.checkpoint()
    assert checkpoint is not None
    (output,) = checkpoint.outputs
    alert = decode_as(Alert, output.value)
    assert (output.topic, output.key) == ("alerts", b"probe/calls-0")
    assert (alert.onset_at, alert.queue, alert.known_at) == (NINE, "calls-0", NINE + 7)
    assert alert.version == version_of(1, 0)
    assert alert.severity == "rehearse"


def test_a_clock_that_is_wrong_sets_no_probe_aside() -> None:
    day = Story()
    day.say(probe(NINE + 60 * MINUTE), appended_at=NINE)
    assert day.quarantined() == []
    assert [each.onset_at for each in day.alert_records()] == [NINE + 60 * MINUTE]


def test_no_rule_has_the_name_of_a_probe() -> None:
    day = Story()
    day.say(probe(NINE), appended_at=NINE)
    (answered,) = day.alert_records()
    assert is_probe(answered)
    assert answered.rule not in {rule.name for rule in RULES}
