"""A file that is written whole or not at all: whoever is killed meanwhile leaves the former one, never half of a new one."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, body: bytes, rights: int = 0o600) -> None:
    """OSError if it cannot be written: the former file stays, and no draft is left.

    Synced: it survives a crash of the machine. A file that is there already keeps its rights, and its owner and
    group if this process may give it to them; a new one gets `rights`.
    """
    draft = draft_of(path, body, rights)
    try:
        take_place(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def draft_of(path: Path, body: bytes, rights: int = 0o600) -> Path:
    """What `path` will be, beside it. Whoever asks for it gives it its place or removes it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _like(path, file.fileno(), rights)
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def take_place(draft: Path, path: Path) -> None:
    """The draft is `path` from now on, also after a crash of the machine."""
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _like(path: Path, handle: int, rights: int) -> None:
    """By the open file: the name of a draft in a folder of others may lead to another file by now."""
    try:
        former = path.stat()
    except FileNotFoundError:
        os.fchmod(handle, rights)
        return
    os.fchmod(handle, former.st_mode & 0o777)
    with suppress(PermissionError):
        os.fchown(handle, former.st_uid, former.st_gid)
