"""One system for the cases that leave Kafka and the database alone; each has queues of its own."""

from collections.abc import Iterator

import pytest

from tests.chaos.brokers import brokers
from tests.chaos.scale import IS_SECURED, SCALE
from tests.chaos.system import System
from tests.support.services import ClickHouse

# They are no test modules: without this a failure of theirs would not say what it compared.
pytest.register_assert_rewrite(
    *[f"tests.chaos.{name}" for name in ("judge", "judge_agents", "outputs")]
)


@pytest.fixture(scope="session")
def bootstrap(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The Kafka of the run, which no case kills."""
    if IS_SECURED:
        with brokers(tmp_path_factory.mktemp("secured")) as nodes:
            yield nodes.bootstrap
    else:
        yield request.getfixturevalue("kafka").place.bootstrap


@pytest.fixture(scope="session")
def shared(
    bootstrap: str, clickhouse_server: ClickHouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("chaos")
    made = System(bootstrap, clickhouse_server, folder, SCALE.partitions)
    made.archive.start()
    yield made
    made.end()


@pytest.fixture
def system(shared: System) -> Iterator[System]:
    """The shared system. Workers besides the steady one end with the case."""
    yield shared
    if not shared.is_steady():
        for worker in shared.workers:
            worker.kill()
        shared.workers.clear()
