"""The system that is examined, as the options and the environment name it. Nothing here is a secret."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from streams.plumbing.http_config import HttpConfig
from streams.sinks.clickhouse.address import ServerAddress


class System(Struct, frozen=True, kw_only=True):
    """`mistakes` were found while the options were read; what they concern is not asked.

    An address that is "" was not given: that server is not part of the system, or nobody said where it is.
    """

    mistakes: tuple[str, ...] = ()
    variables: Mapping[
        str, str
    ] = {}  # QUEUEWATCH_… of the environment that no command knows, and the likeliest
    secret_files: tuple[Path, ...] = ()
    data: Path = Path(".queuewatch")
    kafka: str = ""
    kafka_config: Path | None = None
    namespace: str = ""
    user: str = ""  # whose rights are asked for; "": whatever they suffice for
    clickhouse: ServerAddress | None = None
    query_port: int = 0  # of the embedded archive
    queues_file: Path | None = None
    access_file: Path | None = None
    http: Mapping[str, HttpConfig] = {}  # by alertmanager, prometheus: how it lets us in
    alertmanager: str = ""
    prometheus: str = ""
    board: str = ""
    runbooks: str = ""
    version: str = ""
