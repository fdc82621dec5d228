"""A secret in a file: read where the operator names it, or made once. Every error is one line."""

import os
import secrets
import tempfile
from pathlib import Path

SHORTEST_SECRET = 16  # bytes; a shorter one can be guessed


class KeyFileError(Exception):
    """One line: which file, what is wrong, what to do."""


def read_key(path: Path, what: str) -> bytes:
    """The secret, without space around it; `what` names it where it cannot be read."""
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise KeyFileError(f"cannot read {what}, {path}: {error.strerror}") from None
    if len(secret) < SHORTEST_SECRET:
        raise KeyFileError(f"{path}: a key needs at least {SHORTEST_SECRET} bytes")
    return secret


def make_key(path: Path) -> None:
    """Make the file (mode 600) unless it is there: of several processes the first one wins.

    It is written to a draft, which is then linked to its name, so that nobody reads half of it.
    """
    if path.exists():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")  # mode 600
        try:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32) + "\n")
            os.link(draft, path)  # fails if another process has created it
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    except OSError as error:
        raise KeyFileError(
            f"cannot write {path}: {error.strerror}; choose another folder with --data"
        ) from None
