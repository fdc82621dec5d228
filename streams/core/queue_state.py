"""The piece `queue` of a queue in the state topic."""

from msgspec import Struct

from schemas.alerts import RuleName
from streams.core.alerting import Progress
from streams.core.queue_days import Day


class QueueState(Struct, gc=False, array_like=True):
    """What of a queue is neither a leg nor a bucket, as it goes to the state topic."""

    sources: list[str]
    added: list[int]
    reversed: list[int]
    boundary: int | None
    waiting: int
    in_service: int
    days: list[Day]
    progress: dict[RuleName, Progress]
    cut_at: int | None
    cut_emitted: bool
    cut_stale: bool
    replay: bool
    replay_shift_ms: int = 0  # absent in what was written before it was known
