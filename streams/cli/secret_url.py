"""An address that is secret stands in a file, never on a command line or in a message."""

from pathlib import Path

from streams.cli.options import Failure


def url_of_file(place: str, path: str | Path) -> str:
    """What stands in that file; `place` says in an error who names it."""
    from schemas.owners import check_url

    try:
        url = Path(path).read_text(encoding="utf-8").strip()
        check_url("", url)
    except OSError as error:
        raise Failure(f"{place}: {path}: {error.strerror}") from None
    except ValueError:
        raise Failure(
            f"{place}: {path}: holds no URL that begins with http:// or https://"
        ) from None
    return url
