"""Topic `health`: one record each 2 s and process: what `status`, `drain` and the board's /healthz read."""

from msgspec import Struct

STALLED = "stalled"  # a state: records lie ahead, and none is taken
HEALTH_EVERY_MS = 2_000
HEALTH_STALE_MS = 10_000  # five records missed: the process is taken for gone


class Health(Struct, frozen=True, gc=False, omit_defaults=True):
    """Positions and lags are by `topic-partition`; a position is the next offset to be read."""

    process: str  # stream, archive, notify, board, up, or the platform that is followed
    instance: str  # several workers of one process differ here
    at: int
    started_at: int
    ready: bool
    state: str  # one word: starting, recovering, running, waiting_for_kafka, blocked …
    detail: str = ""  # one line for people where something is wrong
    version: str = ""
    pid: int = 0
    positions: dict[str, int] = {}
    lag_records: dict[str, int] = {}
    lag_s: dict[str, float] = {}  # how old what is applied is, where more waits
    ages_s: dict[str, float] = {}  # checkpoint, last_event, last_insert …
    totals: dict[str, int] = {}
    unexplained_legs: dict[str, int] = {}  # by queue (stream)
