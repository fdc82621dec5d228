"""The secret behind the callers' tokens: read from a file that the operator names, or created once.

A file whose key was never changed is the secret itself. After a change it begins with `_HEADER` and has one secret a
line in hex, the oldest first: former ones stay, since without them nobody could erase the tokens of a person.
"""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from schemas.privacy import TokenKey, key_from_secret, key_from_secrets
from streams.plumbing.key_file import KeyFileError, make_key, read_key

FILE_NAME = "caller.key"
_HEADER = b"queuewatch caller key, one secret a line, the newest last"
_WHAT = "the key of the callers' tokens"


class CallerKeyError(Exception):
    """One line: which file, what is wrong, what to do."""


def caller_key(data: Path, key_file: Path | None = None) -> TokenKey:
    """The key in `key_file`; without one, `data`/caller.key, which is created (mode 600) if it is missing.

    Whoever guesses a short secret can turn tokens back into numbers.
    """
    path = key_file or data / FILE_NAME
    try:
        if key_file is None:
            make_key(path)
        return key_from_secrets(_secrets_in(path))
    except KeyFileError as error:
        raise CallerKeyError(str(error)) from None


@contextmanager
def renewed(path: Path) -> Iterator[tuple[TokenKey, TokenKey]]:
    """The key of the file and a new one, which stands there when the block has ended well; else nothing has changed.

    The former file stays beside it (`kept_as`). The new one has its owner and rights, so that who could read it still can.
    """
    path = path.resolve()  # a link to the file stays one
    try:
        known = _secrets_in(path)
    except KeyFileError as error:
        raise CallerKeyError(str(error)) from None
    new = secrets.token_bytes(32)
    former = key_from_secrets(known)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with _one_line(path):
            _write([*known, new], draft, path.stat())
        yield former, key_from_secret(new, former)
        with _one_line(path):
            kept = kept_as(path, former)
            if not kept.exists():
                os.link(path, kept)
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def kept_as(path: Path, former: TokenKey) -> Path:
    """Where the file of the former key is kept: with it files that tell of calls of before are sent again."""
    return path.with_name(f"{path.name}.{former.key_id}")


def _secrets_in(path: Path) -> list[bytes]:
    told = read_key(path, _WHAT)
    if not told.startswith(_HEADER):
        return [told]
    try:
        found = [bytes.fromhex(line.decode()) for line in told.splitlines()[1:]]
    except ValueError:
        found = []
    if not all(found) or not found:
        raise KeyFileError(f"{path}: damaged; each line after the first must be a secret in hex")
    return found


def _write(known: Sequence[bytes], draft: Path, like: os.stat_result) -> None:
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchown(handle, like.st_uid, like.st_gid)
        os.fchmod(handle, like.st_mode & 0o777)
        file.write(b"\n".join([_HEADER, *(each.hex().encode() for each in known)]) + b"\n")
        file.flush()
        os.fsync(handle)


@contextmanager
def _one_line(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CallerKeyError(f"cannot change {path}: {error.strerror}") from None
