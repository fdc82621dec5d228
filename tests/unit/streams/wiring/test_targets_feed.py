"""Versions of targets reach the units oldest first; what cannot be read is left out."""

from schemas.codec import encode
from schemas.targets import TargetsVersion, TopicsEpoch
from streams.wiring.options import StreamOptions
from streams.wiring.targets_feed import TargetsFeed
from tests.support.fake_writer import Fetched

OPTIONS = StreamOptions("nowhere:1")


def version(number: int) -> TargetsVersion:
    return TargetsVersion(number, valid_from=0, published_at=0, default_zone="UTC")


def test_versions_come_oldest_first_and_the_epoch_apart() -> None:
    told: list[list[int]] = []
    feed = TargetsFeed(OPTIONS, lambda versions: told.append([each.version for each in versions]))
    feed._take(Fetched(0, value=encode(version(2))))
    feed._take(Fetched(0, value=encode(TopicsEpoch(5, 0)), key=b"epoch"))
    feed._take(Fetched(0, value=encode(TopicsEpoch(4, 0)), key=b"epoch"))
    feed._take(Fetched(0, value=encode(version(1))))
    feed._take(Fetched(0, value=encode(version(1))))
    feed._take(Fetched(0, value=b"not json"))
    feed._take(Fetched(0, value=None))
    assert told == [[2], [1, 2]]
    assert feed.epoch == 5
