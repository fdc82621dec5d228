"""What the small topics hold reaches those who need it; what cannot be read is left out."""

from dataclasses import dataclass

from schemas.agents import RosterEntry
from schemas.codec import encode
from schemas.targets import TargetsVersion, TopicsEpoch
from streams.wiring.options import StreamOptions
from streams.wiring.roster_feed import RosterFeed
from streams.wiring.targets_feed import TargetsFeed

OPTIONS = StreamOptions("nowhere:1")


@dataclass
class Fetched:
    value: bytes | None
    key: bytes | None = b"k"
    offset: int = 0
    partition: int = 0


def version(number: int) -> TargetsVersion:
    return TargetsVersion(number, valid_from=0, published_at=0, default_zone="UTC")


def test_versions_come_oldest_first_and_the_epoch_apart() -> None:
    told: list[list[int]] = []
    feed = TargetsFeed(OPTIONS, lambda versions: told.append([each.version for each in versions]))
    feed._take(Fetched(encode(version(2))))
    feed._take(Fetched(encode(TopicsEpoch(5, 0)), key=b"epoch"))
    feed._take(Fetched(encode(TopicsEpoch(4, 0)), key=b"epoch"))
    feed._take(Fetched(encode(version(1))))
    feed._take(Fetched(encode(version(1))))
    feed._take(Fetched(b"not json"))
    feed._take(Fetched(None))
    assert told == [[2], [1, 2]]
    assert feed.epoch == 5


def test_roster_entries_reach_the_sink() -> None:
    class Sink:
        def __init__(self) -> None:
            self.agents: list[str] = []

        def update(self, entry: RosterEntry) -> None:
            self.agents.append(entry.agent)

    sink = Sink()
    feed = RosterFeed(OPTIONS, sink)
    entry = RosterEntry("a1", 1, "pbx", "available", "idle", "", 0, 0)
    for value in (encode(entry), None, b"[]"):
        feed._take(Fetched(value))
    assert sink.agents == ["a1"]
