"""Tells rules across queues how far event time has come in one partition of `calls` (topic `reports`)."""

from schemas.codec import encode
from schemas.reports import Passed, record_key
from schemas.timing import STEP_MS
from streams.core.unit import Output
from streams.core.watermark import Clocks, SourceClock


class ReportedClocks:
    """While any queue has a rule across queues (`is_wanted`): once a checkpoint, each clock that passed a 5-second boundary since it was told.

    What was told is not kept over a restart: told twice, a clock changes nothing.
    """

    def __init__(self, partition: int) -> None:
        self.is_wanted = False
        self._partition = partition
        self._told: dict[str, tuple[int, bool, bool]] = {}

    def is_due(self, clocks: Clocks) -> bool:
        """Whether any clock is untold."""
        return self.is_wanted and any(
            self._told.get(source) != _state(known) for source, known in clocks.sources.items()
        )

    def take(self, clocks: Clocks) -> list[Output]:
        if not self.is_wanted:
            return []
        outputs = []
        for source, known in clocks.sources.items():
            if self._told.get(source) != _state(known):
                since = None if source in self._told else known.since
                self._told[source] = _state(known)
                passed = Passed(
                    self._partition, source, known.clock, known.ended, known.replay, since
                )
                outputs.append(Output("reports", record_key(passed), encode(passed)))
        return outputs


def _state(known: SourceClock) -> tuple[int, bool, bool]:
    return known.clock // STEP_MS, known.ended, known.replay
