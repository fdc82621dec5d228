"""Hypothesis profiles, and the servers that integration, chaos and browser tests share.

The fixtures are lazy: a run that selects no test with a server starts none. They stand here, and not
in the three directories, so that one run has one broker.
"""

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from streams.local.kafka import LocalKafka
from tests.chaos.scale import IS_REAL, IS_SECURED
from tests.support import forked, services

# No test asserts a speed, hence no deadline. CI draws the same examples in each run: what more of them cost is
# paid each time, and they can find something new only where the code has changed. `deep` and `make fuzz` look for what is rare.
settings.register_profile("default", deadline=None, max_examples=40, derandomize="CI" in os.environ)
settings.register_profile("deep", deadline=None, max_examples=2000)
settings.register_profile("fuzz", deadline=None, max_examples=1000, print_blob=True)
# `make mutants`: the same few examples for each mutant; which one fails first is enough.
settings.register_profile(
    "mutants", deadline=None, max_examples=15, derandomize=True, database=None,
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
settings.load_profile("default")

pytest_plugins = ["tests.support.in_part", "tests.support.left_signals"]

# No Kafka of a test lives so long that Java's second compiler is worth its work: that was 40 % of what a start costs.
# `make chaos` takes the program as it is.
if os.environ.get("QUEUEWATCH_CHAOS") != "real":
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
    forked.is_in_use = True


# Finding tests makes what lives to the end: looking through it for garbage was a seventh of what finding costs.
gc.disable()


def pytest_collection_finish() -> None:
    """What the tests leave behind is collected as ever."""
    gc.freeze()
    gc.enable()


_LEFT_OUT = pytest.StashKey[list[str]]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What only `make chaos` runs, or only an open Kafka can show, is left out and said to be."""
    names = [
        name
        for name, is_run in (("real_only", IS_REAL), ("open_only", not IS_SECURED))
        if not is_run
    ]
    left_out = [each for each in items if any(map(each.get_closest_marker, names))]
    config.stash[_LEFT_OUT] = [each.nodeid for each in left_out]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [each for each in items if each not in left_out]


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """One broker for the run: `kafka.place.bootstrap`. Topics and groups: `names.unique`."""
    broker = services.start_kafka(tmp_path_factory.mktemp("kafka"))
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def clickhouse_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[services.ClickHouse]:
    """One ClickHouse for the run, of Debian's version. Databases: `names.unique`."""
    database = services.clickhouse(tmp_path_factory.mktemp("clickhouse"))
    with database.server:
        yield database


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if names := terminalreporter.config.stash.get(_LEFT_OUT, []):
        terminalreporter.section("left out of this form; `make chaos` runs them all")
        for name in names:
            terminalreporter.line(name)
    if services.started:
        terminalreporter.section("servers started")
        for name, took_s in services.started:
            terminalreporter.line(f"{name}: ready after {took_s:.1f} s")
