"""The feed stands in for its source: without faults word for word, with faults in the order of delivery."""

from collections.abc import Iterable

from msgspec.structs import replace

from producers.contract import RawRecord
from producers.simulate.engine import Run, Simulation
from producers.simulate.faults.feed import FaultyFeed
from producers.simulate.faults.parcel import Fault, Parcel, travels_alone
from producers.simulate.live import Reported
from producers.simulate.source import Source
from schemas.agents import AgentState
from schemas.calls import EndOfInput, LegEvent, Queued
from schemas.millis import HOUR, MINUTE
from tests.support.faulty import KEY, MORNING, small_centre


class Slow:
    """Every arrival is told three minutes later, or seven hours."""

    struck = 0

    def __init__(self, delay: int = 3 * MINUTE) -> None:
        self.delay = delay

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        is_arrival = isinstance(parcel.event, Queued)
        return (replace(parcel, due=parcel.due + self.delay) if is_arrival else parcel,)


class Spoiling:
    struck = 0

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        return (replace(parcel, spoiled=b"{") if travels_alone(parcel) else parcel,)


def source() -> Source:
    run = Run(MORNING, 2, KEY, until=MORNING + 20 * MINUTE)
    return Source(Simulation(small_centre(), run))


def played(source: Source, step: int = 7 * MINUTE, **faults: Fault) -> list[Reported]:
    feed = FaultyFeed(source, faults)
    delivered: list[Reported] = []
    while not feed.ended:
        assert feed.at < MORNING + 5 * HOUR
        delivered += feed.upto(feed.at + step)
    return delivered


def test_without_faults_it_says_what_the_source_says() -> None:
    assert played(source()) == source().upto(MORNING + 24 * HOUR)


def test_what_is_late_comes_in_the_order_of_delivery_and_before_the_end() -> None:
    delivered = played(source(), slow=Slow())
    assert delivered == played(source(), MINUTE, slow=Slow()), "steps decide nothing"
    plain = source().upto(MORNING + 24 * HOUR)
    assert sorted(map(repr, delivered)) == sorted(map(repr, plain))
    due = [
        event.at + (3 * MINUTE if isinstance(event, Queued) else 0)
        for _, event in delivered
        if not isinstance(event, RawRecord)
    ]
    assert due[:-2] == sorted(due[:-2])
    assert all(isinstance(event, EndOfInput) for _, event in delivered[-2:])


def test_what_would_come_long_after_the_end_never_comes() -> None:
    delivered = played(source(), slow=Slow(7 * HOUR))
    assert not any(isinstance(event, Queued) for _, event in delivered)


def test_spoiled_facts_go_where_the_fact_would_have_gone() -> None:
    delivered = played(source(), spoiling=Spoiling())
    plain = source().upto(MORNING + 24 * HOUR)
    for (topic, event), (_, was) in zip(delivered, plain, strict=True):
        if isinstance(was, LegEvent):
            assert (topic, event) == ("calls", RawRecord(was.queue, b"{"))
        elif isinstance(was, AgentState):
            assert (topic, event) == ("agents", RawRecord(was.agent, b"{"))
        else:
            assert event == was


def test_the_end_is_not_before_anything_that_the_source_said() -> None:
    class Ahead(Slow):
        def apply(self, parcel: Parcel) -> Iterable[Parcel]:
            return (replace(parcel, event=replace(parcel.event, at=parcel.event.at + MINUTE)),)

    delivered = [event for _, event in played(source(), ahead=Ahead())]
    assert not isinstance(delivered[-1], RawRecord)
    assert delivered[-1].at == max(e.at for e in delivered if not isinstance(e, RawRecord))
