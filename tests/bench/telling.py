"""How long it takes until somebody is told: from the cause and from the transition to firing to the webhook, on the real way.

A caller waits; Kafka, `stream`, `notify`, and then Alertmanager, or `deliver` alone, with the waits that they have in use.
"""

import argparse
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from schemas.alerts import Alert
from schemas.codec import decode_as
from schemas.millis import SECOND
from schemas.routes import PACES
from schemas.topics import topic_name
from streams.admin.broker import consumer, partitions_of, walk
from tests.bench.part import Bench, Part
from tests.support.paging import Paging
from tests.support.waiting import wait_until

WAYS = ("alertmanager", "deliver")
RAISE_S, HOLD_S = 2, 10
_EVERY_S = 7.3  # callers come at every moment between two boundaries of 5 s
_WITHIN_S = 180.0
FROM_FIRING_S = 5.0 + PACES["page"].wait_ms / SECOND
FROM_CAUSE_S = 15.0 + HOLD_S


class Told(Struct, frozen=True):
    """One page on one way. `cause_at`: when the wait passed its limit; ms of one clock."""

    way: str
    cause_at: int
    firing_at: int
    arrived_at: int

    @property
    def from_firing_s(self) -> float:
        return (self.arrived_at - self.firing_at) / SECOND

    @property
    def from_cause_s(self) -> float:
        return (self.arrived_at - self.cause_at) / SECOND


def queues_toml(names: Sequence[str]) -> str:
    head = f"""[defaults]
answer_within = "20s"
goal = 0.8
alerts.oldest_wait = {{ raise_above = "{RAISE_S}s", clear_below = "1s", hold = "{HOLD_S}s", clear_hold = "5s" }}
"""
    return head + "".join(f'[queues.{each}]\nowner = "{each}"\n' for each in names)


def measure(bootstrap: str, folder: Path, times: int) -> list[Told]:
    """So many pages, each of an owner of its own, so that each waits for its group."""
    names = [f"told-{number:02}" for number in range(times)]
    paging = Paging(bootstrap, folder, queues_toml(names), names, hurried=False)
    waits_since: dict[str, int] = {}
    with paging:
        for name in names:
            waits_since[name] = time.time_ns() // 1_000_000
            paging.platform.waits(name, at=waits_since[name])
            time.sleep(_EVERY_S)
        wait_until(lambda: all(len(arrived) == times for arrived in arrivals(paging).values()),
                   "all are told", _WITHIN_S)  # fmt: skip
    causes = {name: at + RAISE_S * SECOND for name, at in waits_since.items()}
    return told(causes, firing_at(paging), arrivals(paging))


def firing_at(paging: Paging) -> dict[str, int]:
    """When the transition to firing of each queue was written to topic `alerts`."""
    found: dict[str, int] = {}
    with consumer(paging.bootstrap) as client:
        topic = topic_name("alerts", paging.namespace)
        for _, record in walk(client, partitions_of(client, topic)):
            alert = decode_as(Alert, record.value or b"")
            if alert.state == "firing":
                found.setdefault(alert.queue, record.timestamp)
    return found


def arrivals(paging: Paging) -> dict[str, dict[str, int]]:
    """By way and owner, when the first message arrived."""
    ways = zip(
        WAYS, (paging.by_alertmanager, paging.by_deliver), ("receiver", "owner"), strict=True
    )
    found: dict[str, dict[str, int]] = {way: {} for way in WAYS}
    for way, webhook, owner in ways:
        for post, at in list(zip(webhook.posts, webhook.arrived_at, strict=False)):
            found[way].setdefault(post[owner], at)
    return found


def told(
    causes: Mapping[str, int],
    firing: Mapping[str, int],
    arrived: Mapping[str, Mapping[str, int]],
) -> list[Told]:
    """Each page on each way. Pure."""
    return [
        Told(way, cause_at, firing[name], arrived[way][name])
        for way in WAYS
        for name, cause_at in causes.items()
    ]


def figures(pages: Sequence[Told]) -> dict[str, Any]:
    """What build/bench.json holds: median and worst by way, beside the aims. Pure."""
    found: dict[str, Any] = {}
    for way in WAYS:
        mine = [each for each in pages if each.way == way]
        for name, values in (
            ("from_firing", [each.from_firing_s for each in mine]),
            ("from_cause", [each.from_cause_s for each in mine]),
        ):
            found[f"{name}_{way}"] = {
                "median_s": round(statistics.median(values), 2), "worst_s": round(max(values), 2),
            }  # fmt: skip
    aims = {"from_firing_aim_s": FROM_FIRING_S, "from_cause_aim_s": FROM_CAUSE_S}
    return found | aims | {"pages": len(pages) // len(WAYS)}


def rows(pages: Sequence[Told]) -> list[tuple[str, str, str]]:
    """For people: what, median and worst, the aim. Pure."""
    made = figures(pages)
    wait_s = PACES["page"].wait_ms // SECOND
    aims = {
        "from_firing": f"aim 5 s + group_wait ({wait_s} s)",
        "from_cause": f"aim 15 s + holding time ({HOLD_S} s); group_wait ({wait_s} s) is in the figure",
    }
    words = {"from_firing": "firing", "from_cause": "the cause"}
    return [
        (
            f"from {words[name]} to the webhook, by {way}",
            f"{made[f'{name}_{way}']['median_s']:.1f} s",
            f"worst {made[f'{name}_{way}']['worst_s']:.1f} s of {made['pages']}; {aims[name]}",
        )
        for name in words
        for way in WAYS
    ]


def _in(bench: Bench) -> None:
    pages = measure(bench.bootstrap, bench.place("telling"), bench.options.pages)
    bench.take({"telling": figures(pages)}, rows(pages))


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pages", type=int, default=10, help="told, one after the other")


PART = Part("telling", _in, _options)
