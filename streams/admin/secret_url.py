"""An address that is secret stands in a file, never on a command line or in a message."""

from pathlib import Path

from schemas.owners import check_url


class SecretUrlError(Exception):
    """A file that holds no address; one line, without what stands in it."""


def url_of_file(place: str, path: str | Path) -> str:
    """What stands in that file; `place` says in an error who names it."""
    try:
        url = Path(path).read_text(encoding="utf-8").strip()
        check_url("", url)
    except OSError as error:
        raise SecretUrlError(f"{place}: {path}: {error.strerror}") from None
    except ValueError:
        problem = "holds no URL that begins with http:// or https://"
        raise SecretUrlError(f"{place}: {path}: {problem}") from None
    return url
