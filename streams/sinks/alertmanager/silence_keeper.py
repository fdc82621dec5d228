"""The shell around `silences`: asks Alertmanager for them, extends and ends them."""

from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from schemas.millis import from_iso
from streams.plumbing.kafka_problems import one_line
from streams.sinks.alertmanager.silences import Held, Key, changes, ours

_PATH = "/api/v2/silences"
_ONE_PATH = "/api/v2/silence/"
_GONE = 404


class _RefusedError(Exception):
    """Alertmanager answered, and refuses; one line."""


class Silences:
    """`url` without a path; `now` is the wall clock in ms."""

    def __init__(self, url: str, resend_ms: int, now: Callable[[], int]) -> None:
        self._url, self._resend_ms, self._now = url, resend_ms, now
        self._held: dict[Key, Held] | None = None  # None: not asked since the start, or it was away

    async def keep(self, session: aiohttp.ClientSession, wanted: Mapping[Key, str]) -> str | None:
        """Let Alertmanager have these silences of ours and no others; one line if that fails."""
        if self._held is None or wanted or self._held:
            try:
                await self._keep(session, wanted)
            except (aiohttp.ClientError, TimeoutError, _RefusedError) as error:
                self._held = None
                return f"silences: {one_line(error)}"
        return None

    async def _keep(self, session: aiohttp.ClientSession, wanted: Mapping[Key, str]) -> None:
        if self._held is None:
            self._held = ours(await self._ask(session, "GET", _PATH))
        now = self._now()
        asked = changes(wanted, self._held, now, self._resend_ms)
        for key, body in asked.posts.items():
            answer = await self._ask(session, "POST", _PATH, body)
            starts_at, ends_at = (from_iso(str(body[name])) for name in ("startsAt", "endsAt"))
            self._held[key] = Held(answer["silenceID"], starts_at, ends_at)
        for key, silence_id in asked.deletes.items():
            await self._ask(session, "DELETE", _ONE_PATH + silence_id)
            del self._held[key]

    async def _ask(
        self,
        session: aiohttp.ClientSession,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
    ) -> Any:
        async with session.request(method, self._url + path, json=body) as answer:
            if method == "DELETE" and answer.status == _GONE:
                return None
            if not answer.ok:
                text = " ".join((await answer.text()).split())[:200]
                raise _RefusedError(f"answers {answer.status}: {text}")
            return None if method == "DELETE" else await answer.json()
