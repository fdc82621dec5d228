"""What questions about a year of legs take, on the embedded archive; each is asked of roll-ups and must agree with legs."""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from schemas.millis import DAY
from streams.history.building import LEGS_A_TURN, build_some
from streams.history.catalogue import Catalogue, read_catalogue
from streams.history.counted_groups import counted_groups
from streams.history.half_hours import groups_half_hours
from streams.history.months import month_of
from streams.history.papers.asked import asked as asked_of
from streams.history.papers.making import paper_of
from streams.history.period import period_of
from streams.history.quarter_hours import COUNTERS_AND_JUDGED, JUDGED
from streams.history.question import Question
from streams.history.registry import report
from streams.history.report import answer
from streams.sinks.clickhouse.database import Answer
from streams.sinks.clickhouse.embedded import EmbeddedDatabase, EmbeddedReader
from streams.sinks.clickhouse.migrate import migrate
from tests.bench import year_of_legs
from tests.bench.part import Bench, Part
from tests.bench.steps import Say, Steps

QUEUES = 200
_ASKED = 3  # times; the median is told
_MONTH = "2025-06"
_HALF_HOUR_QUEUES = 50


class Timed(Struct, frozen=True):
    """Of one question, medians in ms: until its answer, the CPU of this process, and the part that the database took."""

    name: str
    wall_ms: float
    cpu_ms: float
    database_ms: float


class History(Struct, frozen=True):
    legs: int
    built_cpu_s: float
    questions: tuple[Timed, ...]


class _Clocked:
    """A reader that adds up how long the database takes."""

    def __init__(self, reader: EmbeddedReader) -> None:
        self._reader = reader
        self.took_s = 0.0

    def execute(self, sql: str) -> Answer:
        began = time.perf_counter()
        try:
            return self._reader.execute(sql)
        finally:
            self.took_s += time.perf_counter() - began

    def close(self) -> None: ...


def measure(folder: Path, legs: int, most_minutes: float, say: Say) -> History:
    """`folder` may hold the archive of an earlier run of as many legs, also of one that was ended: this one goes on with it."""
    steps = Steps(folder / "steps.json", legs, most_minutes, say)
    database = EmbeddedDatabase(folder / "archive")
    try:
        migrate(database)
        year_of_legs.keep_targets(database, QUEUES)
        for number, step in enumerate(year_of_legs.steps(legs)):
            with steps.step(f"legs up to {step[1]:,}", f"legs {number}") as todo:
                if todo:
                    year_of_legs.keep_step(database, step, legs, QUEUES)
        while not steps.is_done("rolled up"):
            with steps.step("rolled up", None):
                left = _build_a_part(database)
            if not left:
                steps.finish("rolled up")
        reader = _Clocked(database.reading)
        catalogue = read_catalogue(reader, year_of_legs.END)
        with steps.step("roll-ups and legs of a month compared", None):
            _check(database.reading, catalogue, legs)
        found = []
        for name, ask in _questions(reader, catalogue).items():
            with steps.step(f"asked: {name}", None):
                found.append(_timed(name, reader, ask))
        return History(legs, steps.took_cpu_s("rolled up"), tuple(found))
    finally:
        database.close()


def _build_a_part(database: EmbeddedDatabase) -> int:
    """How many (queue, day)s are left."""
    at = year_of_legs.END + 9 * DAY
    return build_some(database, at, at, LEGS_A_TURN).left


def _questions(reader: _Clocked, catalogue: Catalogue) -> dict[str, Callable[[], object]]:
    month = month_of(_MONTH, catalogue.default_zone)
    of_month = Question(month.start, month.end)
    year = Question(year_of_legs.START, year_of_legs.END)
    fifty = Catalogue(
        catalogue.default_zone, dict(list(catalogue.queues.items())[:_HALF_HOUR_QUEUES])
    )
    few = replace(of_month, configured_only=True)
    period = period_of("month", _MONTH, catalogue.default_zone)
    whole = asked_of(period, catalogue, None, year_of_legs.END, None)

    def asked(name: str, question: Question) -> Callable[[], object]:
        return lambda: answer(report(name), reader, catalogue, question)

    return {
        "heatmap": asked("weekly", replace(of_month, by="all")),
        "half_hours_50_queues": lambda: groups_half_hours(reader, fifty, few),
        "league_of_a_year": lambda: counted_groups(reader, catalogue, year, COUNTERS_AND_JUDGED),
        "contact": asked("contact", replace(of_month, contact_id="contact-7777")),
        "month_report": asked("month", of_month),
        "month_paper": lambda: paper_of(reader, whole, "0"),
    }


def _check(reader: EmbeddedReader, catalogue: Catalogue, legs: int) -> None:
    """Roll-ups and legs have the same sums; of a month, for a year of legs at once does not fit into memory."""
    month = month_of(_MONTH, catalogue.default_zone)
    question = Question(month.start, month.end, by="all")
    (rolled,) = counted_groups(reader, catalogue, question, JUDGED)
    (of_legs,) = counted_groups(reader, catalogue, replace(question, as_counted_live=True), JUDGED)
    different = [name for name in JUDGED if rolled.record[name] != of_legs.record[name]]
    if different or not rolled.record["n_due"]:
        raise AssertionError(f"roll-ups of {legs:,} legs differ from them in {different}")


def _timed(name: str, reader: _Clocked, ask: Callable[[], object]) -> Timed:
    runs = []
    for _ in range(_ASKED):
        began, cpu, reader.took_s = time.perf_counter(), time.process_time(), 0.0
        ask()
        took = time.perf_counter() - began, time.process_time() - cpu, reader.took_s
        runs.append([1000 * each for each in took])
    return Timed(name, *(statistics.median(each) for each in zip(*runs, strict=True)))


def figures(found: History) -> dict[str, object]:
    return {
        "history_legs": found.legs,
        "history_ms": {each.name: round(each.wall_ms, 1) for each in found.questions},
        "history_cpu_ms": {each.name: round(each.cpu_ms, 1) for each in found.questions},
        "history_rolled_up_legs_per_cpu_s": round(found.legs / found.built_cpu_s),
    }


def rows(found: History) -> list[tuple[str, str, str]]:
    told = [
        (
            f"history {each.name}",
            f"{each.wall_ms:,.0f} ms",
            f"{each.cpu_ms:,.0f} ms of CPU; the database {each.database_ms:,.0f} ms",
        )
        for each in found.questions
    ]
    speed = f"{found.legs / found.built_cpu_s:,.0f} legs/s"
    return [*told, ("history rolled up", speed, f"of CPU, {found.legs:,} legs of {QUEUES} queues")]


def _in(bench: Bench) -> None:
    o = bench.options
    place = o.history_at or bench.place("history")
    place.mkdir(parents=True, exist_ok=True)
    found = measure(place, o.year_legs, o.history_minutes, lambda line: print(line, flush=True))
    bench.take(figures(found), rows(found))


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year-legs", type=int, default=20_000_000, help="of a year, for history")
    parser.add_argument("--history-at", type=Path, help="keep its archive there, and go on with it")
    parser.add_argument("--history-minutes", type=float, default=12.0, help="at most, for history")


PART = Part("history", _in, _options, is_kept=True)
