"""The folders and ports of the local broker, and its settings: the text of `server.properties`."""

import base64
import uuid
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class KafkaPlace:
    """The broker's data folder, the folder of its jars, and its two ports on loopback."""

    data: Path
    libs: Path
    port: int
    controller_port: int

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def storage(self) -> Path:
        return self.data / "logs"

    @property
    def log(self) -> Path:
        return self.data / "kafka.log"

    @property
    def properties(self) -> Path:
        return self.data / "server.properties"


def server_properties(place: KafkaPlace) -> str:
    """The text of `server.properties`: one node that is broker and controller, loopback only."""
    values = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{place.controller_port}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listeners": f"PLAINTEXT://{HOST}:{place.port},CONTROLLER://{HOST}:{place.controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{place.port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        # A backslash starts an escape in a properties file.
        "log.dirs": str(place.storage).replace("\\", "\\\\"),
        # A misspelt topic must be an error, not a new topic with the wrong number of partitions.
        "auto.create.topics.enable": "false",
        # Members join one at a time here; waiting for more would delay each start by 3 s.
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        # After a `kill -9` the node waits until its own former session has expired: 9 s by default.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        # One node can hold one copy only, and the default of 50 partitions would slow the start.
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "share.coordinator.state.topic.num.partitions": "4",
        # Of one machine; the defaults are for servers with many disks, and each thread wakes up to look for work.
        "num.network.threads": "2",
        "num.io.threads": "4",
        "background.threads": "4",
        # The default takes a quarter of our heap. This size compacts a million keys in one pass.
        "log.cleaner.dedupe.buffer.size": str(32 * 1024 * 1024),
    }
    return "".join(f"{key}={value}\n" for key, value in values.items())


def new_cluster_id() -> str:
    """A random id as Kafka writes it: 16 bytes, URL-safe base64, 22 characters."""
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not text.startswith("-"):  # the storage tool would read it as an option
            return text
