"""Follows a live platform: reads, sends, writes the position, and reports its health.

Rule 1: the position is written after Kafka has acknowledged everything up to it. If the process ends
in between, the same records are read again and give the same events, which are counted once.
Rule 2: what Kafka did not take is not kept in memory but read again from the position. A platform that
cannot be read again (`survives_kafka` is False) ends with the error instead.
"""

import os
from collections.abc import Callable
from typing import Protocol, TextIO

from producers.contract import LiveReader, LiveSource
from producers.open_delivery import FollowedDelivery
from producers.position import Positions
from producers.progress import Progress
from producers.publisher import AddressError, Publisher, PublishError
from producers.session import LiveCounts, Session, opened
from schemas.deliveries import DeliveryCounts
from schemas.health import Health
from schemas.millis import SECOND

_RETRY_MS = 2 * SECOND  # between two attempts to connect to Kafka
_BEHIND_MS = 10 * SECOND  # not at the end of the input for so long: the state is catching_up


class FollowerClock(Protocol):
    """The wall clock of a follower, and a wait that a signal ends: see `pace.StoppableClock`."""

    @property
    def stopped(self) -> bool: ...
    def now_ms(self) -> int: ...
    def wait(self, duration_ms: int) -> None: ...


class Follower:
    """Follows one live platform; `run` does it.

    `process` is the name in topic `health`, and the prefix of each line written to `stream`.
    """

    def __init__(
        self,
        process: str,
        live: LiveSource,
        positions: Positions,
        connect: Callable[[], Publisher],
        clock: FollowerClock,
        stream: TextIO,
        delivery: FollowedDelivery,
    ) -> None:
        self._delivery = delivery
        self._process, self._live, self._positions = process, live, positions
        self._connect, self._clock, self._stream = connect, clock, stream
        self._started_at = clock.now_ms()
        self._at_end = 0  # when the end of the input was reached last
        self._kafka_problem = ""
        self._problem = ""
        self._session: Session | None = None
        self._first_reading: FirstReading | None = None
        self.counts = LiveCounts()

    def check_position(self) -> None:
        """PositionError for an unusable position, before Kafka is contacted: it may be away for hours."""
        reader, _ = opened(self._live, self._positions, self._say)
        reader.close()

    def run(self) -> None:
        """Return when the clock was stopped or the platform ended; then everything is delivered and noted.

        PositionError: the position cannot be read or written. AddressError: the address is not valid.
        """
        while not self._clock.stopped:
            try:
                with self._connect() as publisher:
                    self._follow(publisher)
                return
            except AddressError:
                raise
            except PublishError as error:
                if not self._live.survives_kafka:
                    raise
                if not self._kafka_problem:
                    self._say(f"{str(error).partition(';')[0]}; tries again until it does")
                self._kafka_problem = str(error)
                self._clock.wait(_RETRY_MS)

    def health(self) -> Health:
        """Called in another thread."""
        now, own = self._clock.now_ms(), self._live.health(self.counts.sent)
        if own is not None:
            state = "catching_up" if own.is_behind else "running"
            ages, totals = own.ages_s, own.totals
        else:
            state = self._state(now)
            ages, totals = self._figures(now)
        return Health(
            process=self._process,
            instance=self._live.instance,
            at=now,
            started_at=self._started_at,
            ready=state == "running",
            state=state,
            pid=os.getpid(),
            detail=self._kafka_problem or self._problem,
            ages_s=ages,
            totals=totals,
        )

    def _figures(self, now: int) -> tuple[dict[str, float], dict[str, int]]:
        """Ages and totals for a platform that has no health of its own."""
        session, ages = self._session, dict[str, float]()
        totals = {"lines": self.counts.records, "strange_lines": self.counts.refused}
        if session is not None:
            totals |= session.reader.figures()
            if session.line_at:
                ages["last_line"] = max(0, now - session.line_at) / SECOND
        return ages, totals

    def _state(self, now: int) -> str:
        if self._kafka_problem:
            return "waiting_for_kafka"
        if self._problem:
            return "waiting_for_file"
        if self._session is None:
            return "starting"
        return "running" if now - self._at_end <= _BEHIND_MS else "catching_up"

    def _follow(self, publisher: Publisher) -> None:
        now = self._clock.now_ms
        session = Session(self._live, self._positions, publisher, self.counts, self._say)
        first_reading = self._first_reading = FirstReading(session.reader, self._stream)
        self._session = session
        try:
            while not (self._clock.stopped or session.reader.has_ended):
                read_at = now()
                self._delivery.tell(publisher, self._counted(), read_at)
                found_some = session.step(read_at)
                self._say_once(session.reader.problem)
                session.hand_over(now)
                if self._kafka_problem:
                    self._kafka_problem = ""
                    self._say("Kafka answers again")
                if found_some:
                    first_reading.goes_on()
                    continue
                first_reading.close()
                self._at_end = read_at
                self._clock.wait(self._live.poll_ms)
            session.hand_over(now, at_once=True)
            self._delivery.end(publisher, self._counted(), now())
        finally:
            first_reading.close()
            session.close()

    def _counted(self) -> DeliveryCounts:
        counts = self.counts
        return DeliveryCounts(
            records=counts.records, events=counts.sent.events, refused=counts.refused
        )

    def _say_once(self, problem: str) -> None:
        if problem and problem != self._problem:
            self._say(f"{problem}; waits for it")
        elif self._problem and not problem:
            self._say(f"{self._live.name} is there")
        self._problem = problem

    def _say(self, text: str) -> None:
        line = f"{self._process}: {text}\n"
        if self._first_reading is not None:
            self._first_reading.say(line)
        else:
            self._stream.write(line)
            self._stream.flush()


class FirstReading:
    """Shows the progress of reading what was there at the start; shows nothing after that."""

    def __init__(self, reader: LiveReader, stream: TextIO) -> None:
        self._reader, self._stream = reader, stream
        self._progress: Progress | None = None
        self._is_over = False

    def goes_on(self) -> None:
        so_far = None if self._is_over else self._reader.read_so_far()
        if so_far is None:
            return
        if self._progress is None:
            self._progress = Progress(so_far.label, so_far.total, so_far.unit, self._stream)
        self._progress.move_to(so_far.done)

    def say(self, line: str) -> None:
        if self._progress is not None:
            self._progress.say(line)
        else:
            self._stream.write(line)
            self._stream.flush()

    def close(self) -> None:
        self._is_over = True
        if self._progress is not None:
            self._progress.close()
            self._progress = None
