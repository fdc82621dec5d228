"""A part of the benchmark, and the run that it is measured in. A new part is one file with `PART`, and its line in `__main__.py`."""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec import Struct

from schemas.topics import DEFAULT_PARTITIONS
from streams.local.kafka import LocalKafka
from tests.bench import traffic
from tests.support import services
from tests.support.line import Line

Row = tuple[str, str, str]


class Bench:
    """What was measured so far, and where. As a context: its Kafka and its folder are gone with it."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.figures: dict[str, Any] = {}
        self.rows: list[Row] = []
        self.load_before = os.getloadavg()[0]
        self.folder = Path(tempfile.mkdtemp(prefix="queuewatch-bench-"))
        self._began = time.monotonic()
        self._broker: LocalKafka | None = None
        self._repeated: dict[str, list[float]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        if self._broker is not None:
            self._broker.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def is_whole(self) -> bool:
        """All parts are measured, not one alone."""
        return self.options.only is None

    @property
    def took_s(self) -> float:
        return time.monotonic() - self._began

    @property
    def bootstrap(self) -> str:
        """Of one Kafka for all parts; it begins with the first that asks."""
        if self._broker is None:
            self._broker = services.start_kafka(self.folder / "kafka")
        return self._broker.place.bootstrap

    @property
    def kafka_pid(self) -> int:
        """Of a Kafka that a part has asked for."""
        assert self._broker is not None
        return self._broker.pid

    def place(self, name: str) -> Path:
        """A folder of that part."""
        (place := self.folder / name).mkdir()
        return place

    def line(self, name: str, queues: str | None = None) -> Line:
        """A namespace of that part; `queues`: its queues.toml, else one of as many queues as were asked for."""
        text = queues or traffic.queues_toml(self.options.queues)
        return Line(self.bootstrap, self.place(name), text, partitions=DEFAULT_PARTITIONS)

    def take(self, figures: Mapping[str, Any], rows: Iterable[Row]) -> None:
        """`figures` as they stand in build/bench.json, `rows` as they are printed."""
        self.figures |= figures
        for name, value, what in rows:
            self.row(name, value, what)

    def note(self, name: str, value: float, what: str) -> None:
        self.figures[name] = round(value, 3)
        self.row(name, f"{value:,.0f}", what)

    def repeated(self, name: str, value: float, what: str) -> None:
        """One of several values of a figure, which is their median."""
        values = self._repeated.setdefault(name, [])
        values.append(value)
        self.figures[name] = round(statistics.median(values), 3)
        self.row(name, f"{value:,.1f}" if value < 1_000 else f"{value:,.0f}", what)

    def row(self, name: str, value: str, what: str = "") -> None:
        self.rows.append((name, value, what))
        print(f"  {name}: {value}  {what}", flush=True)

    def tell(self, of: str, step: str) -> None:
        """Say where it stands: nobody shall wait for a step that does not come."""
        print(f"  {self.took_s:6.0f} s  {of}: {step}", flush=True)


def _no_options(_: argparse.ArgumentParser) -> None:
    """A part that has none of its own."""


class Part(Struct, frozen=True):
    """`measure` hands its figures to the run. `is_of_all`: a run of all parts has it. `is_kept`: measured alone, its figures are put
    beside those of the last run of all parts; they begin with its name.
    """

    name: str
    measure: Callable[[Bench], None]
    add_options: Callable[[argparse.ArgumentParser], None] = _no_options
    is_of_all: bool = True
    is_kept: bool = False
