"""Which deliveries can be withdrawn, and which rows of quarantine go with one."""

import pytest
from msgspec.structs import replace

from schemas.deliveries import Withdrawal
from schemas.quarantine import Quarantined
from streams.admin.broker import AdminError
from streams.admin.deliveries import KnownDelivery
from streams.admin.quarantine import dropped, entries
from streams.admin.withdrawal import check, refused_of
from tests.support.deliveries import NINE, begun_delivery

ROW = Quarantined("a.csv", 5, "bad_row", "no time", NINE, "x", delivery="d-1")


def test_a_live_feed_and_what_is_withdrawn_already_are_refused() -> None:
    history = begun_delivery()
    check(KnownDelivery(history))
    with pytest.raises(AdminError, match="was sent live: walls and alerts have counted it"):
        check(KnownDelivery(begun_delivery(feed="live")))
    with pytest.raises(AdminError, match="was withdrawn already, at 2026-03-02T09:00:00Z"):
        check(KnownDelivery(history, Withdrawal(history.delivery_id, NINE)))


def test_rows_that_the_delivery_left_open_go_with_it() -> None:
    of_another = replace(ROW, position=6, delivery="d-2")
    closed = replace(ROW, position=7)
    (entry,) = entries([closed])
    records = [ROW, of_another, closed, dropped(entry, NINE + 1, "seen")]
    assert [each.place for each in refused_of(records, "d-1")] == ["a.csv:5"]
    again = replace(
        ROW, known_at=NINE + 9, delivery="d-2"
    )  # the file was sent again, and refused again
    assert refused_of([*records, again], "d-1") == []
    assert [each.place for each in refused_of([again, *records], "d-2")] == ["a.csv:5", "a.csv:6"]
