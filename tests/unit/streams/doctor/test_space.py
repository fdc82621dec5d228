from streams.doctor.space import room

GB = 1_000_000_000


def test_little_room_is_a_warning_and_none_a_failure() -> None:
    assert room("here", 50 * GB, 100 * GB).level == "ok"
    assert room("here", 9 * GB, 100 * GB).level == "warn"
    assert room("here", 9 * GB, 20 * GB).level == "ok"  # a small disk, nearly empty
    assert room("here", 50 * GB, 1000 * GB).level == "ok"  # a large one, nearly full
    assert room("here", GB - 1, 2 * GB).level == "fail"
    assert room("at broker 1", 9 * GB, 100 * GB).text == "9.0 of 100.0 GB free at broker 1"
