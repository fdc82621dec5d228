"""Who is told, and by which addresses, as queues.toml and its files of addresses stand now."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from schemas.owners import OF_QUEUEWATCH, Owner
from streams.sinks.deliver.apprise_sender import Sender
from streams.sinks.deliver.targets import AddressError, Target, targets_of

Stamps = Mapping[str, tuple[int, int] | None]


class DeliverFileError(Exception):
    """A file of addresses that cannot be used; one line without what stands in it."""


class OwnersNow(Protocol):
    """Those of queues.toml as it stands now, by name; of a file with a mistake the former ones, and `problem`."""

    @property
    def problem(self) -> str: ...

    def __call__(self) -> Mapping[str, Owner]: ...


class Recipients(Struct, frozen=True):
    owners: Mapping[str, Owner]
    targets: tuple[Target, ...]

    def untold(self) -> tuple[str, ...]:
        """Who gets nothing where this process stands in the place of Alertmanager: no address is theirs.

        `queuewatch` is among them also if it is not declared: it is who is told of the pipeline.
        """
        reached = {target.owner for target in self.targets}
        return tuple(name for name in {**self.owners, OF_QUEUEWATCH: None} if name not in reached)


class RecipientsFiles:
    """Call `look` every second or so. `say` gets one line when files have changed or have a mistake."""

    def __init__(self, owners: OwnersNow, sender: Sender, say: Callable[[str], None]) -> None:
        """DeliverFileError when a file of addresses has a mistake already."""
        self._owners, self._sender, self._say = owners, sender, say
        self._problem = ""
        self._seen = owners()
        self._stamps = self._pending = _stamps(self._seen.values())
        self.now = self._read(self._seen)

    @property
    def problem(self) -> str:
        """Why the former recipients still hold; "" if those of the files do."""
        return self._owners.problem or self._problem

    def look(self) -> Recipients:
        """The same object until a file has changed, and while one has a mistake."""
        owners = self._owners()
        stamps = _stamps(owners.values())
        if owners == self._seen and stamps == self._stamps:
            return self.now
        if None in stamps.values() and stamps != self._pending:
            self._pending = stamps  # an editor that replaces a file makes it vanish for a moment
            return self.now
        try:
            found = self._read(owners)
        except DeliverFileError as error:
            self._problem = str(error)
            self._say(f"{error}; the former owners and addresses stay")
        else:
            self._problem, self.now = "", found
            self._say(f"addresses read anew: {len(found.targets)}")
        self._seen, self._stamps = owners, stamps
        return self.now

    def _read(self, owners: Mapping[str, Owner]) -> Recipients:
        return Recipients(owners, tuple(_targets(owners.values(), self._sender)))


def _targets(owners: Iterable[Owner], sender: Sender) -> Iterator[Target]:
    """The targets of all owners that have a file."""
    for owner in owners:
        if not (path := owner.table.deliver_file):
            continue
        place = f"owners.{owner.name}.deliver_file: {path}"
        try:
            found = list(targets_of(owner.name, Path(path).read_text(encoding="utf-8")))
            sender.check(found)
        except OSError as error:
            raise DeliverFileError(f"{place}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise DeliverFileError(f"{place}: no text in UTF-8") from None
        except AddressError as error:
            raise DeliverFileError(f"{place}: {error}") from None
        if not found:
            raise DeliverFileError(
                f"{place}: holds no address: write one address of apprise a line"
            )
        yield from found


def _stamps(owners: Iterable[Owner]) -> Stamps:
    """By path; None for a file that cannot be found."""
    return {path: _stamp(Path(path)) for owner in owners if (path := owner.table.deliver_file)}


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
