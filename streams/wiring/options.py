"""What a worker is started with, and the settings that were measured."""

from dataclasses import dataclass

from schemas.topics import topic_name

INPUTS = ("calls", "agents")  # one unit per partition of each
BACKLOG = 20_000  # records of lag: with more, catching up comes before everything else
_REBUILT_WITHIN_S = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """`instance` is the static member of the group: two live workers of one name shut each other out."""

    bootstrap: str
    namespace: str = ""
    instance: str = "stream-1"
    bind: str = "127.0.0.1"
    metrics_port: int = 9101
    checkpoint_every_s: float = 0.25
    session_s: float = 10.0
    static_member: bool = True  # keeps its partitions over a restart within the session
    transaction_s: float = 30.0  # a limit of ours: aiokafka retries for ever
    stuck_after_s: float = 30.0  # an event loop that stands still for so long ends the process
    recovery_s: float = 120.0  # a missing topic would hang a reader for ever
    rebuild_state: bool = False  # make the state of `calls` anew, once, when its partitions come

    @property
    def recovered_within_s(self) -> float:
        """A replay of a week of events may take hours."""
        return _REBUILT_WITHIN_S if self.rebuild_state else self.recovery_s

    @property
    def group(self) -> str:
        """The consumer group of every worker."""
        return f"{self.namespace}queuewatch-stream"

    def topic(self, name: str) -> str:
        return topic_name(name, self.namespace)

    def transactional_id(self, name: str, partition: int) -> str:
        return f"{self.namespace}queuewatch-{name}-{partition}"
