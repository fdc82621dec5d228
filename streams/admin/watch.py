"""Publishes queues.toml again when the file changes; a mistake in it changes nothing."""

from collections.abc import Callable
from pathlib import Path

from schemas.queues_toml import ConfigurationError, QueuesFile, parse_queues
from streams.admin.broker import AdminError
from streams.core.rule_catalogue import RULE_TABLES


class QueuesFileWatch:
    """`look` is called now and then; it returns one line when there is something to say.

    `publish` writes a parsed file and says what it did, None where nothing had changed.
    """

    def __init__(self, path: Path, publish: Callable[[QueuesFile], str | None]) -> None:
        self._path = path
        self._publish = publish
        self._seen = self._stamp()

    def look(self) -> str | None:
        stamp = self._stamp()
        if stamp is None or stamp == self._seen:
            return None  # an editor that replaces the file makes it vanish for a moment
        try:
            text = self._path.read_text(encoding="utf-8")
            said = self._publish(parse_queues(text, RULE_TABLES))
        except (ConfigurationError, UnicodeDecodeError) as error:
            said = f"{self._path}: {error}; the former targets stay"
        except OSError as error:
            said = f"{self._path}: {error.strerror}; the former targets stay"
        except AdminError:
            return None  # Kafka went away: asked again with the same stamp
        self._seen = stamp
        return said

    def _stamp(self) -> tuple[int, int] | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size
