"""The owners of queues.toml as it stands now, for a process that runs on while the file is changed."""

from collections.abc import Callable, Mapping
from pathlib import Path

from schemas.owners import Owner
from schemas.queues_toml import QueuesFile
from streams.admin.queues_file import read_queues_file
from streams.admin.watch import QueuesFileWatch


class OwnersFile:
    """Called, it returns the owners by name; `say` gets a line when the file has changed or has a mistake."""

    def __init__(self, path: Path, say: Callable[[str], None]) -> None:
        """QueuesFileError when the file has a mistake already."""
        self._say = say
        self._owners: dict[str, Owner] = {}
        self._watch = QueuesFileWatch(path, self._take, "owners")
        self._take(read_queues_file(path))

    def __call__(self) -> Mapping[str, Owner]:
        if line := self._watch.look():
            self._say(line)
        return self._owners

    @property
    def problem(self) -> str:
        """The mistake in the file as it stands now; "" if it has none."""
        return self._watch.problem

    def _take(self, file: QueuesFile) -> str | None:
        former, self._owners = self._owners, {owner.name: owner for owner in file.owners}
        return None if former == self._owners else f"owners read anew: {len(self._owners)}"
