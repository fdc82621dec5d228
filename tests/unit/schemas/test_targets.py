"""Records of `targets` that an earlier release wrote are read for ever."""

from msgspec import structs

from schemas.codec import decode_as, encode
from schemas.targets import TargetsVersion
from tests.support.sources import ROOT

EXAMPLE = ROOT / "schemas" / "examples" / "targets" / "targets_version.json"
OF_0_1_0 = b"""{"version":3,"valid_from":1772442065000,"published_at":1772442005000,"default_zone":"Africa/Johannesburg","queues":[{"queue":"burst-pipes","name":"Burst pipes","centre":"water-faults","centre_name":"Water faults","department":"water","department_name":"Water and sanitation","time_zone":"Africa/Johannesburg","answer_within_ms":20000,"goal":0.8,"formula":"short_abandons_ignored","short_abandon_ms":5000,"opening":{"weekly":[{"weekday":0,"start_minute":420,"end_minute":1140}],"holidays":["2026-12-25"],"exceptions":[{"date":"2026-12-24","start_minute":480,"end_minute":720}]},"day_start_minute":0,"owner":"water-duty","waiting_cap_ms":7200000,"service_cap_ms":43200000,"oldest_wait_alert":{"raise_above_ms":300000,"clear_below_ms":240000,"hold_ms":30000,"clear_hold_ms":60000},"abandonment_alert":{"raise_above":0.2,"clear_below":0.1,"hold_ms":0,"clear_hold_ms":300000,"minimum":20}}]}"""


def test_rules_of_an_earlier_record_stand_where_they_stand_now() -> None:
    """So that publishing the same file says that nothing has changed."""
    version = decode_as(TargetsVersion, OF_0_1_0)
    example = decode_as(TargetsVersion, EXAMPLE.read_bytes())
    assert version == structs.replace(example, metrics=())  # which that release did not know
    assert version.queues[0].alerts["oldest_wait"]["raise_above_ms"] == 300_000


def test_they_are_written_in_the_new_place_only() -> None:
    version = decode_as(TargetsVersion, OF_0_1_0)
    assert b"_alert" not in encode(version)
    assert decode_as(TargetsVersion, encode(version)) == version


def test_a_rule_that_was_off_stays_off() -> None:
    start, end = OF_0_1_0.index(b'{"raise_above_ms"'), OF_0_1_0.index(b',"abandonment_alert"')
    off = OF_0_1_0[:start] + b"null" + OF_0_1_0[end:]
    assert decode_as(TargetsVersion, off).queues[0].alerts.keys() == {"abandonment"}
