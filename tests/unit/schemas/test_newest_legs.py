"""The text of the query; what it selects is tested on both databases in test_withdrawing."""

from schemas.newest_legs import holds_sql, newest_legs_sql


def test_the_newest_of_each_leg_among_what_holds() -> None:
    sql = newest_legs_sql("legs", ("outcome", "queue"), ("queue = 'a'",))
    assert sql == (
        "SELECT queue, leg_id, node, key_at, version, outcome FROM legs WHERE queue = 'a'"
        " AND delivery NOT IN (SELECT delivery FROM withdrawals)"
        " ORDER BY queue, leg_id, node, key_at, version DESC LIMIT 1 BY queue, leg_id, node, key_at"
    )


def test_as_it_was_known_then() -> None:
    sql = newest_legs_sql("leg_versions", (), (), as_of=7)
    assert "WHERE known_at_ms <= 7 AND delivery NOT IN" in sql
    assert holds_sql(7) == (
        "delivery NOT IN (SELECT delivery FROM withdrawals WHERE known_at_ms <= 7)"
    )
