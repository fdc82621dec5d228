"""One Kafka with TLS, passwords and rights for the tests of this folder."""

from collections.abc import Iterator

import pytest
from msgspec import Struct

from tests.support.kafka_nodes import Certificates, KafkaNodes
from tests.support.secured import PASSWORDS


class Secured(Struct, frozen=True):
    nodes: KafkaNodes
    certificates: Certificates


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("secured")
    certificates = Certificates.made(folder / "certificates")
    with KafkaNodes(folder / "kafka", 1, certificates, PASSWORDS) as nodes:
        yield Secured(nodes, certificates)
