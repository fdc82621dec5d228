"""Entries of the roster reach whoever keeps them; what cannot be read is left out."""

from schemas.agents import RosterEntry
from schemas.codec import encode
from streams.wiring.options import StreamOptions
from streams.wiring.roster_feed import RosterFeed
from tests.support.fake_writer import Fetched

OPTIONS = StreamOptions("nowhere:1")


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
        feed._take(Fetched(0, value=value))
    assert sink.agents == ["a1"]
