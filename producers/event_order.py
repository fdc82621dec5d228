"""A total order of live events, and a sort by it that needs bounded memory.

Order: time, then the order of events within a leg, then ids. The line in the file is not part of it,
so a file with shuffled rows gives exactly the same sequence.
"""

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO

import msgspec

from schemas import calls
from schemas.agents import AgentState
from schemas.calls import LegFact, Restarted

TimedEvent = LegFact | AgentState | Restarted
OrderKey = tuple[int, int, str, str]

RUN_EVENTS = 100_000  # about 100 MB while a run is sorted
FAN_IN = 64  # open files at once

_RANKS: dict[type, int] = {
    kind: rank
    for rank, kind in enumerate(
        (
            Restarted,  # legs before it are closed; legs that arrive in the same second are new
            calls.Queued,
            calls.Resumed,
            calls.Present,
            calls.Offered,
            calls.OfferMissed,
            calls.OfferCancelled,
            calls.Answered,
            calls.Held,
            calls.Unheld,
            calls.Ended,
            calls.Abandoned,
            calls.Exited,
            calls.Transferred,
            calls.Dropped,
            calls.Rejected,
            calls.CallbackRequested,
            calls.WrapStarted,
            calls.WrapEnded,
            calls.Disposition,
            calls.FinishedLeg,
            AgentState,
        )
    )
}
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(TimedEvent).decode


def order_key(event: TimedEvent) -> OrderKey:
    if isinstance(event, AgentState):
        subject = event.agent
    elif isinstance(event, Restarted):
        subject = event.source
    else:
        subject = event.leg_id
    return (event.at, _RANKS[type(event)], subject, event.event_id)


def in_order(events: Iterable[TimedEvent], run_events: int = RUN_EVENTS) -> Iterator[TimedEvent]:
    """The events sorted; at most `run_events` of them are in memory, the others in temporary files."""
    with ExitStack() as files:
        runs: list[IO[bytes]] = []
        run: list[TimedEvent] = []
        for event in events:
            run.append(event)
            if len(run) == run_events:
                runs.append(_spill(sorted(run, key=order_key), files))
                run.clear()
                if len(runs) == FAN_IN:
                    runs = [_spill(_merged(runs), files)]
        run.sort(key=order_key)
        if not runs:
            yield from run
            return
        yield from heapq.merge(_merged(runs), run, key=order_key)


def _spill(ordered: Iterable[TimedEvent], files: ExitStack) -> IO[bytes]:
    file = files.enter_context(tempfile.TemporaryFile(prefix="queuewatch-sort-"))  # noqa: SIM115 - the stack closes it
    file.writelines(_encode(event) + b"\n" for event in ordered)
    file.seek(0)
    return file


def _merged(runs: list[IO[bytes]]) -> Iterator[TimedEvent]:
    yield from heapq.merge(*map(_read, runs), key=order_key)


def _read(file: IO[bytes]) -> Iterator[TimedEvent]:
    for line in file:
        yield _decode(line)
    file.close()  # frees its disk space as soon as it is merged
