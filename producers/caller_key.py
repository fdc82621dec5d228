"""The secret behind the callers' tokens: read from a file that the operator names, or created once."""

from pathlib import Path

from schemas.privacy import TokenKey, key_from_secret
from streams.plumbing.key_file import KeyFileError, make_key, read_key

FILE_NAME = "caller.key"


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
        return key_from_secret(read_key(path, "the key of the callers' tokens"))
    except KeyFileError as error:
        raise CallerKeyError(str(error)) from None
