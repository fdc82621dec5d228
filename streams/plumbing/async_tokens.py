"""Tokens of OAUTHBEARER for aiokafka; a module of its own, for most processes have none."""

import asyncio

from aiokafka.abc import AbstractTokenProvider

from streams.plumbing.oauth_tokens import TokenSource


class AsyncTokens(AbstractTokenProvider):  # type: ignore[misc]
    """The fetch must not stop the event loop."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source

    async def token(self) -> str:
        return await asyncio.to_thread(self._source.token)
