"""How hard, how long, and on which Kafka: the short form runs in `make test`, the real one in `make chaos`.

The only place that asks which one it is. Short times are the same mechanisms with shorter waits: the
product's own waits are options of its processes, and shrink with them.
"""

import os
import signal
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Scale:
    """Loads and times of one form; `…_s` are seconds."""

    legs: int  # of a case whose load is not its point; a leg is three or four events
    agents: int  # of a case in which agents work beside the calls; each tells some hundred states
    queues: int  # of the shared system; every case takes some for itself
    queues_killed: int  # of the case that kills a worker again and again
    legs_killed: int  # of the case that kills a worker again and again
    kills: int
    legs_rebuilt: (
        int  # of the case that makes the state anew; the log holds those of other cases besides
    )
    partitions: int
    workers: tuple[int, ...]  # how many share the partitions
    session_s: float
    checkpoint_within_s: float
    stuck_after_s: float
    kafka_outages: tuple[tuple[signal.Signals, float], ...]  # what hits the broker, and how long
    database_away_s: float
    database_slow_s: float
    malformed: int
    hurried: bool  # groups of alerts wait 1 s in place of 10 (tests/support/hurried.py)
    within_s: float  # how long the judge waits for everything to be archived

    @property
    def worker_options(self) -> list[str]:
        """What makes `queuewatch stream` give up as early as this form needs."""
        return [
            "--session", f"{self.session_s:g}s", "--stuck-after", f"{self.stuck_after_s:g}s",
            "--checkpoint-within", f"{self.checkpoint_within_s:g}s",
        ]  # fmt: skip


_SHORT = Scale(
    legs=200, agents=10, queues=80, queues_killed=4, legs_killed=900, kills=3, legs_rebuilt=400, partitions=2, workers=(2,), session_s=3.0,
    checkpoint_within_s=3.0, stuck_after_s=2.0, kafka_outages=((signal.SIGSTOP, 1.0), (signal.SIGTERM, 5.0)), database_away_s=2.0,
    database_slow_s=3.0, malformed=500, hurried=True, within_s=90.0,
)  # fmt: skip
_REAL = Scale(
    legs=5_000, agents=100, queues=200, queues_killed=60, legs_killed=150_000, kills=20, legs_rebuilt=50_000, partitions=8, workers=(2, 3, 4), session_s=10.0,
    checkpoint_within_s=30.0, stuck_after_s=30.0, kafka_outages=(
        (signal.SIGSTOP, 5.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 60.0), (signal.SIGSTOP, 60.0),
    ), database_away_s=60.0,
    database_slow_s=90.0, malformed=100_000, hurried=False, within_s=900.0,
)  # fmt: skip

IS_REAL = os.environ.get("QUEUEWATCH_CHAOS") == "real"
_KAFKA = os.environ.get("QUEUEWATCH_CHAOS_KAFKA", "open")
assert _KAFKA in {"open", "secured"}, f"QUEUEWATCH_CHAOS_KAFKA is open or secured, not {_KAFKA}"
IS_SECURED = _KAFKA == "secured"  # with TLS, passwords and rights (tests/support/secured.py)
SCALE = _REAL if IS_REAL else _SHORT
# Long, with little that the short form of others does not show: `make chaos` runs them, `make test` names them.
real_only = pytest.mark.real_only
open_only = pytest.mark.open_only  # it stands on the broker that ships with `up`, which is open
