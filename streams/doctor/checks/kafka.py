"""Whether Kafka answers and lets us in, what it is, and the room on the disks of its brokers."""

from collections.abc import Iterable
from typing import Any

from kafka.errors import KafkaError
from msgspec import Struct

from streams.admin.broker import AdminError, admin_client
from streams.doctor.check import Check
from streams.doctor.finding import Finding, ok, warn
from streams.doctor.space import room
from streams.doctor.system import System
from streams.plumbing.kafka_problems import no_answer
from streams.plumbing.kafka_refusals import why_refused

_TRIED = 4  # the major version that the tests of every release run with


class Disk(Struct, frozen=True):
    broker: int
    free: int
    total: int


class Cluster(Struct, frozen=True):
    """`fenced` brokers are known and serve nothing. No `disks`: an old broker, or no right to ask."""

    brokers: tuple[int, ...]
    fenced: tuple[int, ...]
    version: tuple[int, ...]
    disks: tuple[Disk, ...]


def ask(system: System) -> Cluster:
    if refusal := why_refused(system.kafka):
        raise AdminError(refusal)
    with admin_client(system.kafka) as client:
        described = client.describe_cluster()
        brokers = [each["broker_id"] for each in described["brokers"]]
        fenced = [each["broker_id"] for each in described["brokers"] if each.get("is_fenced")]
        if not brokers:
            raise AdminError(no_answer(system.kafka))
        version = client.get_broker_version_data(brokers[0]).broker_version
        return Cluster(tuple(brokers), tuple(fenced), tuple(version), tuple(_disks(client)))


def _disks(client: Any) -> Iterable[Disk]:
    try:
        answers = client.describe_log_dirs()
    except KafkaError:
        return  # a right that no process needs
    for answer in answers:
        for each in answer["log_dirs"]:
            if not each["error_code"] and each.get("total_bytes", -1) > 0:
                yield Disk(answer["broker"], each["usable_bytes"], each["total_bytes"])


def judge(system: System, cluster: Cluster) -> Iterable[Finding]:
    version = ".".join(map(str, cluster.version))
    many = "1 broker" if len(cluster.brokers) == 1 else f"{len(cluster.brokers)} brokers"
    yield ok(f"{many} at {system.kafka}, version {version}")
    if cluster.version[0] < _TRIED:
        yield warn(f"version {version} is untried", f"this release is tested with Kafka {_TRIED}")
    for number in cluster.fenced:
        yield warn(f"broker {number} serves nothing (fenced)", "see that broker's log")
    for disk in cluster.disks:
        yield room(f"at broker {disk.broker}", disk.free, disk.total)


def unasked(system: System) -> str:
    return "" if system.kafka else "not asked: see configuration"


CHECK = Check(rank=30, ask=ask, judge=judge, unasked=unasked)
