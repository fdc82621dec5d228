"""Every PromQL of the Wall board on a real Prometheus that scrapes two workers with known numbers."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Gauge, start_http_server

from dashboards.grafana import look
from schemas.attention import LEVELS, AttentionLevel
from schemas.recorded import STALE_BY_QUEUE, UNEXPLAINED_BY_QUEUE
from schemas.series import series
from tests.support.boards import Asked, asked
from tests.support.services import ROOT, Prometheus, prometheus
from tests.support.waiting import wait_until

HOST = "127.0.0.1"
AGE_S = 8.0
ASKED = list(asked("wall"))
Values = dict[str, float]  # by queue; "" where the query sums over all


class Worker:
    """One stream worker's /metrics, made of our series only."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._gauges: dict[str, Gauge] = {}

    def set(self, name: str, value: float, **labels: str) -> None:
        entry = series(name)
        if name not in self._gauges:
            gauge = Gauge(name, entry.help, list(entry.labels), registry=self.registry)
            self._gauges[name] = gauge
        self._gauges[name].labels(**labels).set(value)

    def queue(self, queue: str, waiting: int, oldest_s: float, clock: float, stale: int) -> None:
        self.set("callcentre_queue_waiting_callers", waiting, queue=queue)
        self.set("callcentre_queue_oldest_wait_seconds", oldest_s, queue=queue)
        self.set("callcentre_queue_clock_timestamp_seconds", clock, queue=queue)
        self.set("callcentre_queue_source_stale", stale, queue=queue)
        self.set("callcentre_unexplained_legs", 0, queue=queue)

    def judged(self, queue: str, state: AttentionLevel) -> None:
        for level in LEVELS:
            self.set("callcentre_queue_state", int(level == state), queue=queue, state=level)

    def promise(self, queue: str, name: str, within_s: int, goal: float) -> None:
        labels = {"centre": "town", "department": "d", "formula": "short_abandons_ignored"}
        self.set("callcentre_target_info", 1, queue=queue, queue_name=name, **labels)
        self.set("callcentre_target_answer_within_seconds", within_s, queue=queue)
        self.set("callcentre_target_goal_ratio", goal, queue=queue)

    def level(self, queue: str, window: str, good: int, due: int) -> None:
        name = "callcentre_window_service_level_{}_legs"
        self.set(name.format("numerator"), good, queue=queue, window=window)
        self.set(name.format("denominator"), due, queue=queue, window=window)

    def left(self, queue: str, answered: int, abandoned: int, short: int, exited: int) -> None:
        counts = {"answered": answered, "abandoned": abandoned, "short_abandoned": short}
        counts |= {"exited": exited, "transferred": 0, "callback": 0, "dropped": 0}
        for counter, count in counts.items():
            self.set(f"callcentre_window_{counter}_legs", count, queue=queue, window="30m")


def workers(clock: float) -> list[Worker]:
    first, second = Worker(), Worker()
    first.queue("billing", waiting=3, oldest_s=45, clock=clock, stale=0)
    first.judged("billing", "act")
    first.promise("billing", "Billing", 20, 0.8)
    first.level("billing", "30m", 8, 10)
    first.level("billing", "today", 54, 90)
    first.left("billing", answered=9, abandoned=3, short=1, exited=1)
    none = {"topic": "", "area": ""}
    first.set("callcentre_alerts_firing", 1, rule="oldest_wait", queue="billing", **none)
    for worker, queue in (
        (first, "billing"),
        (first, "repairs"),
        (second, "fleet"),
    ):  # one incident
        place = {"topic": "leak", "area": "ward-1"}
        worker.set("callcentre_alerts_firing", 1, rule="incident", queue=queue, **place)
    for state, agents in {"available": 2, "talking": 3, "hold": 1, "not_ready": 4}.items():
        first.set("callcentre_agents", agents, queue="billing", state=state)
    first.queue("repairs", waiting=1, oldest_s=5, clock=clock + 3, stale=0)
    first.judged("repairs", "watch")  # of a queue whose partition moves, the other worker says ok
    second.judged("repairs", "ok")
    first.promise("repairs", "Repairs", 20, 0.9)
    first.level("repairs", "30m", 0, 0)
    first.level("repairs", "today", 9, 10)
    first.left("repairs", answered=0, abandoned=0, short=0, exited=0)
    second.queue("fleet", waiting=0, oldest_s=0, clock=clock - 5000, stale=1)
    second.promise("fleet", "Fleet", 30, 0.8)
    second.level("fleet", "30m", 1, 4)
    second.level("fleet", "today", 1, 4)
    second.left("fleet", answered=2, abandoned=2, short=0, exited=0)
    second.set("callcentre_agents", 0, queue="fleet", state="available")
    second.set("callcentre_agents", 5, queue="fleet", state="wrap")
    second.queue("mystery", waiting=2, oldest_s=70, clock=clock + 1, stale=0)
    second.judged("mystery", "no_goal")
    second.set("callcentre_unexplained_legs", -1, queue="mystery")
    return [first, second]


WAITING = {"billing": 3, "repairs": 1, "fleet": 0, "mystery": 2}
AGENTS = {"Free": (2, 0), "Ringing": (0, 0), "On calls": (4, 0), "Wrap-up": (0, 5)}
AGENTS |= {"Not ready": (4, 0), "Unreachable": (0, 0)}
KNOWN: dict[tuple[str, str], Values] = {
    ("Queues without live data", "A"): {"": 1},
    ("Unexplained legs", "A"): {"": 1},
    ("Alerts firing", "A"): {"": 2},
    ("Waiting", "A"): {"": 6},
    ("Oldest wait", "A"): {"": 70},
    ("Served as each queue promised, 30 min", "A"): {"": 9 / 14},
    ("Abandoned, 30 min", "A"): {"": 4 / 16},
    ("Queues", "A"): {"billing": 1, "repairs": 1, "fleet": 1, "mystery": 1},
    ("Queues", "B"): {"billing": 2, "repairs": 1, "fleet": 3, "mystery": -2},
    ("Queues", "C"): dict(WAITING),
    ("Queues", "D"): {"billing": 45, "repairs": 5, "fleet": 0, "mystery": 70},
    ("Queues", "E"): {"billing": 0.8, "fleet": 0.25},
    ("Queues", "F"): {"billing": 0.0, "fleet": look.FEW_CODE},  # 1 of 4
    ("Queues", "G"): {"billing": 10, "repairs": 0, "fleet": 4},
    ("Queues", "H"): {"billing": 0.6, "repairs": 0.9, "fleet": 0.25},
    ("Queues", "I"): {"billing": -0.2, "repairs": 0.0, "fleet": look.FEW_CODE},
    ("Queues", "J"): {"billing": 90, "repairs": 10, "fleet": 4},
    ("Queues", "K"): {"billing": 0.8, "repairs": 0.9, "fleet": 0.8},
    ("Queues", "L"): {"billing": 2 / 12, "fleet": 0.5},
    ("Longest queues", "A"): dict(WAITING),
    ("Agents by state", "A"): {"billing": 1, "repairs": 1, "fleet": 1, "mystery": 1},
}
for _ref, (_billing, _fleet) in zip("BCDEFG", AGENTS.values(), strict=True):
    KNOWN["Agents by state", _ref] = {"billing": _billing, "fleet": _fleet}


@contextmanager
def served(all_workers: list[Worker]) -> Iterator[list[int]]:
    running = [start_http_server(0, HOST, worker.registry) for worker in all_workers]
    try:
        yield [server.server_address[1] for server, _ in running]
    finally:
        for server, thread in running:
            server.shutdown()
            server.server_close()
            assert isinstance(thread, threading.Thread)
            thread.join()


@pytest.fixture(scope="module")
def clock() -> float:
    return time.time() - AGE_S


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory, clock: float) -> Iterator[Prometheus]:
    with served(workers(clock)) as ports:
        targets = ", ".join(f"'{HOST}:{port}'" for port in ports)
        config = (
            "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
            f"rule_files: ['{ROOT / 'deploy/prometheus/rules/pipeline.yml'}']\n"
            f"scrape_configs: [{{job_name: stream, static_configs: [{{targets: [{targets}]}}]}}]\n"
        )
        server = prometheus(tmp_path_factory.mktemp("prometheus"), config)
        with server.server:
            wait_until(lambda: len(server.query("up == 1")) == 2, "both workers are scraped")
            wait_until(recorded(server), "what the board asks is recorded")
            yield server


def recorded(server: Prometheus) -> Callable[[], bool]:
    """Whether Prometheus has recorded the figures of both workers."""
    return lambda: all(
        len(server.query(name)) == 4 for name in (STALE_BY_QUEUE, UNEXPLAINED_BY_QUEUE)
    )


def values(answer: list[dict[str, Any]]) -> Values:
    """By queue; a label that names no queue would make two rows one: they must all differ."""
    found = {row["metric"].get("queue", ""): float(row["value"][1]) for row in answer}
    assert len(found) == len(answer)
    return found


def test_every_query_has_known_numbers() -> None:
    assert {(query.panel, query.ref) for query in ASKED} == {*KNOWN, ("Data age", "A")}


@pytest.mark.parametrize("query", [q for q in ASKED if q.panel != "Data age"], ids=lambda q: q.name)
def test_numbers(scraped: Prometheus, query: Asked) -> None:
    assert values(scraped.query(query.text)) == pytest.approx(KNOWN[query.panel, query.ref])


def test_data_age_grows_by_itself_and_leaves_silent_queues_out(
    scraped: Prometheus, clock: float
) -> None:
    query = next(query for query in ASKED if query.panel == "Data age")
    [row] = scraped.query(query.text)
    at, age = row["value"]
    assert float(age) == pytest.approx(at - clock, abs=0.01)
    assert float(age) >= AGE_S


def test_a_queue_goes_by_its_name_and_by_its_id_when_nobody_named_it(scraped: Prometheus) -> None:
    query = next(query for query in ASKED if (query.panel, query.ref) == ("Queues", "A"))
    rows = [row["metric"] for row in scraped.query(query.text)]
    names = {row["queue"]: (row["queue_name"], row["centre"]) for row in rows}
    assert names["billing"] == ("Billing", "town")
    assert names["mystery"] == ("mystery", "not configured")


def test_everything_vanishes_with_the_exporters(tmp_path: Path) -> None:
    """No data must be no data: a 0 or an old number here would be a lie on the wall."""
    config = (
        f"scrape_configs: [{{job_name: stream, static_configs: [{{targets: ['{HOST}:1']}}]}}]\n"
    )
    server = prometheus(tmp_path, config)
    with server.server:
        answers = {query.name: server.query(query.text) for query in ASKED}
    assert {name: answer for name, answer in answers.items() if answer} == {}
