"""The options of a worker, and limits that several of its modules share."""

from dataclasses import dataclass

from schemas.groups import reports_group, stream_group, transactional_id
from schemas.topics import topic_name
from streams.plumbing.door import OPEN, Door

INPUTS = ("calls", "agents")  # one unit per partition of each
REPORTS = "reports"  # the same, but not an input of the group (streams.wiring.reports_feed)
ACROSS = "across"  # what the unit of `reports` tells all workers (streams.wiring.across_feed)
BACKLOG = (
    20_000  # records of lag; with more, catching up goes before snapshots and small checkpoints
)
_REBUILT_WITHIN_S = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """`instance` is the worker's static name in the group.

    Two live workers of one name take the partitions from each other again and again.
    """

    bootstrap: str
    namespace: str = ""
    instance: str = "stream-1"
    bind: str = "127.0.0.1"
    metrics_port: int = 9101
    door: Door = OPEN  # of /metrics
    checkpoint_every_s: float = 0.25
    session_s: float = 10.0
    static_member: bool = True  # keeps its partitions over a restart within the session
    transaction_s: float = 30.0  # without this limit aiokafka would retry for ever
    stuck_after_s: float = 30.0  # the process ends when its event loop has not run for so long
    recovery_s: float = 120.0  # without this limit a missing topic would block a reader for ever
    rebuild_state: bool = False  # rebuild the state of each partition of `calls` and `reports` once, when it is assigned

    @property
    def recovered_within_s(self) -> float:
        """The limit of a recovery; longer with a rebuild, which may replay a week of events for hours."""
        return _REBUILT_WITHIN_S if self.rebuild_state else self.recovery_s

    @property
    def group(self) -> str:
        """The consumer group of every worker."""
        return stream_group(self.namespace)

    @property
    def reports_group(self) -> str:
        """Holds how far `reports` is read. It has no members."""
        return reports_group(self.namespace)

    def topic(self, name: str) -> str:
        return topic_name(name, self.namespace)

    def transactional_id(self, name: str, partition: int) -> str:
        return transactional_id(self.namespace, name, partition)
