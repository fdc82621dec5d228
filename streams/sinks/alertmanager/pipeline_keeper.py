"""The shell around `pipeline_listed`: asks Alertmanager which alerts of the pipeline fire, and when their further owners are due."""

import logging
from collections.abc import Iterator
from typing import Any

import aiohttp

from schemas.addresses import REACHES, STATUS_PATH
from schemas.commands_book import CommandsBook
from schemas.millis import SECOND
from schemas.owners import OF_QUEUEWATCH
from streams.plumbing.kafka_problems import one_line
from streams.sinks.alertmanager.decide import Known, Links
from streams.sinks.alertmanager.escalating import Escalating
from streams.sinks.alertmanager.escalation import Reached
from streams.sinks.alertmanager.pipeline_listed import (
    Listed,
    bodies,
    end_of,
    escalating,
    listed,
    quiet,
)
from streams.sinks.alertmanager.silences import Key

_log = logging.getLogger(__name__)
_PATH = "/api/v2/alerts"
_ASKED = {"filter": f'owner="{OF_QUEUEWATCH}"'}
_ASK_EVERY_MS = 5 * SECOND


class _RefusedError(Exception):
    """Alertmanager answered, and refuses; one line."""


class PipelineKeeper:
    """`url` is Alertmanager's, without a path."""

    def __init__(self, url: str, resend_ms: int, links: Links) -> None:
        self._url, self._resend_ms, self._links = url, resend_ms, links
        self._listed: dict[str, Listed] = {}
        self._asked_at = 0
        self._posted_at: dict[str, int] = {}
        self._quiet: frozenset[str] = frozenset()  # of which somebody has
        self._ended: dict[str, Listed] = {}  # while somebody had them
        self._up_since = ""
        self.problem = ""  # of the last asking
        self.reached: Reached = None

    async def ask(self, session: aiohttp.ClientSession, now: int) -> None:
        """Learn what fires. If that fails, what was known stays quiet, and nothing goes on to others meanwhile."""
        if now - self._asked_at < _ASK_EVERY_MS:
            return
        self._asked_at = now
        problem = await self._learn(session)
        if problem and not self.problem:
            _log.warning("alerts of the pipeline go on to nobody: Alertmanager's list: %s", problem)
        self.problem = problem

    async def _learn(self, session: aiohttp.ClientSession) -> str:
        """Empty, or one line that says why not."""
        try:
            found = listed(await self._asked(session, _PATH, _ASKED))
            status = await self._asked(session, STATUS_PATH, {})
            up_since, reaches = str(status["uptime"]), status.get(REACHES)
        except _RefusedError as error:
            return str(error)
        except (aiohttp.ClientError, TimeoutError) as error:
            return one_line(error)
        except (ValueError, KeyError, TypeError, AttributeError):
            return "no list of alerts"
        if (
            up_since == self._up_since
        ):  # one that was started anew has forgotten, and nothing is over
            gone = {key: each for key, each in self._listed.items() if key not in found}
            self._ended |= {key: each for key, each in gone.items() if key in self._quiet}
        self._listed, self._up_since = found, up_since
        self.reached = None if reaches is None else frozenset(map(str, reaches))
        self._posted_at = {key: at for key, at in self._posted_at.items() if key in found}
        return ""

    async def _asked(self, session: aiohttp.ClientSession, path: str, query: dict[str, str]) -> Any:  # fmt: skip
        async with session.get(self._url + path, params=query) as answer:
            if not answer.ok:
                raise _RefusedError(f"answers {answer.status}")
            return await answer.json()

    def quiet(self, book: CommandsBook, now: int) -> dict[Key, str]:
        self._quiet = frozenset(key for key in self._listed if book.taken(key))
        return quiet(self._listed.values(), book, now)

    def escalating(self) -> list[Known]:
        return [] if self.problem else escalating(self._listed.values())

    def due_now(self, alert_id: str) -> None:
        """It has gone on to others."""
        self._posted_at.pop(alert_id, None)

    def due(self, book: CommandsBook, now: int) -> dict[str, list[dict[str, object]]]:
        """By id, what is to be posted for further owners."""
        return dict(self._due(book, now))

    def accepted(self, posted: dict[str, list[dict[str, object]]], escalating: Escalating, book: CommandsBook, now: int) -> None:  # fmt: skip
        """Alertmanager has taken what was due."""
        for alert_id in posted:
            self._ended.pop(alert_id, None)
            self._posted_at[alert_id] = now
            escalating.accepted(alert_id, book, now)

    def _due(self, book: CommandsBook, now: int) -> Iterator[tuple[str, list[dict[str, object]]]]:
        for key, each in self._ended.items():
            yield key, [end_of(each, now, self._links)]
        for key, each in self._listed.items():
            if now - self._posted_at.get(key, 0) >= self._resend_ms:
                made = list(bodies(each, book, now, self._resend_ms, self._links))
                if made:
                    yield key, made
