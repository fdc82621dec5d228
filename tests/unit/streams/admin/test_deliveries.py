"""Records of topic `deliveries` as deliveries, in whatever order they are read."""

from itertools import permutations

import pytest
from msgspec.structs import replace

from schemas.deliveries import Delivery, DeliveryCounts, Withdrawal
from streams.admin.broker import AdminError
from streams.admin.deliveries import KnownDelivery, known, named
from tests.support.deliveries import NINE, begun_delivery

BEGUN = begun_delivery()
SENT = replace(BEGUN, revision=2, state="sent", counts=DeliveryCounts(legs=3))
TAKEN_BACK = Withdrawal(BEGUN.delivery_id, NINE + 9, gone=3)
LATER = begun_delivery(at=NINE + 60_000)


def found(*records: Delivery | Withdrawal) -> list[KnownDelivery]:
    every = [known(order) for order in permutations(records)]
    assert all(each == every[0] for each in every)
    return every[0]


def test_the_newest_record_holds_and_a_withdrawal_stays() -> None:
    assert [each.state for each in found(BEGUN)] == ["sending"]
    assert [each.state for each in found(BEGUN, SENT)] == ["sent"]
    twice = replace(TAKEN_BACK, at=NINE + 99, gone=0)
    (first, second) = found(LATER, BEGUN, SENT, TAKEN_BACK, twice)
    assert (first.state, first.withdrawal, first.delivery) == ("withdrawn", TAKEN_BACK, SENT)
    assert second.delivery == LATER


def test_a_withdrawal_without_its_delivery_is_no_delivery() -> None:
    assert found(TAKEN_BACK) == []


def test_an_unknown_id_says_where_the_ids_are() -> None:
    assert named(found(BEGUN), BEGUN.delivery_id).delivery == BEGUN
    with pytest.raises(AdminError, match=r'no delivery "x" \(`queuewatch deliveries list`'):
        named(found(BEGUN), "x")
