"""The shell around `escalation`: takes the steps that are due, and writes them until Kafka has them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

from msgspec.structs import replace

from schemas.codec import encode
from schemas.commands import Notified, command_key, told_said
from schemas.commands_book import CommandsBook
from schemas.millis import SECOND
from schemas.owners import Owner
from streams.plumbing.backoff import Backoff
from streams.sinks.alertmanager.decide import Known
from streams.sinks.alertmanager.escalation import Reached, due

_log = logging.getLogger(__name__)
_LATE_MS = 5 * SECOND
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 15.0

Write = Callable[[bytes, bytes], Awaitable[str]]


class Escalating:
    """`owners` are those of queues.toml now; `write` puts a record into topic `commands`, and returns "" when it is there.

    A step holds at once, before it is written: who is to be woken does not wait for Kafka. If notify dies in between, the
    step is due again, and is the same alert to Alertmanager.
    """

    def __init__(self, owners: Callable[[], Mapping[str, Owner]], write: Write) -> None:
        self.owners = owners
        self._write = write
        self._unwritten: dict[bytes, Notified] = {}
        self._untold: dict[str, Notified] = {}  # by alert: taken, but Alertmanager has it not yet
        self._news = asyncio.Event()

    def take(
        self, alerts: Iterable[Known], book: CommandsBook, now: int, reached: Reached = None
    ) -> list[Notified]:
        """Take the steps that are due into the book, and return them."""
        taken = due(alerts, book, self.owners(), now, reached)
        for step in taken:
            self._keep(step, book)
            if step.step:
                self._untold[step.alert_id] = step
                _log.info("%s: nobody has it; %s", step.alert_id, told_said(step))
        return taken

    def accepted(self, alert_id: str, book: CommandsBook, now: int) -> None:
        """Alertmanager has the alert, and its newest step with it: where that was late, the time of the next one counts from now."""
        step = self._untold.pop(alert_id, None)
        if step is not None and now - step.at > _LATE_MS:
            self._keep(replace(step, at=now), book)

    def _keep(self, step: Notified, book: CommandsBook) -> None:
        book.apply(step)
        self._unwritten[command_key(step)] = step
        self._news.set()

    async def run(self) -> None:
        """Write what was taken, until cancelled."""
        pauses = Backoff(_FIRST_PAUSE_S, _LONGEST_PAUSE_S)
        while True:
            await self._news.wait()
            self._news.clear()
            for key, step in list(self._unwritten.items()):
                if problem := await self._write(key, encode(step)):
                    _log.warning("escalation of %s is not written: %s", step.alert_id, problem)
                    self._news.set()
                    await asyncio.sleep(pauses.pause_s())
                    break
                pauses.reset()
                if self._unwritten[key] == step:  # it may have been taken anew meanwhile
                    del self._unwritten[key]
