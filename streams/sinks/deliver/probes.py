"""Gives the probes of `notify` back to it where no Alertmanager does: by them it knows that the way to people is open."""

import asyncio
import logging
from collections.abc import Iterable

import aiohttp

from schemas.addresses import PROBE_PATH
from schemas.routes import PROBED
from streams.plumbing.http_place import HttpPlace
from streams.sinks.deliver.grouping import Posted

_log = logging.getLogger(__name__)
_AFTER_S = 1.0  # notify must first know that its post was taken
_TIMEOUT = aiohttp.ClientTimeout(total=10)


class ProbesBack:
    """`notify`: where it answers, without a path."""

    def __init__(self, notify: HttpPlace, after_s: float = _AFTER_S) -> None:
        self._notify = notify
        self._url = notify.url.rstrip("/") + PROBE_PATH
        self._after_s = after_s
        self._under_way: set[asyncio.Task[None]] = set()
        self._is_lost = False

    def take(self, posted: Iterable[Posted]) -> None:
        """Start to give back what is a probe among them. One that fails is lost: the next one comes in a minute."""
        for each in posted:
            if all(matcher.matches(each.labels) for matcher in PROBED):
                task = asyncio.create_task(self._give_back(each))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    async def _give_back(self, probe: Posted) -> None:
        await asyncio.sleep(self._after_s)
        message = {"alerts": [{"annotations": dict(probe.annotations)}]}
        try:
            async with (
                self._notify.session(_TIMEOUT) as session,
                session.post(self._url, json=message) as answer,
            ):
                problem = "" if answer.ok else f"notify answers {answer.status}"
        except (aiohttp.ClientError, TimeoutError) as error:
            problem = f"notify at {self._url} does not answer: {self._notify.problem(error)}"
        if problem and not self._is_lost:
            _log.warning("a probe is lost: %s", problem)
        self._is_lost = bool(problem)
