"""Time of agents by state."""

from streams.history.agent_time import AgentTime

HOUR = 3_600_000


def test_busy_available_and_away() -> None:
    time = AgentTime(
        2,
        {
            "talking": 3 * HOUR,
            "wrap": HOUR,
            "available": 4 * HOUR,
            "not_ready": HOUR,
            "unreachable": HOUR,
        },
        {"lunch": HOUR},
    )
    assert (time.busy_ms, time.ready_ms, time.signed_in_ms) == (4 * HOUR, 8 * HOUR, 10 * HOUR)
    assert (time.occupancy, time.shrinkage) == (0.5, 0.2)


def test_more_people_make_occupancy_lower() -> None:
    few = AgentTime(30, {"talking": 29 * HOUR, "available": HOUR}, {})
    many = AgentTime(36, {"talking": 29 * HOUR, "available": 7 * HOUR}, {})
    assert few.occupancy is not None
    assert many.occupancy is not None
    assert many.occupancy < few.occupancy


def test_nobody_is_no_value() -> None:
    nobody = AgentTime(0, {}, {})
    assert (nobody.occupancy, nobody.shrinkage, nobody.ready_ms) == (None, None, 0)
