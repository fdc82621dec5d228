"""Takes queues.toml again when the file changes; with a mistake in it, what was taken before stays."""

from collections.abc import Callable
from pathlib import Path

from schemas.queues_toml import QueuesFile
from streams.admin.problem import AdminError
from streams.admin.queues_file import QueuesFileError, read_queues_file


class QueuesFileWatch:
    """Call `look` every second or so; it returns a line for the operator when something happened.

    `take` gets a parsed file and returns one line, or None if nothing had changed; `taken` names what it takes.
    """

    def __init__(
        self, path: Path, take: Callable[[QueuesFile], str | None], taken: str = "targets"
    ) -> None:
        self._path = path
        self._take = take
        self._taken = taken
        self._seen = self._stamp()
        self.problem = ""  # of the file as it stands now; what was taken before stays meanwhile

    def look(self) -> str | None:
        stamp = self._stamp()
        if stamp is None or stamp == self._seen:
            return None  # an editor that replaces the file makes it vanish for a moment
        try:
            said, problem = self._take(read_queues_file(self._path)), ""
        except QueuesFileError as error:
            problem = str(error)
            said = f"{problem}; the former {self._taken} stay"
        except AdminError:
            return None  # Kafka does not answer: `_seen` is unchanged, so the next call tries again
        self._seen, self.problem = stamp, problem
        return said

    def _stamp(self) -> tuple[int, int] | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size
