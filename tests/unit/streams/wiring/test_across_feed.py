"""What is told across queues reaches whoever keeps it; what cannot be read is left out."""

from schemas.across import AlertAcross, DecidedAcross
from schemas.alerts import Firing
from schemas.codec import encode
from streams.core.across_queues import OpenAcross
from streams.wiring.across_feed import AcrossFeed
from streams.wiring.options import StreamOptions
from tests.support.alerts import alert
from tests.support.fake_writer import Fetched


def test_alerts_and_progress_are_handed_on_and_noise_is_left_out() -> None:
    kept = OpenAcross()
    feed = AcrossFeed(StreamOptions("nowhere:1"), kept)
    for value in (encode(AlertAcross(alert())), b"[]", None, encode(DecidedAcross(7))):
        feed._take(Fetched(0, value=value))
    assert kept.firing("billing") == [Firing("oldest_wait", "billing")]
