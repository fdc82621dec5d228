"""`send queue-log --follow`: a queue_log that grows, into Kafka as live traffic.

Rule 1: the position is noted after Kafka has everything that was read up to it. Whatever ends the
process in between, the same lines are read again and give the same events, which count once.
Rule 2: what Kafka did not take is read again from the position; nothing is kept to be sent later.
"""

import os
from collections.abc import Callable
from typing import TextIO

from producers.asterisk.lines import parse_line
from producers.asterisk.position import PositionFile
from producers.asterisk.session import Log, Session, Tally
from producers.generations import Generation
from producers.input_file import InputFileError
from producers.pace import Clock
from producers.progress import Progress
from producers.publisher import AddressError, Publisher, PublishError
from schemas.health import Health
from schemas.millis import SECOND

_POLL_MS = 250
_AGAIN_MS = 2 * SECOND  # until Kafka is asked again
_BEHIND_MS = 10 * SECOND  # without having come to the end of the file


class Follower:
    """`run` returns when the clock was stopped; what was read is delivered and noted then."""

    def __init__(
        self, log: Log, file: PositionFile, connect: Callable[[], Publisher], clock: Clock,
        stream: TextIO,
    ) -> None:  # fmt: skip
        self._log, self._file, self._connect = log, file, connect
        self._clock, self._stream = clock, stream
        self._started_at = clock.now_ms()
        self._at_end = 0  # when the end of the file was seen last
        self._kafka_problem = ""
        self._file_problem = ""
        self._session: Session | None = None
        self.tally = Tally()

    def run(self) -> None:
        """PositionError when the position cannot be read or written; AddressError for a wrong address."""
        while not self._clock.stopped:
            try:
                with self._connect() as publisher:
                    self._follow(publisher)
            except AddressError:
                raise
            except PublishError as error:
                if not self._kafka_problem:
                    self._say(f"{str(error).partition(';')[0]}; tries again until it does")
                self._kafka_problem = str(error)
                self._clock.wait(_AGAIN_MS)

    def health(self) -> Health:
        now, session = self._clock.now_ms(), self._session
        totals = {"lines": self.tally.lines, "strange_lines": self.tally.strange}
        ages: dict[str, float] = {}
        if session is not None:
            totals |= {"read_to": session.read_to, "unread_bytes": session.unread_bytes}
            if session.line_at:
                ages["last_line"] = max(0, now - session.line_at) / SECOND
        state = self._state(now)
        return Health(
            process="queue-log", instance=self._log.source, at=now, started_at=self._started_at,
            ready=state == "running", state=state, pid=os.getpid(),
            detail=self._kafka_problem or self._file_problem, ages_s=ages, totals=totals,
        )  # fmt: skip

    def _state(self, now: int) -> str:
        if self._kafka_problem:
            return "waiting_for_kafka"
        if self._file_problem:
            return "waiting_for_file"
        if self._session is None:
            return "starting"
        return "running" if now - self._at_end <= _BEHIND_MS else "catching_up"

    def _follow(self, publisher: Publisher) -> None:
        now = self._clock.now_ms
        session = Session(self._log, self._file, publisher, self.tally, self._say)
        way = Way(session, self._stream)
        self._session = session
        try:
            while not self._clock.stopped:
                read_at = now()
                found_some = session.step(read_at)
                self._say_once(session.problem)
                session.deliver(now)
                if self._kafka_problem:
                    self._kafka_problem = ""
                    self._say("Kafka answers again")
                if found_some:
                    way.goes_on()
                    continue
                way.close()
                self._at_end = read_at
                self._clock.wait(_POLL_MS)
            session.deliver(now, at_once=True)
        finally:
            way.close()
            session.close()

    def _say_once(self, problem: str) -> None:
        if problem and problem != self._file_problem:
            self._say(f"{problem}; waits for it")
        elif self._file_problem and not problem:
            self._say(f"{self._log.path} is there")
        self._file_problem = problem

    def _say(self, text: str) -> None:
        self._stream.write(f"queue-log: {text}\n")
        self._stream.flush()


class Way:
    """How far the reading of what lay there at the start has come; quiet once it is done."""

    def __init__(self, session: Session, stream: TextIO) -> None:
        self._session, self._stream = session, stream
        self._progress: Progress | None = None
        self._is_over = False

    def goes_on(self) -> None:
        if self._is_over:
            return
        session = self._session
        if self._progress is None:
            total = session.read_to + session.unread_bytes
            self._progress = Progress("reading", max(1, total), "B", self._stream)
        self._progress.move_to(session.read_to)

    def close(self) -> None:
        self._is_over = True
        if self._progress is not None:
            self._progress.close()
            self._progress = None


def check_log(log: Log) -> None:
    """InputFileError for what is there and no growing queue_log; what is not there yet may come."""
    path = log.path
    try:
        start = Generation(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise InputFileError(f"{path}: {error.strerror or error}") from None
    try:
        if start.is_packed:
            raise InputFileError(f"{path}: gzipped, so it does not grow: leave out --follow")
        whole = start.head.split(b"\n")[:-1]
        texts = [line.decode("utf-8", "backslashreplace") for line in whole]
        if any(text.strip() for text in texts) and not any(map(parse_line, texts)):
            raise InputFileError(
                f"{path}: no queue_log; expected lines such as epoch|callid|queue|agent|VERB|…"
            )
    finally:
        start.close()
