"""Two workers restarted one after the other under traffic: no figure is ever wrong, only absent."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from schemas import calls
from schemas.calls import LegFact
from schemas.codec import decode_as
from schemas.snapshots import QueueSnapshot
from streams.admin.broker import read_whole
from tests.chaos.judge import figures, judge
from tests.chaos.ledger import ledger
from tests.chaos.scale import SCALE
from tests.chaos.sharing import shared_by
from tests.chaos.system import Process, System

_COUNTED = {
    calls.Queued: "offered", calls.Answered: "answered", calls.Abandoned: "abandoned",
    calls.Exited: "exited", calls.Transferred: "transferred", calls.Dropped: "dropped",
    calls.CallbackRequested: "callback",
}  # fmt: skip
_NAMES = tuple(_COUNTED.values())
_SLICES = 40
READY = 'queuewatch_ready{process="stream"} 1.0'

Figures = tuple[int, ...]


@dataclass
class Watch:
    """Looks at `/metrics` of all workers again and again."""

    workers: list[Process]
    pages: list[str] = field(default_factory=list)

    @contextmanager
    def watching(self) -> Iterator[None]:
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(0.05):
                for worker in self.workers:
                    if (page := worker.get("/metrics", 2)) is not None:
                        self.pages.append(page)

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def allowed(events: Iterable[LegFact], queue: str) -> set[Figures]:
    """Every state of the queue's books between two of its events, who waits last."""
    counts = dict.fromkeys(_NAMES, 0)
    states = {(*counts.values(), 0)}
    for event in events:
        if event.queue == queue and (name := _COUNTED.get(type(event))) is not None:
            counts[name] += 1
            waiting = counts["offered"] - sum(n for each, n in counts.items() if each != "offered")
            states.add((*counts.values(), waiting))
    return states


def test_a_rolling_restart_shows_no_wrong_figure(system: System) -> None:
    made = ledger(system.queues(4), 90, SCALE.legs)
    events = made.events()
    first, second = system.worker("w1"), system.worker("w2")
    shared_by(system, 2)
    watch = Watch([first, second])
    queues = set(made.queues)
    with watch.watching():
        for number in range(_SLICES):
            system.send(
                events[number * len(events) // _SLICES : (number + 1) * len(events) // _SLICES]
            )
            if number in (10, 25):
                worker = (first, second)[number > 10]
                assert worker.terminate() == 0, worker.said()
                worker.start()
            if number in (20, 35):
                system.ready()
        shared_by(system, 2)
    states = {queue: allowed(events, queue) for queue in queues}
    totals = {queue: {each[:-1] for each in states[queue]} for queue in queues}
    waits = {queue: {each[-1] for each in states[queue]} for queue in queues}
    shown = 0
    for page in watch.pages:
        found = figures(page, queues)
        assert READY in page or not found, "a worker that is not ready shows a queue"
        for queue, books in found.items():
            shown += 1
            assert tuple(books[name] for name in _NAMES) in totals[queue], (queue, books)
            assert books["waiting"] in waits[queue]
            assert books["unexplained"] == 0
    assert shown, "nothing was seen"
    for record in read_whole(system.bootstrap, system.namespace + "snapshots"):
        snapshot = decode_as(QueueSnapshot, record.value or b"")
        if snapshot.queue in queues and snapshot.today is not None:
            now = tuple(getattr(snapshot.today, name) for name in _NAMES)
            assert (*now, snapshot.waiting) in states[snapshot.queue]
    judge(system, made)
