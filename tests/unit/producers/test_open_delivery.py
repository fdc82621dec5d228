"""The records of a delivery: its begin before everything, its end with what was counted."""

import hashlib
from pathlib import Path

import pytest

from producers.input_file import InputFileError
from producers.open_delivery import FollowedDelivery, delivered_files, delivering
from producers.publisher import PublishError
from schemas.deliveries import Delivery, DeliveryCounts
from schemas.millis import MINUTE
from tests.support.deliveries import NINE, begun_delivery
from tests.support.publishing import KeptPublisher


def told(publisher: KeptPublisher) -> list[tuple[int, str, int]]:
    return [(each.revision, each.state, each.at) for each in publisher.deliveries]


def test_the_begin_is_there_before_the_first_event_and_the_end_after_the_last() -> None:
    publisher = KeptPublisher()
    counts = DeliveryCounts()
    with delivering(begun_delivery(counts=counts), publisher, lambda: NINE + 5):
        assert (told(publisher), publisher.flushes) == ([(1, "sending", NINE)], 1)
        counts.legs = 7
    assert told(publisher) == [(1, "sending", NINE), (2, "sent", NINE + 5)]
    assert (publisher.deliveries[-1].counts.legs, publisher.flushes) == (7, 2)


@pytest.mark.parametrize(
    ("error", "state"), [(KeyboardInterrupt(), "stopped"), (InputFileError("x"), "failed")]
)
def test_what_ends_early_says_so(error: BaseException, state: str) -> None:
    publisher = KeptPublisher()
    with (
        pytest.raises(type(error)),
        delivering(begun_delivery(), publisher, lambda: NINE + 5),
    ):
        raise error
    assert told(publisher)[1:] == [(2, state, NINE + 5)]


def test_where_kafka_is_gone_its_error_is_what_is_said() -> None:
    class Gone(KeptPublisher):
        def send_delivery(self, delivery: Delivery) -> None:
            if delivery.revision > 1:
                raise PublishError("no answer for the end")
            super().send_delivery(delivery)

    with (
        pytest.raises(PublishError, match="no answer for the calls"),
        delivering(begun_delivery(), Gone(), int),
    ):
        raise PublishError("no answer for the calls")


def test_a_followed_feed_is_told_at_once_now_and_then_and_at_its_end() -> None:
    publisher = KeptPublisher()
    delivery = FollowedDelivery(begun_delivery(feed="live"))
    for minutes in (0, 1, 9, 10, 11):
        delivery.tell(publisher, DeliveryCounts(records=minutes), NINE + minutes * MINUTE)
    delivery.end(publisher, DeliveryCounts(records=12), NINE + 12 * MINUTE)
    assert told(publisher) == [
        (1, "sending", NINE), (2, "sending", NINE + 10 * MINUTE), (3, "sent", NINE + 12 * MINUTE)
    ]  # fmt: skip
    assert [each.counts.records for each in publisher.deliveries] == [0, 10, 12]
    assert len({each.delivery_id for each in publisher.deliveries}) == 1


def test_files_are_known_by_their_bytes(tmp_path: Path) -> None:
    (path := tmp_path / "a.csv").write_bytes(b"x" * 100_000)
    (file,) = delivered_files([path])
    digest = hashlib.sha256(b"x" * 100_000).hexdigest()
    assert (file.name, file.size_bytes, file.digest) == ("a.csv", 100_000, digest)
    (fetched,) = delivered_files([path], "table queue_log of pbx")
    assert (fetched.name, fetched.digest) == ("table queue_log of pbx", digest)
    with pytest.raises(InputFileError, match="No such file"):
        delivered_files([tmp_path / "b.csv"])
