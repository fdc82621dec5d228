"""Topic `health`: one record of each process every 2 s, for `status`, `drain` and /healthz of the board."""

from msgspec import Struct

STALLED = "stalled"  # a value of `state`: records wait, and none is processed
STOPPED = "stopped"  # the last one, of a process that ended in order
# What ours say; one of another release may say others.
STATES = (
    "starting", "recovering", "running", "catching_up", "waiting_for_kafka", "blocked", STALLED, "stopping", STOPPED,
)  # fmt: skip
HEALTH_EVERY_MS = 2_000
HEALTH_STALE_MS = 10_000  # after five missing records the process counts as gone


class Health(Struct, frozen=True, gc=False, omit_defaults=True):
    """Positions and lags are by `topic-partition`; a position is the next offset to be read."""

    process: str  # stream, archive, notify, deliver, board, reports, up, or the platform that is followed
    instance: str  # tells several workers of one process apart
    at: int
    started_at: int
    ready: bool
    state: str  # one word, see STATES
    detail: str = ""  # one line for people if something is wrong
    version: str = ""
    pid: int = 0
    positions: dict[str, int] = {}
    lag_records: dict[str, int] = {}
    lag_s: dict[str, float] = {}  # age of the newest applied record while more records wait
    ages_s: dict[str, float] = {}  # checkpoint, last_event, last_insert …
    totals: dict[str, int] = {}
    unexplained_legs: dict[str, int] = {}  # by queue (stream)
    knows_probes: bool = False  # it reads `calls`, and a probe there is no wrong record to it
