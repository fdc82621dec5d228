"""Tokens of OAUTHBEARER for kafka-python; a module of its own, for a process that uses aiokafka alone is 9 MB smaller."""

from kafka.net.sasl.oauth import AbstractTokenProvider

from streams.plumbing.oauth_tokens import TokenSource


class WaitingTokens(AbstractTokenProvider):  # type: ignore[misc]
    """The thread of the client waits for the fetch."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source

    def token(self) -> str:
        return self._source.token()
