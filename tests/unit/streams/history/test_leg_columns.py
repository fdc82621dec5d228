import pytest

from streams.history.leg_columns import leg_columns


def test_columns_come_in_the_order_asked_for() -> None:
    assert [column.name for column in leg_columns("queue", "leg_id")] == ["queue", "leg_id"]
    with pytest.raises(KeyError):
        leg_columns("wait_h")
