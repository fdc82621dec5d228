"""Made-up days for the laws of the core: legs with all their facts, and the ways in which they arrive."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from schemas import calls
from schemas.calls import Event, LegFact
from schemas.millis import HOUR, MINUTE
from tests.support.builders import MONDAY, call, mark
from tests.support.recount import Recorded

START = MONDAY + 9 * HOUR
NODES = ("north", "south")
EXITS = {
    "abandoned": "abandoned", "exited": "exited", "transferred": "transferred",
    "callback_requested": "callback", "dropped": "dropped",
}  # fmt: skip
# Waits on, beside and far from the limits: 5 s short, 20 s target, whole minutes of the windows.
WAITS = st.sampled_from([0, 1, 4_999, 5_000, 20_000, 20_001, 60_000]) | st.integers(0, 40 * MINUTE)


@dataclass
class Day:
    """Events in the order of their delivery; ticks and crashes stand between them."""

    events: list[Event] = field(default_factory=list)
    crashes: set[int] = field(default_factory=set)  # positions before which the worker dies
    end: int = START


@st.composite
def lives(draw: st.DrawFn, leg: str, *, resumes: bool) -> list[LegFact]:
    """All facts of one leg, in order."""
    node = draw(st.sampled_from(NODES))
    now = START + draw(st.integers(0, 90 * MINUTE) | st.integers(0, 40).map(lambda n: n * 5_000))
    kind = draw(st.sampled_from(["answered", "answered", "open", "rejected", *EXITS]))
    if kind == "rejected":
        return [call("rejected", leg, now, source=node)]
    channel = draw(st.sampled_from(["voice", "voice", "callback"]))
    position = draw(st.integers(0, 3))  # in the platform's line; it decides no figure
    queued = call("queued", leg, now, source=node, channel=channel, position=position)
    arrived, facts = now, [queued]
    for miss in range(draw(st.integers(0, 2))):
        now += draw(st.sampled_from([0, 15_000]))
        facts.append(call("offered", leg, now, source=node, agent=f"ann{miss}"))
        facts.append(call("offer_missed", leg, now, source=node, agent=f"ann{miss}"))
    now = max(now, arrived + draw(WAITS))
    if kind == "open":
        return facts
    if resumes and draw(st.integers(0, 4)) == 0:
        facts.append(call("abandoned", leg, now, source=node))
        now += draw(st.integers(0, 2 * MINUTE))
        facts.append(call("resumed", leg, now, source=node))
        now += draw(st.integers(1, 2 * MINUTE))
    facts.append(call(kind, leg, now, source=node))
    if kind == "answered" and draw(st.booleans()):
        now += draw(st.integers(0, 20 * MINUTE))
        facts.append(call("ended", leg, now, source=node))
        if draw(st.booleans()):
            facts.append(call("wrap_started", leg, now, source=node))
            now += draw(st.integers(0, 2 * MINUTE))
            facts.append(call("wrap_ended", leg, now, source=node))
    return facts


@st.composite
def days(
    draw: st.DrawFn, *, disorder_ms: int = MINUTE, most_legs: int = 8, resumes: bool = True
) -> Day:
    """A day whose facts come up to `disorder_ms` late, some of them twice, with crashes between."""
    count = draw(st.integers(1, most_legs))
    facts = [
        fact for number in range(count) for fact in draw(lives(f"leg{number}", resumes=resumes))
    ]
    delivered: list[tuple[int, int, Event]] = []
    for fact in facts:
        late = draw(st.integers(0, disorder_ms)) if disorder_ms else 0
        delivered.append((fact.at + late, len(delivered), fact))
        if draw(st.integers(0, 7)) == 0:
            again = fact.at + late + draw(st.integers(0, 20 * MINUTE))
            delivered.append((again, len(delivered), fact))
    end = max(at for at, _, _ in delivered) + MINUTE
    for at in draw(st.lists(st.integers(START, end), max_size=12)):
        delivered.append((at, len(delivered), mark("tick", at, draw(st.sampled_from(NODES)))))
    delivered.sort(key=lambda each: each[:2])
    last: list[Event] = [mark("tick", end, node) for node in NODES]
    events = [event for _, _, event in delivered] + last
    crashes = draw(st.sets(st.integers(0, len(events)), max_size=4))
    return Day(events, crashes, end)


def in_order(day: Day) -> Iterator[Event]:
    """The same events by their own times, each once: what an undisturbed platform would have sent."""
    told: set[str] = set()
    for event in sorted(day.events, key=lambda each: each.at):
        if event.event_id not in told:
            told.add(event.event_id)
            yield event


def believed(events: Iterable[Event]) -> dict[str, Recorded]:
    """What these facts, and no others, say of each leg: written apart from streams.core."""
    facts: dict[str, dict[str, LegFact]] = {}
    for event in events:
        if isinstance(event, LegFact):
            facts.setdefault(event.leg_id, {})[event.event_id] = event
    found = {leg: _believed(leg, list(known.values())) for leg, known in facts.items()}
    return {leg: record for leg, record in found.items() if record is not None}


def given_up(leg: Recorded) -> Recorded:
    """Who never leaves is a ghost after two hours."""
    if leg.outcome != "open":
        return leg
    return replace(leg, outcome="ghost", left_at=leg.arrived_at + 2 * HOUR)


def _believed(leg: str, known: list[LegFact]) -> Recorded | None:
    def times(*kinds: type[LegFact]) -> list[int]:
        return sorted(event.at for event in known if isinstance(event, kinds))

    queue = known[0].queue
    if refused := times(calls.Rejected):
        return Recorded(leg, queue, refused[0], "rejected", refused[0])
    queued = times(calls.Queued)
    if not queued:
        return None
    channel = next(event.channel for event in known if isinstance(event, calls.Queued))
    missed = tuple(times(calls.OfferMissed))
    ended = next(iter(times(calls.Ended)), None)
    resumed = max(times(calls.Resumed), default=0)
    left = sorted(
        (event.at, EXITS[str(event.__struct_config__.tag)])
        for event in known
        if event.__struct_config__.tag in EXITS and event.at > resumed
    )
    answered = times(calls.Answered)
    if not answered and not left and ended is not None:
        answered = [ended]  # nobody told the answer; it was not later than the end
    if answered:
        wrapped = next(iter(times(calls.WrapEnded)), None)
        return Recorded(leg, queue, queued[0], "answered", answered[0], ended, wrapped,
                        missed_at=missed, channel=channel)  # fmt: skip
    if left:
        return Recorded(
            leg, queue, queued[0], left[0][1], left[0][0], missed_at=missed, channel=channel
        )
    return Recorded(leg, queue, queued[0], "open", missed_at=missed, channel=channel)
