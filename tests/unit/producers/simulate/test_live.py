"""A simulation followed with a clock moved by hand and a list in place of Kafka."""

import io
from collections.abc import Mapping
from itertools import pairwise

import pytest
from msgspec import convert

from producers.following import Follower
from producers.open_delivery import FollowedDelivery
from producers.pace import Pace
from producers.position import Position
from producers.publisher import PublishError
from producers.simulate.engine import Run, Simulation
from producers.simulate.ledger import Ledger
from producers.simulate.live import SimulatedCentre
from producers.simulate.position import Position as RunPosition
from producers.simulate.reporter import Said
from producers.simulate.scenarios import centre_of
from producers.simulate.source import LIVE_TICK_MS, Source
from schemas.agents import AgentState
from schemas.calls import LegFact, SourceMark, Tick
from schemas.millis import HOUR, MINUTE, SECOND
from tests.support.deliveries import begun_delivery
from tests.support.publishing import KeptPublisher
from tests.unit.producers.simulate.conftest import KEY, START, played


class HandClock:
    """Goes on only while somebody waits; stops at `until`."""

    def __init__(self, now: int, until: int) -> None:
        self.now = now
        self.until = until

    @property
    def stopped(self) -> bool:
        return self.now >= self.until

    def now_ms(self) -> int:
        return self.now

    def wait(self, duration_ms: int) -> None:
        self.now += duration_ms


class Listener(KeptPublisher):
    """A publisher that checks what every event must be: not from the future."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__()
        self.clock = clock
        self.said: list[Said] = []
        self.flushed = 0

    def send_call(self, event: LegFact) -> None:
        self._hear("calls", event)

    def send_agent(self, event: AgentState) -> None:
        self._hear("agents", event)

    def send_mark(self, topic: str, mark: SourceMark) -> None:
        self._hear(topic, mark)

    def send_bytes(self, topic: str, key: str, value: bytes) -> None:
        raise AssertionError("nothing is malformed here")

    def flush(self) -> None:
        self.flushed = len(self.said)

    def _hear(self, topic: str, event: LegFact | AgentState | SourceMark) -> None:
        assert event.at <= self.clock.now
        self.said.append((topic, event))

    def without_ticks(self) -> list[Said]:
        return [said for said in self.said if not isinstance(said[1], Tick)]


class Notes:
    """Positions in a list, and none to go on from."""

    name = "notes"

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.positions: list[int] = []

    def read(self) -> Position:
        return Position("simulator")

    def write(self, position: Position, snapshot: Mapping[str, object]) -> None:
        assert self._listener.flushed == len(self._listener.said), "noted before it was delivered"
        self.positions.append(convert(snapshot, RunPosition).at)


def source_at(start: int, **bounds: int) -> Source:
    return Source(Simulation(centre_of("ordinary"), Run(start, seed=6, key=KEY, **bounds)))  # type: ignore[arg-type]


class Following:
    """A follower of a source, and what came of it."""

    def __init__(
        self,
        source: Source,
        clock: HandClock,
        speed: float | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        place = RunPosition("ordinary", 6, source.simulation.run.start, source.at)
        pace = Pace(source.at, clock.now, speed)
        self.centre = SimulatedCentre(source, place, clock, pace, ledger=ledger)
        self.listener, self.said = Listener(clock), io.StringIO()
        self.notes = Notes(self.listener)
        self.follower = Follower(
            "simulate",
            self.centre,
            self.notes,
            lambda: self.listener,
            clock,
            self.said,
            FollowedDelivery(begun_delivery()),
        )

    def run(self) -> tuple[Listener, list[int]]:
        self.follower.run()
        self.centre.finish()
        return self.listener, self.notes.positions


def run_it(
    source: Source, clock: HandClock, speed: float | None = None
) -> tuple[Listener, list[int]]:
    return Following(source, clock, speed).run()


def test_it_catches_up_at_once_and_then_goes_at_the_clock_s_pace() -> None:
    now = START + HOUR
    clock = HandClock(now, now + 20 * SECOND)
    listener, positions = run_it(source_at(START), clock)
    whole = [s for s in source_at(START).upto(now + 19 * SECOND) if not isinstance(s[1], Tick)]
    assert listener.without_ticks()[: len(whole)] == whole
    ticks = [e.at for topic, e in listener.said if topic == "calls" and isinstance(e, Tick)]
    assert {b - a for a, b in pairwise(ticks) if b <= now} == {5 * SECOND}
    assert {b - a for a, b in pairwise(ticks) if a >= now} == {LIVE_TICK_MS}
    assert positions == sorted(positions)
    assert positions[-1] >= now + 19 * SECOND


def test_a_second_run_says_what_the_first_would_have_said() -> None:
    now = START + 20 * MINUTE
    first = source_at(START)
    one, positions = run_it(first, HandClock(now, now + 7_300))
    second = source_at(START)
    second.go_on_from(positions[-1])
    later = now + HOUR
    two, _ = run_it(second, HandClock(later, later + SECOND))
    whole = [s for s in source_at(START).upto(second.at) if not isinstance(s[1], Tick)]
    assert one.without_ticks() + two.without_ticks() == whole


def test_a_slower_pace_is_kept_until_now() -> None:
    now = START + MINUTE
    clock = HandClock(now, now + 30 * SECOND)
    listener, _ = run_it(source_at(START), clock, speed=2.0)
    last = max(event.at for _, event in listener.said)
    whole = [event.at for _, event in source_at(START).upto(START + 58 * SECOND)]
    assert max(whole) <= last <= START + 60 * SECOND
    assert len(listener.said) >= len(whole)


def test_a_bounded_run_ends_and_its_ledger_is_whole() -> None:
    clock = HandClock(START + 8 * HOUR, START + 9 * HOUR)
    source = source_at(START, until=START + 10 * MINUTE)
    text = io.StringIO()
    ledger = Ledger(text, source.simulation.centre.demands)
    listener, _ = Following(source, clock, ledger=ledger).run()
    alone = played(Run(START, seed=6, key=KEY, until=START + 10 * MINUTE))
    assert text.getvalue() == alone.ledger
    assert listener.said == alone.said
    assert clock.now == START + 8 * HOUR, "it waited although everything was in the past"


def test_its_health_says_how_far_it_is() -> None:
    now = START + 20 * MINUTE
    clock = HandClock(now, now + SECOND)
    following = Following(source_at(START), clock)
    before = following.follower.health()
    assert (before.process, before.ready, before.state) == ("simulate", False, "catching_up")
    assert before.ages_s["last_event"] == 1200
    following.run()
    after = following.follower.health()
    assert (after.ready, after.state) == (True, "running")
    assert after.totals["calls"] > 100
    assert following.said.getvalue() == "simulate: caught up with now after 0.0 s\n"


def test_a_broker_that_goes_away_ends_it() -> None:
    class Away(Listener):
        def flush(self) -> None:
            raise PublishError("away")

    clock = HandClock(START + HOUR, START + 2 * HOUR)
    following = Following(source_at(START), clock)
    following.listener = Away(clock)
    with pytest.raises(PublishError):
        following.follower.run()
