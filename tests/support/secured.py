"""A Kafka as a municipality has it: TLS, passwords, and to each process the least rights.

The tests themselves come in by the same door, as a super user. How a process comes in is looked up by the address
of its Kafka, so that what starts processes need not know which kind it is.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from streams.admin.access import USERS, grant, rights
from streams.plumbing.kafka_config import read_config
from streams.plumbing.kafka_security import KafkaSecurity, in_use, use
from tests.support.kafka_nodes import SUPER_USER, Certificates, KafkaNodes

# `up` is one user for all of its processes.
_NAMES = (*USERS, "up", SUPER_USER.removeprefix("queuewatch-"))
PASSWORDS = {f"queuewatch-{user}": f"password-of-{user}-7f3a" for user in _NAMES}

_files: dict[str, Path] = {}  # by the addresses of a Kafka: where the file of each user lies


@contextmanager
def secured_nodes(
    folder: Path, count: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[KafkaNodes]:
    """Such a Kafka of its own; meanwhile all clients of this process go to it."""
    certificates = Certificates.made(folder / "certificates")
    for user in PASSWORDS:
        written_config(certificates, folder, user)
    with (
        KafkaNodes(folder / "kafka", count, certificates, PASSWORDS, settings) as nodes,
        entered(nodes.sasl, folder),
    ):
        yield nodes


@contextmanager
def entered(bootstrap: str, folder: Path) -> Iterator[None]:
    """Clients of this process are the super user of that Kafka; processes find their files in `folder` by `options`."""
    former = in_use()
    _files[bootstrap] = folder
    use(KafkaSecurity(read_config(folder / f"{SUPER_USER}.properties", {})))
    try:
        yield
    finally:
        use(former)
        del _files[bootstrap]


def written_config(certificates: Certificates, folder: Path, user: str) -> Path:
    """How `user` comes in. The password lies in a file of its own, as a secret of a container does."""
    secret = folder / f"{user}.password"
    secret.write_text(PASSWORDS[user] + "\n")
    file = folder / f"{user}.properties"
    file.write_text(
        f"# how {user} reaches Kafka\n"
        "security.protocol = SASL_SSL\n"
        f"ssl.ca.location = {certificates.ca}\n"
        "sasl.mechanism = SCRAM-SHA-512\n"
        f"sasl.username = {user}\n"
        f"sasl.password.file = {secret}\n"
    )
    return file


def config_of(bootstrap: str, user: str) -> Path | None:
    """The file by which `user` (of streams.admin.access) comes in; None where that Kafka is open."""
    folder = _files.get(bootstrap)
    return None if folder is None else folder / f"queuewatch-{user}.properties"


def options(bootstrap: str, user: str, namespace: str) -> list[str]:
    """How a process is told where its Kafka is."""
    file = config_of(bootstrap, user)
    secured = [] if file is None else ["--kafka-config", str(file)]
    return ["--kafka", bootstrap, *secured, "--namespace", namespace]


def allow(bootstrap: str, namespace: str) -> None:
    """Each user gets the rights of `queuewatch topics acl` for that namespace; nothing where all may do all."""
    if bootstrap in _files:
        grant(rights(namespace), {user: f"User:queuewatch-{user}" for user in USERS}, bootstrap)
