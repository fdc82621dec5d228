"""Kafkas for tests: one or several nodes of one cluster, open or with TLS, SASL and rights.

Each node has three doors on loopback: INTERNAL, open, which only the nodes and the tests use (who comes in
there is the super user); TLS, for clients with a certificate of their own; SASL, TLS with a password or token.
"""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import trustme
from cryptography.hazmat.primitives import serialization

from streams.local.kafka import free_ports, read_classes, serves
from streams.local.kafka_place import HOST, new_cluster_id
from tests.support.services import KAFKA_LIBS, Server

SUPER_USER = "queuewatch-tests"  # the tests themselves, at the door SASL
_SASL = "org.apache.kafka.common.security"


@dataclass(frozen=True)
class Certificates:
    """PEM files of an authority of the tests: what a client trusts, and what a client shows."""

    folder: Path
    authority: trustme.CA

    @classmethod
    def made(cls, folder: Path) -> "Certificates":
        folder.mkdir(parents=True, exist_ok=True)
        made = cls(folder, trustme.CA())
        made.authority.cert_pem.write_to_path(str(made.ca))
        return made

    def renewed(self) -> "Certificates":
        """Another authority with the same files: what it issues takes the place of what was there."""
        return Certificates.made(self.folder)

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    def of(self, name: str, **given: object) -> tuple[Path, Path]:
        """The certificate (with its chain) and the key of `name`, also of a server on loopback."""
        issued = self.authority.issue_cert(HOST, "localhost", common_name=name, **given)  # type: ignore[arg-type]
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        key.write_bytes(issued.private_key_pem.bytes())
        return certificate, key

    def locked(self, key: Path, password: str) -> Path:
        """The same key, of which nothing can be read without the password."""
        loaded = serialization.load_pem_private_key(key.read_bytes(), None)
        locked = self.folder / "locked.key"
        locked.write_bytes(
            loaded.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(password.encode()),
            )
        )
        return locked

    def keystore_of(self, name: str) -> Path:
        """Key and certificate in one file, as a broker wants them."""
        certificate, key = self.of(name)
        store = self.folder / f"{name}.keystore.pem"
        store.write_bytes(_pkcs8(key) + certificate.read_bytes())
        return store


def _pkcs8(key: Path) -> bytes:
    """Kafka reads PKCS 8 only; trustme writes what OpenSSL calls traditional."""
    loaded = serialization.load_pem_private_key(key.read_bytes(), None)
    return loaded.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@dataclass
class KafkaNode:
    """One node. `internal`, `tls` and `sasl` are its addresses; the last two exist with certificates only."""

    number: int
    folder: Path
    ports: Mapping[str, int]
    server: Server = field(init=False)

    @property
    def internal(self) -> str:
        return f"{HOST}:{self.ports['INTERNAL']}"

    @property
    def tls(self) -> str:
        return f"{HOST}:{self.ports['TLS']}"

    @property
    def sasl(self) -> str:
        return f"{HOST}:{self.ports['SASL']}"


class KafkaNodes:
    """A cluster of `count` nodes, each of them broker and controller; a context manager."""

    def __init__(
        self,
        folder: Path,
        count: int = 1,
        certificates: Certificates | None = None,
        passwords: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`passwords` by user: of PLAIN and of both SCRAMs. `settings` override those of server.properties here."""
        self._certificates = certificates
        self._passwords = dict(passwords or {})
        self._settings = dict(settings or {})
        ports = free_ports(4 * count)
        names = ("INTERNAL", "CONTROLLER", "TLS", "SASL")
        self.nodes = [
            KafkaNode(
                n + 1, folder / f"node-{n + 1}", dict(zip(names, ports[4 * n :], strict=False))
            )
            for n in range(count)
        ]

    @property
    def internal(self) -> str:
        return ",".join(node.internal for node in self.nodes)

    @property
    def bootstrap(self) -> str:
        """The door for passwords, where there is one."""
        return self.sasl if self._certificates else self.internal

    @property
    def sasl(self) -> str:
        return ",".join(node.sasl for node in self.nodes)

    @property
    def tls(self) -> str:
        return ",".join(node.tls for node in self.nodes)

    def __enter__(self) -> Self:
        identity = new_cluster_id()
        for node in self.nodes:
            self._format(node, identity)
        for node in self.nodes:
            self._make_server(node)
        # A node alone has no majority and is not ready before the others have begun.
        for node in self.nodes:
            node.server.begin()
        for node in self.nodes:
            node.server.wait_until_ready()
        return self

    def renew(self, certificates: Certificates) -> None:
        """All nodes show, and trust, what these issue from their next start on."""
        self._certificates = certificates
        for node in self.nodes:
            certificates.keystore_of(f"node-{node.number}")

    def __exit__(self, *_: object) -> None:
        for node in self.nodes:
            if hasattr(node, "server"):
                node.server.kill()

    def _make_server(self, node: KafkaNode) -> None:
        port = node.ports["INTERNAL"]
        node.server = Server(
            f"kafka node {node.number}",
            [
                *java(),
                "-Xmx384m",
                *read_classes(KAFKA_LIBS),
                *CLASSES,
                "kafka.Kafka",
                str(node.folder / "server.properties"),
            ],
            lambda: serves(port),
            node.folder / "kafka.log",
        )

    def _format(self, node: KafkaNode, identity: str) -> None:
        node.folder.mkdir(parents=True, exist_ok=True)
        path = node.folder / "server.properties"
        path.write_text("".join(f"{k}={v}\n" for k, v in self._properties(node).items()))
        command = [
            *java(),
            *read_classes(KAFKA_LIBS),
            *CLASSES,
            "kafka.tools.StorageTool",
            "format",
            "-t",
            identity,
        ]
        command += ["-c", str(path)]
        for user, password in self._passwords.items():
            for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
                command += ["--add-scram", f"{mechanism}=[name={user},password={password}]"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def _properties(self, node: KafkaNode) -> dict[str, str]:
        doors = ["INTERNAL"] + (["TLS", "SASL"] if self._certificates else [])
        copies = str(len(self.nodes))
        least = str(max(1, len(self.nodes) - 1))
        values = {
            "process.roles": "broker,controller",
            "node.id": str(node.number),
            "controller.quorum.voters": ",".join(
                f"{each.number}@{HOST}:{each.ports['CONTROLLER']}" for each in self.nodes
            ),
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "INTERNAL",
            "listeners": ",".join(
                f"{door}://{HOST}:{node.ports[door]}" for door in [*doors, "CONTROLLER"]
            ),
            "advertised.listeners": ",".join(
                f"{door}://{HOST}:{node.ports[door]}" for door in doors
            ),
            "listener.security.protocol.map": "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,TLS:SSL,SASL:SASL_SSL",
            "log.dirs": str(node.folder / "logs"),
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "1000",
            "broker.session.timeout.ms": "3000",
            "broker.heartbeat.interval.ms": "500",
            "offsets.topic.num.partitions": "4",
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.num.partitions": "4",
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": least,
            "min.insync.replicas": least,
            "log.cleaner.dedupe.buffer.size": str(32 * 1024 * 1024),
        }
        return values | (self._security(node) if self._certificates else {}) | self._settings

    def _security(self, node: KafkaNode) -> dict[str, str]:
        assert self._certificates is not None
        store = self._certificates.keystore_of(f"node-{node.number}")
        users = " ".join(f'user_{name}="{word}"' for name, word in self._passwords.items())
        sasl = "listener.name.sasl"
        return {
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(store),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self._certificates.ca),
            "listener.name.tls.ssl.client.auth": "required",
            "listener.name.tls.ssl.principal.mapping.rules": r"RULE:^.*CN=([^,]+).*$/$1/",
            f"{sasl}.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
            f"{sasl}.plain.sasl.jaas.config": f"{_SASL}.plain.PlainLoginModule required {users};",
            f"{sasl}.scram-sha-256.sasl.jaas.config": f"{_SASL}.scram.ScramLoginModule required;",
            f"{sasl}.scram-sha-512.sasl.jaas.config": f"{_SASL}.scram.ScramLoginModule required;",
            # Tokens without a signature: what is tested is that ours brings one and renews it.
            f"{sasl}.oauthbearer.sasl.jaas.config": f"{_SASL}.oauthbearer.OAuthBearerLoginModule"
            ' required unsecuredLoginStringClaim_sub="broker";',
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:ANONYMOUS;User:{SUPER_USER}",
        }


CLASSES = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-cp",
    f"{KAFKA_LIBS}/*",
)


def java() -> list[str]:
    java = shutil.which("java")
    assert java, "java is missing: install openjdk-17-jre-headless"
    return [java]
