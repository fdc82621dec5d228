"""Names on the broker that are derived from a worker's options."""

from schemas.groups import stream_group
from streams.wiring.options import StreamOptions


def test_the_group_is_the_one_that_admin_commands_look_at() -> None:
    assert StreamOptions("nowhere:1", "x-").group == stream_group("x-")


def test_names_on_the_broker_bear_the_namespace() -> None:
    options = StreamOptions("nowhere:1", "x-")
    assert options.topic("calls") == "x-calls"
    assert options.transactional_id("calls", 3) == "x-queuewatch-calls-3"


def test_a_rebuilding_of_the_state_may_take_longer_than_reading_it() -> None:
    usual, rebuilding = (StreamOptions("", rebuild_state=each) for each in (False, True))
    assert usual.recovered_within_s == usual.recovery_s
    assert rebuilding.recovered_within_s > 10 * usual.recovery_s
