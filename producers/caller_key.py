"""The secret behind the callers' tokens: read from a file that the operator names, or created once.

A file whose key was never changed is the secret itself. After a change it begins with `_HEADER` and has one secret a
line in hex and since when it is used, the oldest first. Former ones stay: calls of their time that are sent again
must have the tokens that they had, and nobody could erase those of a person without them.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.millis import from_iso, iso
from schemas.privacy import TokenKey, key_from_secret
from streams.plumbing.key_file import KeyFileError, make_key, read_key
from streams.plumbing.whole_file import draft_of, take_place

FILE_NAME = "caller.key"
_HEADER = b"queuewatch caller key, one secret a line, the newest last: hex since"


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
        return _key_in(path)
    except KeyFileError as error:
        raise CallerKeyError(str(error)) from None


@contextmanager
def renewed(path: Path, now: int) -> Iterator[tuple[TokenKey, TokenKey]]:
    """The key of the file and a new one for calls from now on (ms).

    The file has it when the block has ended well, else nothing has changed. It keeps its owner and rights, so that who
    could read it still can.
    """
    path = path.resolve()  # a link to the file stays one
    try:
        former = _key_in(path)
    except KeyFileError as error:
        raise CallerKeyError(str(error)) from None
    if now <= former.since:
        raise CallerKeyError(f"{path}: its key is of {iso(former.since)}; look at the clocks")
    key = key_from_secret(secrets.token_bytes(32), now, former)
    with _one_line(path):
        draft = draft_of(path, _lines(key))
    try:
        here, there = draft.stat(), path.stat()
        if (here.st_uid, here.st_gid) != (there.st_uid, there.st_gid):
            raise CallerKeyError(
                f"{path} is of user {there.st_uid}, group {there.st_gid}, who could not read a key that this user"
                " writes; rotate it as root"
            )
        yield former, key
        with _one_line(path):
            take_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _key_in(path: Path) -> TokenKey:
    told = read_key(path, "the key of the callers' tokens")
    if not told.startswith(_HEADER):
        return key_from_secret(told)
    key = None
    try:
        for line in told.decode().splitlines()[1:]:
            secret, since = line.split()
            key = key_from_secret(bytes.fromhex(secret), from_iso(since), key)
    except ValueError:
        key = None
    if key is None:
        raise KeyFileError(
            f"{path}: damaged; each line but the first must be a secret in hex and a time"
        )
    return key


def _lines(key: TokenKey) -> bytes:
    lines = [f"{each.secret.hex()} {iso(each.since)}" for each in reversed(list(key.line()))]
    return "\n".join([_HEADER.decode(), *lines, ""]).encode()


@contextmanager
def _one_line(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CallerKeyError(f"cannot change {path}: {error.strerror}") from None
