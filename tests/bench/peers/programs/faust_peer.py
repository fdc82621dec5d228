"""The task on Faust as its manual shows it, by a hopping table: `python faust_peer.py HOSTS TOPIC RESULTS NAME FOLDER MODE`.

The four counts are packed into one number, so that one table does. In mode `backlog` the windows are told when the mark
that closes the input was read from every partition, in mode `live` at each event.
"""

import os
import sys
from typing import Any

import faust

MINUTE_S, WINDOW_S, STEP_S, TARGET_MS = 60, 1_800, 5, 20_000
PARTITIONS = 8
OFFERED, ANSWERED, ABANDONED, IN_TARGET = 1, 1 << 12, 1 << 24, 1 << 36
MASK = (1 << 12) - 1


class Told(faust.Record, serializer="json"):
    type: str
    at: int
    queue: str = ""
    leg_id: str = ""


def packed(event: Told) -> int:
    if event.type == "queued":
        return OFFERED
    if event.type == "answered":
        wait = event.at - int(event.leg_id.partition(".")[0])
        return ANSWERED + (IN_TARGET if wait <= TARGET_MS else 0)
    return ABANDONED


def unpacked(number: int) -> list[int]:
    return [number >> shift & MASK for shift in (0, 12, 24, 36)]


def main(hosts: str, topic: str, results: str, name: str, folder: str, mode: str) -> None:
    live = mode == "live"
    os.environ.setdefault("FAUST_DATADIR", folder)
    app = faust.App(
        name, broker=f"kafka://{hosts}", store="memory://", datadir=folder, autodiscover=False,
        web_enabled=False, topic_disable_leader=True, consumer_auto_offset_reset="earliest",
        topic_partitions=PARTITIONS, version=1,
    )  # fmt: skip
    source = app.topic(topic, value_type=Told)
    sink = app.topic(results, value_serializer="json", partitions=1)
    counts: Any = app.Table("counts", default=int, partitions=PARTITIONS).hopping(WINDOW_S, STEP_S)
    state: dict[str, Any] = {"began": False, "marks": 0, "minutes": {}}

    async def tell(queue: str, end_s: int, newest: int) -> None:
        # Its window ends a tenth of a second early.
        number = counts.table._get_key((queue, (end_s - WINDOW_S, end_s - 0.1)))
        if number:
            told = {
                "queue": queue,
                "at": end_s * 1000,
                "counts": unpacked(number),
                "newest": newest,
            }
            await sink.send(key=queue.encode(), value=told)

    async def process(stream: Any) -> None:
        async for event in stream:
            if not state["began"]:
                state["began"] = True
                print("first record", flush=True)
            if not event.queue:
                state["marks"] += 1
                if not live and state["marks"] == PARTITIONS:
                    for queue, ends in state["minutes"].items():
                        for end_s in range(min(ends), event.at // 1000 + 1, MINUTE_S):
                            await tell(queue, end_s, event.at)
                continue
            counts[event.queue] += packed(event)
            if live:
                await tell(event.queue, (event.at // 1000 // STEP_S + 1) * STEP_S, event.at)
            else:
                end_s = (event.at // 1000 // MINUTE_S + 1) * MINUTE_S
                state["minutes"].setdefault(event.queue, set()).add(end_s)

    app.agent(source, name="count")(process)
    worker = faust.Worker(app, loglevel="ERROR", redirect_stdouts=False)
    worker.execute_from_commandline()


if __name__ == "__main__":
    main(*sys.argv[1:7])
