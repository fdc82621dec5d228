"""One Kafka with TLS, passwords and rights for the tests of this folder."""

from collections.abc import Iterator

import pytest
from msgspec import Struct

from tests.support.kafka_nodes import Certificates, KafkaNodes
from tests.support.secured import PASSWORDS

# As `stream` is by default: nothing here is about a worker that gives up early.
PATIENT = ("--session", "10s", "--checkpoint-within", "30s", "--stuck-after", "30s")


class Secured(Struct, frozen=True):
    nodes: KafkaNodes
    certificates: Certificates


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("secured")
    certificates = Certificates.made(folder / "certificates")
    with KafkaNodes(folder / "kafka", 1, certificates, PASSWORDS) as nodes:
        yield Secured(nodes, certificates)
