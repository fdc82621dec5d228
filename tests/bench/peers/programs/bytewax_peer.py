"""The task on Bytewax, by its sliding windows: `python bytewax_peer.py HOSTS TOPIC RESULTS NAME FOLDER MODE`.

In mode `backlog` a window is told when it closes, at the end of the topic at the latest; in mode `live` at each event.
State is kept in its recovery store under FOLDER.
"""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bytewax.operators as op
import orjson
from bytewax.connectors.kafka import KafkaSinkMessage
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow
from bytewax.operators import windowing
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.run import cli_main
from confluent_kafka import OFFSET_BEGINNING

MINUTE, WINDOW_MS, STEP_MS, TARGET_MS = 60_000, 1_800_000, 5_000, 20_000
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
EPOCH_MS = int(EPOCH.timestamp() * 1000)
KEPT_EVERY = timedelta(seconds=1)
WAITS = timedelta(seconds=5)
# Its clock goes on with the wall clock while it catches up: with 5 s, events that are in order became late and were left out.
WAITS_IN_BACKLOG = timedelta(hours=2)

Event = tuple[int, int, int, int, int]  # at, offered, answered, abandoned, in target
said_first = False


def event_of(message: Any) -> tuple[str, Event] | None:
    global said_first  # noqa: PLW0603  the program says once that it has begun
    if not said_first:
        said_first = True
        print("first record", flush=True)
    event = orjson.loads(message.value)
    at, kind = event["at"], event["type"]
    if kind == "queued":
        return event["queue"], (at, 1, 0, 0, 0)
    if kind == "answered":
        wait = at - int(event["leg_id"].split(".", 1)[0])
        return event["queue"], (at, 0, 1, 0, int(wait <= TARGET_MS))
    if kind == "abandoned":
        return event["queue"], (at, 0, 0, 1, 0)
    return None


class Counts(windowing.WindowLogic):  # type: ignore[misc]  # bytewax is not in our lock
    """Of one window of one queue: newest, offered, answered, abandoned, in target."""

    def __init__(self, live: bool, kept: list[int] | None) -> None:
        self.live = live
        self.counts = kept or [0, 0, 0, 0, 0]

    def on_value(self, value: Event) -> Iterable[list[int]]:
        counts = self.counts
        counts[0] = value[0]
        for place in range(1, 5):
            counts[place] += value[place]
        return (counts[:],) if self.live else ()

    def on_merge(self, original: Any) -> Iterable[list[int]]:
        return ()

    def on_close(self) -> Iterable[list[int]]:
        return () if self.live else (self.counts,)

    def snapshot(self) -> list[int]:
        return self.counts[:]


def flow_of(hosts: str, topic: str, results: str, live: bool) -> Dataflow:
    flow = Dataflow("peer")
    read = kop.input(
        "read", flow, brokers=[hosts], topics=[topic], tail=live, batch_size=1000,
        starting_offset=OFFSET_BEGINNING,
    )  # fmt: skip
    events = op.filter_map("event", read.oks, event_of)
    clock = windowing.EventClock(
        lambda event: datetime.fromtimestamp(event[0] / 1000, UTC),
        wait_for_system_duration=WAITS if live else WAITS_IN_BACKLOG,
    )
    windower = windowing.SlidingWindower(
        timedelta(milliseconds=WINDOW_MS), timedelta(milliseconds=STEP_MS), EPOCH
    )
    counted = windowing.window(
        "window", events, clock, windower, lambda kept: Counts(live, kept), ordered=False
    )

    def told(item: tuple[str, tuple[int, list[int]]]) -> KafkaSinkMessage | None:
        queue, (number, counts) = item
        end = EPOCH_MS + number * STEP_MS + WINDOW_MS
        shown = end - counts[0] <= STEP_MS if live else end % MINUTE == 0
        if not shown:
            return None
        told = {"queue": queue, "at": end, "counts": counts[1:], "newest": counts[0]}
        return KafkaSinkMessage(queue.encode(), orjson.dumps(told))

    kop.output("tell", op.filter_map("told", counted.down, told), brokers=[hosts], topic=results)
    return flow


def main(hosts: str, topic: str, results: str, name: str, folder: str, mode: str) -> None:
    live, kept = mode == "live", Path(folder)
    if not any(kept.glob("*.sqlite3")):
        init_db_dir(kept, 1)
    cli_main(
        flow_of(hosts, topic, results, live),
        epoch_interval=KEPT_EVERY,
        recovery_config=RecoveryConfig(kept),
    )


if __name__ == "__main__":
    main(*sys.argv[1:7])
