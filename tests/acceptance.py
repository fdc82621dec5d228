"""Real data through a fresh `up`, both ways, compared with what it must give: `make accept`.

    python -m tests.acceptance --records records.csv --expected expected_day_by_queue.csv

Records are in the columns of `send records`. The expected file has one row a queue and `ALL`; a file
of half hours is found beside it (`day` in its name replaced by `30min`) or named. Every line printed
is one check and its time; exit 1 on any difference, exit 2 on wrong use.
"""

import argparse
import csv
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from schemas.millis import DAY, HOUR, MINUTE, iso
from schemas.queues_toml import parse_queues
from streams.core.rule_catalogue import RULE_TABLES
from tests.accept.compare import differences
from tests.accept.record_files import cut, shuffled
from tests.support import services
from tests.support.agreement import (
    last_change,
    read_records,
    report_differences,
    snapshot_differences,
)
from tests.support.records_day import closed
from tests.support.recount import Recorded
from tests.support.up import QUEUEWATCH, Up

FEEDS = ("live", "history")
_SHOWN = 10  # differences of one check
_DRAINED_WITHIN_S = 600
_LOOK_EVERY_S = 0.02

Row = dict[str, str]


class WrongUseError(Exception):
    """One line for a person."""


@dataclass
class Day:
    """The data: records as legs, the days they cover, and what must come out."""

    records: Path
    legs: list[Recorded]
    queues_toml: str
    expected_day: list[Row]
    expected_30min: list[Row]

    @property
    def span(self) -> tuple[str, str, str, str]:
        first = min(leg.arrived_at for leg in self.legs) // DAY * DAY
        last = max(leg.arrived_at for leg in self.legs) // DAY * DAY + DAY
        return ("--from", iso(first), "--to", iso(last))


@dataclass
class Checks:
    """Prints every check when it is done, and remembers whether all were well."""

    failed: int = 0
    began: float = field(default_factory=time.monotonic)

    def done(self, what: str, found: Iterator[str]) -> None:
        lines = list(islice(found, 1_000))
        self.failed += bool(lines)
        verdict = f"{len(lines)} DIFFERENCES" if lines else "equal"
        self.say(f"{what}: {verdict}")
        for line in lines[:_SHOWN]:
            print(f"          {line}", flush=True)

    def say(self, text: str) -> None:
        took_s, self.began = time.monotonic() - self.began, time.monotonic()
        print(f"{took_s:7.1f} s  {text}", flush=True)


class Run:
    """One feed on fresh data: started, sent, drained, checked, ended."""

    def __init__(
        self, feed: str, day: Day, folder: Path, clickhouse: str | None, checks: Checks
    ) -> None:
        self.feed, self._day, self._checks = feed, day, checks
        # An open leg is no finished leg: a back-fill leaves it out.
        self._legs = day.legs if feed == "live" else closed(day.legs)
        queues = folder / "queues.toml"
        queues.write_text(day.queues_toml)
        self._clickhouse = ("--clickhouse", clickhouse) if clickhouse else ()
        self.up = Up(folder / "data", "--no-traffic", "--queues", str(queues), *self._clickhouse)

    def run(self, records: Sequence[Path], *, times: int, kill: bool) -> None:
        self._checks.say(f"{self.feed}: begins")
        try:
            self.up.start()
        except AssertionError as error:
            raise WrongUseError(" ".join(str(error).split())) from None
        with ExitStack() as stack:
            stack.push(self.up)
            self._checks.say("up is ready")
            for _ in range(times):
                self._checks.say(self._sent(records, kill=kill))
                self._checks.say(self._must("drain", "--timeout", str(_DRAINED_WITHIN_S)).strip())
            self._check_reports()
            self._check_snapshots()
            self._checks.done("unexplained legs are 0", self._unexplained())

    def _check_reports(self) -> None:
        day, checks = self._day, self._checks
        for name, asked, expected, every in (
            ("history summary", ("summary",), day.expected_day, None),
            ("history intervals", ("intervals", "--every", "30m"), day.expected_30min, 30 * MINUTE),
        ):
            rows = self._history(*asked)
            everything = self._history(*asked, "--by", "all")
            checks.done(
                f"{name} as expected ({len(expected)} rows)",
                differences(expected, rows + everything),
            )
            length = every or DAY * 366
            checks.done(f"{name} as recounted", report_differences(rows, self._legs, length))

    def _check_snapshots(self) -> None:
        last = last_change(self._legs) // MINUTE * MINUTE + HOUR
        first = min(leg.arrived_at for leg in self._legs) // MINUTE * MINUTE
        queues = {leg.queue for leg in self._legs}
        ways: list[tuple[str, tuple[str, ...]]] = [("from the legs", ("--from-legs",))]
        if self.feed == "live":
            ways.append(("as cut", ()))
        for name, option in ways:
            rows = self._asked("snapshots", "--from", iso(first), "--to", iso(last),
                               "--window", "30m", *option)  # fmt: skip
            found = snapshot_differences(rows, self._legs, queues, 30 * MINUTE)
            self._checks.done(f"history snapshots {name} as recounted ({len(rows)} rows)", found)

    def _sent(self, records: Sequence[Path], *, kill: bool) -> str:
        arguments = ("send", "records", *map(str, records), "--feed", self.feed)
        if not kill:
            return self._must(*arguments).strip()
        sender = subprocess.Popen(
            [str(QUEUEWATCH), *arguments], env=self._environment(), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        killed = self._killed(sender)
        said = sender.communicate()[0]
        if sender.returncode:
            raise WrongUseError(said.strip())
        return f"{said.strip()}; {killed}"

    def _killed(self, sender: "subprocess.Popen[str]") -> str:
        """`kill -9` of stream and archive as soon as something was counted."""
        before = self._applied()
        while self._applied() <= before and sender.poll() is None:
            time.sleep(_LOOK_EVERY_S)
        middle = "in the middle" if sender.poll() is None else "after everything was sent"
        children = self.up.children()
        for name in ("stream", "archive"):
            os.kill(children[name], signal.SIGKILL)
        return f"stream and archive killed {middle}"

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "QUEUEWATCH_KAFKA": self.up.bootstrap,
            "QUEUEWATCH_DATA": str(self.up.data),
        }

    def _must(self, *arguments: str) -> str:
        done = self.up.run(*arguments, within_s=_DRAINED_WITHIN_S + 60)
        if done.returncode:
            raise WrongUseError(f"{' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def _history(self, *asked: str) -> list[Row]:
        return self._asked(*asked, *self._day.span)

    def _asked(self, *asked: str) -> list[Row]:
        text = self._must("history", *asked, "--format", "csv", *self._clickhouse)
        return list(csv.DictReader(io.StringIO(text)))

    def _samples(self, name: str) -> dict[str, float]:
        body = services.get(f"http://127.0.0.1:{self.up.ports['metrics']}/metrics", 30) or b""
        return {
            "/".join(sample.labels.values()): sample.value
            for family in text_string_to_metric_families(body.decode())
            for sample in family.samples
            if sample.name == name
        }

    def _applied(self) -> float:
        return sum(self._samples("queuewatch_events_total").values())

    def _unexplained(self) -> Iterator[str]:
        books = self._samples("callcentre_unexplained_legs")
        queues = {leg.queue for leg in self._legs}
        # A back-fill moves no live number: a queue may then have no live figures at all.
        if self.feed == "live" and books.keys() != queues:
            yield f"books of {sorted(books)}, expected {sorted(queues)}"
        yield from (f"{queue}: {legs:g}" for queue, legs in books.items() if legs)


def read_day(options: argparse.Namespace) -> Day:
    queues_toml = _queues_toml(options)
    targets = {each.queue: each for each in parse_queues(queues_toml, RULE_TABLES).queues}
    half_hours = options.expected_30min or options.expected.with_name(
        options.expected.name.replace("day", "30min")
    )
    if half_hours == options.expected:
        raise WrongUseError(f"{options.expected}: say --expected-30min FILE, too")
    expected = _rows(options.expected)
    dates = {row.get("date", "") for row in expected}
    if len(dates) > 1:
        raise WrongUseError(f"{options.expected}: one day a file, not {len(dates)}")
    return Day(
        options.records,
        read_records(options.records, targets),
        queues_toml,
        expected,
        _rows(half_hours),
    )


def _queues_toml(options: argparse.Namespace) -> str:
    queues = sorted({row["queue"] for row in _rows(options.records)})
    head = '[defaults]\ntime_zone = "UTC"\ngoal = 0.8\n'
    head += (
        f'answer_within = "{options.answer_within}"\nshort_abandon = "{options.short_abandon}"\n'
    )
    return head + "".join(f'[queues."{queue}"]\n' for queue in queues)


def _rows(path: Path) -> list[Row]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise WrongUseError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise WrongUseError(f"{path}: not UTF-8 text") from None


def _files(options: argparse.Namespace, folder: Path) -> list[Path]:
    """The records as they are sent, in one command: one file, or several."""
    records = shuffled(options.records, folder) if options.shuffled else options.records
    if options.cut is None:
        return [records]
    rows = len(_rows(records))
    if not 1 <= options.cut <= rows:
        raise WrongUseError(f"--cut: from 1 to {rows} files, each with a row")
    return cut(records, folder, options.cut)


def _server(asked: str | None, folder: Path, stack: ExitStack) -> Callable[[str], str | None]:
    """The URL of a database for each feed: none, of a server that is there, or of Debian's."""
    if asked is None:
        return lambda _: None
    if asked != "debian":
        return lambda feed: f"{asked}_{feed}"
    server = services.clickhouse(folder / "clickhouse")
    stack.enter_context(server.server)
    return lambda feed: f"clickhouse://default@{server.host}:{server.tcp_port}/accept_{feed}"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.acceptance", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--records", type=Path, required=True)
    parser.add_argument("--expected", type=Path, required=True, help="one row a queue, and ALL")
    parser.add_argument("--expected-30min", type=Path)
    parser.add_argument("--answer-within", default="20s")
    parser.add_argument("--short-abandon", default="5.001s", help="an abandon below it is short")
    parser.add_argument("--feed", choices=FEEDS, action="append", help="only this one")
    parser.add_argument("--shuffled", action="store_true", help="rows in a random order")
    parser.add_argument("--cut", type=int, metavar="FILES",
                        help="cut the rows into so many files, half of them gzipped, and send them in a"
                             " random order in one command; after --shuffled each holds rows of the whole day")  # fmt: skip
    parser.add_argument("--twice", action="store_true", help="send everything again after it")
    parser.add_argument("--kill", action="store_true", help="kill -9 of stream and archive")
    parser.add_argument("--clickhouse", metavar="URL|debian",
                        help="a server instead of the embedded database; an URL gets _live or"
                             " _history appended to its database")  # fmt: skip
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    checks = Checks()
    folder = Path(tempfile.mkdtemp(prefix="queuewatch-accept-"))
    try:
        day = read_day(options)
        checks.say(f"{len(day.legs)} legs of {len({leg.queue for leg in day.legs})} queues")
        records = _files(options, folder)
        with ExitStack() as stack:
            url_of = _server(options.clickhouse, folder, stack)
            for feed in options.feed or FEEDS:
                (place := folder / feed).mkdir()
                run = Run(feed, day, place, url_of(feed), checks)
                run.run(records, times=2 if options.twice else 1, kill=options.kill)
                checks.say(f"{feed}: ended")
    except WrongUseError as error:
        print(f"acceptance: {error}", file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{checks.failed} checks failed" if checks.failed else "everything is as expected")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
