"""Reads `queues.toml` from a file; the error is one line with the file and the path of the first mistake."""

from pathlib import Path

from schemas.queues_toml import QueuesFile, parse_queues
from schemas.toml_reading import ConfigurationError
from schemas.webhook_forms import other_form
from streams.admin.secret_url import SecretUrlError, url_of_file
from streams.core.rule_catalogue import RULE_TABLES


class QueuesFileError(Exception):
    """The file cannot be read or has a mistake; the message is one line."""


def read_queues_file(path: Path) -> QueuesFile:
    try:
        return parse_queues(path.read_text(encoding="utf-8"), RULE_TABLES)
    except ConfigurationError as error:
        raise QueuesFileError(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise QueuesFileError(f"{path}: not UTF-8 text") from None
    except OSError as error:
        raise QueuesFileError(f"{path}: {error.strerror}") from None


def webhook_urls(path: Path, file: QueuesFile) -> dict[str, str]:
    """What stands in each `webhook_url_file` of the owners, by its path."""
    files = {owner.name: owner.table.webhook_url_file for owner in file.owners}
    return {each: _url(path, name, each) for name, each in files.items() if each}


def _url(path: Path, name: str, file: str) -> str:
    place = f"{path}: owners.{name}.webhook_url_file"
    try:
        url = url_of_file(place, file)
    except SecretUrlError as error:
        raise QueuesFileError(str(error)) from None
    if problem := other_form(url):
        raise QueuesFileError(f"{place}: {file}: {problem}")
    return url
