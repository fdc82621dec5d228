"""The run that parts of the benchmark are measured in."""

import argparse
from collections.abc import Iterator

import pytest

from tests.bench.__main__ import PARTS
from tests.bench.part import Bench
from tests.support.services import ROOT


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench(argparse.Namespace(only="cost", queues=2)) as run:
        yield run


def test_every_part_is_listed_once() -> None:
    names = [part.name for part in PARTS]
    assert len(set(names)) == len(names)
    files = [path for path in (ROOT / "tests/bench").glob("*.py") if path.name not in ("part.py", "__main__.py")]  # fmt: skip
    assert sum(path.read_text().count(" = Part(") for path in files) == len(PARTS)


def test_a_repeated_figure_is_the_median(bench: Bench) -> None:
    for value in (3.0, 1.0, 2.0):
        bench.repeated("events_per_s", value, "events/s")
    assert bench.figures == {"events_per_s": 2.0}
    assert [value for _, value, _ in bench.rows] == ["3.0", "1.0", "2.0"]


def test_a_part_has_a_folder_that_is_gone_with_the_run() -> None:
    with Bench(argparse.Namespace(only="cost", queues=2)) as run:
        place = run.place("cost")
        assert place.is_dir()
    assert not place.exists()
    assert not run.folder.exists()
