"""Each value of each parameter is asked of each database, and the server is asked for all."""

import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from tests.support.in_part import Place, is_asked
from tests.support.services import ROOT

DATABASES = ("embedded", "server, rolled up")


@pytest.mark.parametrize("sizes", [(2, 2), (4, 3), (3, 4), (5, 4), (2, 3), (4,), (5,), (2,)])
def test_each_value_comes_up_once_of_each_database(sizes: tuple[int, ...]) -> None:
    all_of = [
        tuple(Place(number, of) for number, of in zip(numbers, sizes, strict=True))
        for numbers in product(*map(range, sizes))
    ]
    asked = {
        database: {places for places in all_of if is_asked(database, places)}
        for database in DATABASES
    }
    if len(sizes) == 1:
        assert asked["embedded"] | asked["server, rolled up"] == set(all_of)
    else:
        for of_one in asked.values():
            for dimension, size in enumerate(sizes):
                assert {places[dimension].number for places in of_one} == set(range(size))
    assert not asked["embedded"] & asked["server, rolled up"]
    assert all(is_asked("server", places) for places in all_of)


def test_without_parameters_the_server_alone_is_asked() -> None:
    assert [is_asked(each, ()) for each in ("server", *DATABASES)] == [True, False, False]


ASKED = """
import pytest

@pytest.fixture(params=["embedded", "server", "server, rolled up"])
def archive(request): return request.param

@pytest.mark.in_part
@pytest.mark.parametrize("by", ["queue", "all"])
@pytest.mark.parametrize(("length", "text"), [("month", "1"), ("day", "2")])
def test_asked(archive, by, length, text): ...

@pytest.mark.in_part
@pytest.mark.parametrize("kind", ("embedded", "server"))
def test_alone(kind): ...
"""


def test_the_combinations_that_are_left_to_the_real_form_are_marked(tmp_path: Path) -> None:
    (tmp_path / "test_asked.py").write_text(ASKED)
    command = [
        sys.executable, "-m", "pytest", "-p", "tests.support.in_part", "-m", "not real_only", "--collect-only", "-q",
        "-c", "/dev/null", "--rootdir", str(tmp_path), "-p", "no:cacheprovider", str(tmp_path),
    ]  # fmt: skip
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    asked = [line.partition("[")[2] for line in said.splitlines() if "::" in line]
    assert sorted(asked) == sorted([
        "embedded-month-1-queue]", "embedded-day-2-all]", "server, rolled up-month-1-all]",
        "server, rolled up-day-2-queue]", "server]",
        *(f"server-{of}-{by}]" for of in ("month-1", "day-2") for by in ("queue", "all")),
    ])  # fmt: skip
