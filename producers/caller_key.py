"""The secret behind the callers' tokens: read from a file that the operator names, or created once."""

import os
import secrets
import tempfile
from pathlib import Path

from schemas.privacy import TokenKey, key_from_secret

FILE_NAME = "caller.key"
SHORTEST_SECRET = 16  # bytes; whoever guesses a short secret can turn tokens back into numbers


class CallerKeyError(Exception):
    """One line: which file, what is wrong, what to do."""


def caller_key(data: Path, key_file: Path | None = None) -> TokenKey:
    """The key in `key_file`; without one, `data`/caller.key, which is created (mode 600) if it is missing."""
    path = key_file or data / FILE_NAME
    if key_file is None and not path.exists():
        _make(path)
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise CallerKeyError(
            f"cannot read the key of the callers' tokens, {path}: {error.strerror}"
        ) from None
    if len(secret) < SHORTEST_SECRET:
        raise CallerKeyError(f"{path}: a key needs at least {SHORTEST_SECRET} bytes")
    return key_from_secret(secret)


def _make(path: Path) -> None:
    """Write a new key to a draft, then link it to its name: of several processes the first one wins."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".caller-")  # made with mode 600
        try:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32) + "\n")
            os.link(draft, path)  # fails if another process has created it
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    except OSError as error:
        raise CallerKeyError(
            f"cannot write {path}: {error.strerror}; choose another folder with --data"
        ) from None
