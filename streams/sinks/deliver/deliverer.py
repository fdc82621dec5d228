"""The shell around groups and outbox: a loop for what is due, and one for each target."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol

from schemas.messages import OutgoingMessage
from schemas.owners import Owner
from streams.sinks.deliver.grouping import Groups, Posted
from streams.sinks.deliver.links import MessageLinks
from streams.sinks.deliver.message_log import MessageLog, NotWrittenError
from streams.sinks.deliver.outbox import Outbox, Sending
from streams.sinks.deliver.receivers import told_now
from streams.sinks.deliver.recipients import Recipients
from streams.sinks.deliver.status import DeliverStatus, untold_said
from streams.sinks.deliver.targets import Target
from streams.sinks.deliver.telling import Telling
from streams.sinks.deliver.wording import Text, text_of

_log = logging.getLogger(__name__)
UNREACHED_AFTER_MS = 60_000  # an address that failed may take the next attempt
_LOOK_EVERY_S = 1.0
_FORGET_EVERY_MS = 60_000
_ENDS_WITHIN_S = 15.0


class Hands(Protocol):
    """What hands a text to a target; it returns nothing when it was taken, else why not. Blocks."""

    def send(self, target: Target, text: Text) -> str: ...


class Files(Protocol):
    """Who is told, as files stand now (recipients.RecipientsFiles)."""

    @property
    def problem(self) -> str: ...

    def look(self) -> Recipients: ...


class Deliverer:
    """`now` is the wall clock in ms."""

    def __init__(
        self,
        files: Files,
        hands: Hands,
        log: MessageLog,
        status: DeliverStatus,
        now: Callable[[], int],
        links: MessageLinks,
    ) -> None:
        self._files = files
        self._recipients = files.look()
        self._hands = hands
        self._log = log
        self._status = status
        self._now = now
        self._links = links
        self.groups = Groups(self.owners, now())
        self.outbox = Outbox(self.owners, self._recipients.targets)
        self._is_straight = False  # whether `notify` posts here, in the place of Alertmanager
        self._taking = asyncio.Lock()
        self._news = asyncio.Event()  # a new one after each change
        self._under_way: set[asyncio.Task[None]] = set()
        self._serving: dict[Target, asyncio.Task[None]] = {}
        self._threads = _threads(self._recipients)

    @property
    def owners(self) -> Mapping[str, Owner]:
        return self._recipients.owners

    async def run(self) -> None:
        """Run until cancelled. A bug ends it; an outage of Kafka or of a target does not."""
        found = await self._log.read()
        self.outbox.commit(found)
        self.groups.remember(found)
        await self._note(self.outbox.restored(self._now()))
        self._status.state, self._status.detail = "running", ""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._serve_all(tasks)
                tasks.create_task(self._tell_groups(tasks))
        finally:
            if (
                self._under_way
            ):  # noted before the end: else it would be sent again by the next start
                await asyncio.wait(self._under_way, timeout=_ENDS_WITHIN_S)
            self._threads.shutdown(wait=False, cancel_futures=True)
            await self._log.close()

    def post(self, posted: Iterable[Posted], now: int) -> None:
        """Take alerts from `notify` or a Prometheus."""
        if not self._is_straight:
            self._is_straight = True
            self._status.untold = self._recipients.untold()
            if self._status.untold:
                _log.warning("%s", untold_said(self._status.untold))
        self.groups.post(posted, now)

    async def accept(self, telling: Telling) -> list[OutgoingMessage]:
        """Put it into the outbox; NotWrittenError where that failed, and then nothing was taken."""
        async with self._taking:
            now, owner = self._now(), self.owners.get(telling.owner)
            if owner is None:  # taken out of the file meanwhile
                raise NotWrittenError(f'no owner "{telling.owner}"')
            text = text_of(self._links.added(telling, owner, now), owner, now)
            records = self.outbox.take(telling, text, now)
            await self._log.write(records)
            self._committed(records)
            return records

    async def test(self, telling: Telling, within_s: float) -> list[OutgoingMessage]:
        """The messages of a test, once all of them have ended or the time is over."""
        ids = {each.message_id for each in await self.accept(telling)}

        def found() -> list[OutgoingMessage]:
            return [each for each in self.outbox.messages if each.message_id in ids]

        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while any(each.state == "queued" for each in found()):
                    await self._news.wait()
        return found()

    def reached(self, now: int) -> list[str]:
        """The owners of whom somebody is told now: an address of whoever is told for them takes what it is handed, or has not
        been tried for long.
        """
        failing = self._status.failing_since

        def takes(target: Target) -> bool:
            return now - failing.get(target.key, now) < UNREACHED_AFTER_MS

        return [
            name
            for name in self.owners
            if any(map(takes, self.outbox.targets_of(told_now(name, self.owners, now) or name)))
        ]

    async def _tell_groups(self, tasks: asyncio.TaskGroup) -> None:
        forget_at = self._now() + _FORGET_EVERY_MS
        while True:
            # Here, so that groups and owners change in one place, one after the other.
            await self._look_at_files(tasks)
            now = self._now()
            try:
                for due in list(self.groups.due(now)):
                    if due.telling is not None:
                        self._say_if_untold(due.telling)
                        await self.accept(due.telling)
                        self._answers_again()
                    self.groups.told(due, now)
            except NotWrittenError as error:  # what was not written is still due
                self._blocked(str(error))
            if now >= forget_at:
                self.outbox.forget(now)
                forget_at = now + _FORGET_EVERY_MS
            self._status.overdue_ms = self.outbox.overdue_ms(now)
            next_at = self.groups.next_look_at()
            pause_s = _LOOK_EVERY_S if next_at is None else (next_at - now) / 1000
            await asyncio.sleep(min(_LOOK_EVERY_S, max(0.01, pause_s)))

    async def _look_at_files(self, tasks: asyncio.TaskGroup) -> None:
        found = await asyncio.to_thread(self._files.look)
        self._status.refused = self._files.problem
        if found is self._recipients:
            return
        async with self._taking:
            records = self.outbox.change(found.owners, found.targets, self._now())
            self._recipients = found
            self.groups.change_owners(found.owners)
            if self._is_straight:
                self._status.untold = found.untold()
            self._serve_all(tasks)
            for each in records:
                if each.state == "failed":
                    _log.warning("%s: %s: %s: %s", each.owner, each.target, each.title, each.reason)
            self._committed(records)
        await self._log.write_in_the_end(records)

    def _serve_all(self, tasks: asyncio.TaskGroup) -> None:
        """A loop for each target there is; what is under way to one that is gone ends by itself."""
        targets = self._recipients.targets
        former, self._threads = self._threads, _threads(self._recipients)
        former.shutdown(wait=False)
        for target in [each for each in self._serving if each not in targets]:
            self._serving.pop(target).cancel()
        for target in targets:
            if target not in self._serving:
                self._serving[target] = tasks.create_task(self._serve(target))
        keys = tuple(target.key for target in targets)
        self._status.targets = keys
        failing = self._status.failing_since
        self._status.failing_since = {key: failing[key] for key in keys if key in failing}

    def _say_if_untold(self, telling: Telling) -> None:
        if not self.outbox.targets_of(telling.owner):
            _log.warning("%s: nobody is told: no deliver_file: %s", telling.owner, telling.group)

    def _blocked(self, why: str) -> None:
        if self._status.state != "blocked":
            _log.warning("deliver waits: %s", why)
        self._status.state, self._status.detail = "blocked", why

    def _answers_again(self) -> None:
        if self._status.state == "blocked":
            self._status.state, self._status.detail = "running", ""

    async def _serve(self, target: Target) -> None:
        """Hand over what waits for the target, one after the other: a slow one delays no other."""
        while True:
            sending = self.outbox.next(target.key, self._now())
            if sending is None:
                await self._wait_for_news()
                continue
            task = asyncio.create_task(self._hand_over(target, sending))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            await asyncio.shield(task)

    async def _hand_over(self, target: Target, sending: Sending) -> None:
        loop = asyncio.get_running_loop()
        why = await loop.run_in_executor(self._threads, self._hands.send, target, sending.text)
        now = self._now()
        told = f"{target.owner}: {target.name}: {sending.message.title}"
        failing = dict(self._status.failing_since)
        if why:
            failing.setdefault(target.key, now)
            self._status.failed_attempts += 1
            _log.warning("%s: %s", told, why)
            records = self.outbox.failed(sending, why, now)
        else:
            failing.pop(target.key, None)
            self._status.last_sent_at = now
            _log.info("%s: sent", told)
            records = self.outbox.done(sending, now)
        if target in self._serving:
            self._status.failing_since = failing
        await self._note(records)

    async def _note(self, records: Sequence[OutgoingMessage]) -> None:
        """What has happened holds at once: written later, it is not sent again meanwhile."""
        self._committed(records)
        await self._log.write_in_the_end(records)

    def _committed(self, records: Sequence[OutgoingMessage]) -> None:
        self.outbox.commit(records)
        ended = dict(self._status.ended)
        for each in records:
            if each.state != "queued":
                ended[each.state] = ended.get(each.state, 0) + 1
        self._status.ended = ended
        self._status.queued = len(self.outbox.queued())
        told, self._news = self._news, asyncio.Event()
        told.set()

    async def _wait_for_news(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_EVERY_S):
                await self._news.wait()


def _threads(recipients: Recipients) -> ThreadPoolExecutor:
    """One for each target at least, so that a slow one delays no other."""
    return ThreadPoolExecutor(max(4, len(recipients.targets)), "target")
