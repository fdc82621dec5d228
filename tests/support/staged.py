"""Scenarios of the simulator side by side in one line, each with queues, agents, places and owners of its own.

What is simulated is a stretch of a fixed day, so that every run tells the same; its times are moved so that it comes to its end now.
"""

import re
import time
from typing import Any

from msgspec.structs import replace

from producers.contract import RawRecord
from producers.publisher import Publisher
from producers.simulate.engine import Run, Simulation
from producers.simulate.faults.catalogue import SOURCES, FaultyRun, chain
from producers.simulate.faults.feed import FaultyFeed
from producers.simulate.live import Feed, Reported
from producers.simulate.nodes import Nodes
from producers.simulate.scenarios import centre_of, faults_of
from producers.simulate.source import Source
from schemas.agents import AgentState
from schemas.calls import Mark
from schemas.millis import MINUTE, from_iso
from schemas.privacy import key_from_secret
from tests.support.line import shipped_queues

_KEY = key_from_secret(b"a key of the tests")
BEGINS = from_iso("2026-03-03T07:00:00Z")  # a Tuesday, nine o'clock where the municipality is
_TIMES = ("at", "since", "visit_at")
_OPENING = re.compile(r"^(opening|exceptions|holidays) = .*$", re.MULTILINE)
_NAMED = re.compile(r'^\[(queues|centres)\.([\w-]+)\]|^(centre|owner) = "([\w-]+)"', re.MULTILINE)
_OWNER = re.compile(r'^owner = "([\w-]+)"', re.MULTILINE)


def own(scenario: str, name: str) -> str:
    """The name of a queue, an owner … of the municipality in that scenario."""
    return f"{scenario}--{name}"


def owners(scenario: str) -> list[str]:
    return [own(scenario, name) for name in sorted(set(_OWNER.findall(shipped_queues())))]


def queues_toml(scenarios: tuple[str, ...]) -> str:
    """The queues that ship, for each scenario, always open: the stretch is one in which all are open."""
    shipped = _OPENING.sub("", shipped_queues())
    head, marker, rest = shipped.partition("# Switchboard:")
    assert marker
    return head + "".join(_renamed(each, marker + rest) for each in scenarios)


def _renamed(scenario: str, text: str) -> str:
    def renamed(match: re.Match[str]) -> str:
        table, name, key, value = match.groups()
        if table:
            return f"[{table}.{own(scenario, name)}]"
        return f'{key} = "{own(scenario, value)}"'

    return _NAMED.sub(renamed, text)


class Stage:
    """One scenario; `tell` sends what happened until then, as if it happened `shift_ms` later."""

    def __init__(self, scenario: str, shift_ms: int, seed: int) -> None:
        self._scenario, self._shift_ms = scenario, shift_ms
        simulation = Simulation(centre_of(scenario), Run(BEGINS, seed, _KEY, source=scenario))
        faults = faults_of(scenario)
        nodes = Nodes(simulation.centre, scenario, SOURCES) if faults else None
        source = Source(simulation, nodes=nodes)
        self._feed: Feed = source
        if nodes is not None:
            run = FaultyRun(simulation.name, nodes.names, BEGINS)
            self._feed = FaultyFeed(source, chain(faults, seed, run))
        self._first: list[Any] = source.restarted()

    def tell(self, until: int, publisher: Publisher) -> None:
        """`until` is of the wall clock."""
        while self._feed.at < until - self._shift_ms:
            to = min(until - self._shift_ms, self._feed.at + 5 * MINUTE)
            for each in [*self._first, *self._feed.upto(to)]:
                self._send(each, publisher)
            self._first = []

    def _send(self, reported: Reported, publisher: Publisher) -> None:
        topic, event = reported
        if isinstance(event, RawRecord):
            publisher.send_bytes(topic, own(self._scenario, event.key), event.value)
        elif isinstance(event, Mark):
            publisher.send_mark(topic, self._moved(event))
        elif isinstance(event, AgentState):
            publisher.send_agent(self._moved(event))
        else:
            publisher.send_call(self._moved(event))

    def _moved(self, event: Any) -> Any:
        changes: dict[str, Any] = {
            name: at + self._shift_ms
            for name in _TIMES
            if (at := getattr(event, name, None)) is not None
        }
        for name in ("queue", "agent", "area", "to_queue"):
            if value := getattr(event, name, ""):
                changes[name] = own(self._scenario, value)
        for name in ("queues", "not_ready_queues"):
            if values := getattr(event, name, ()):
                changes[name] = tuple(own(self._scenario, each) for each in values)
        return replace(event, **changes)


def staged(scenarios: tuple[str, ...], minutes: int, seed: int) -> list[Stage]:
    """All of them, so far before now that they come to now after so many minutes of their time."""
    now = time.time_ns() // 1_000_000
    shift_ms = (now - minutes * MINUTE - BEGINS) // MINUTE * MINUTE
    return [Stage(each, shift_ms, seed) for each in scenarios]
