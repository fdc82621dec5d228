"""Profiles reach whoever keeps them; deleted ones leave; what cannot be read is left out."""

from schemas.codec import encode
from schemas.profiles import profile_key
from streams.core.profiles import Profiles
from streams.wiring.options import StreamOptions
from streams.wiring.profiles_feed import ProfilesFeed
from tests.support.fake_writer import Fetched
from tests.support.profiles import profile


def test_versions_come_and_go_and_what_cannot_be_read_is_left_out() -> None:
    kept = Profiles()
    feed = ProfilesFeed(StreamOptions("nowhere:1"), kept)
    for version in (1, 2):
        key = profile_key("a/b", version)
        feed._take(Fetched(0, key=key, value=encode(profile("a/b", version=version))))
    feed._take(Fetched(0, key=b"x", value=b"[]"))
    feed._take(Fetched(0, key=b"no number", value=None))
    assert kept.newest()["a/b"].version == 2
    feed._take(Fetched(0, key=profile_key("a/b", 2), value=None))
    assert kept.newest()["a/b"].version == 1
