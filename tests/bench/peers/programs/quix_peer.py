"""The task on Quix Streams, by its hopping windows: `python quix_peer.py HOSTS TOPIC RESULTS NAME FOLDER MODE`.

In mode `backlog` a window is told when it closes, in mode `live` at each event. State is RocksDB under FOLDER with a
changelog topic, as it comes; messages carry their moment as Kafka's timestamp.
"""

import sys
from typing import Any

from quixstreams import Application

MINUTE, WINDOW_MS, STEP_MS, TARGET_MS = 60_000, 1_800_000, 5_000, 20_000
PLATFORM = "platform"  # the key of marks: they only move time on

Counts = list[int]  # newest, offered, answered, abandoned, in target
said_first = False


def counted(event: Any) -> Counts:
    global said_first  # noqa: PLW0603  the program says once that it has begun
    if not said_first:
        said_first = True
        print("first record", flush=True)
    at, kind = event["at"], event["type"]
    if kind == "queued":
        return [at, 1, 0, 0, 0]
    if kind == "answered":
        return [at, 0, 1, 0, int(at - int(event["leg_id"].split(".", 1)[0]) <= TARGET_MS)]
    return [at, 0, 0, int(kind == "abandoned"), 0]


def both(sums: Counts, more: Counts) -> Counts:
    return [more[0], *(a + b for a, b in zip(sums[1:], more[1:], strict=True))]


def main(hosts: str, topic: str, results: str, name: str, folder: str, mode: str) -> None:
    live = mode == "live"
    app = Application(
        broker_address=hosts, consumer_group=name, auto_offset_reset="earliest", state_dir=folder,
        auto_create_topics=True, loglevel="WARNING",
    )  # fmt: skip
    source = app.topic(topic, key_deserializer="str", value_deserializer="json")
    sink = app.topic(results, key_serializer="str", value_serializer="json")
    window = (
        app.dataframe(source)
        .apply(counted)
        .hopping_window(duration_ms=WINDOW_MS, step_ms=STEP_MS)
        .reduce(reducer=both, initializer=lambda first: first)
    )
    told = window.current() if live else window.final(closing_strategy="partition")

    def shown(result: Any, key: Any, timestamp: Any, headers: Any) -> bool:
        if key == PLATFORM:
            return False
        end: int = result["end"]
        return end - result["value"][0] <= STEP_MS if live else end % MINUTE == 0

    told = told.filter(shown, metadata=True).apply(
        lambda r, key, *_: {
            "queue": key, "at": r["end"], "counts": r["value"][1:], "newest": r["value"][0],
        },
        metadata=True,
    )  # fmt: skip
    told.to_topic(sink)
    app.run()


if __name__ == "__main__":
    main(*sys.argv[1:7])
