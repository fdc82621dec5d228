"""Reads `queues.toml` from a file; the error is one line with the file and the path of the first mistake."""

from pathlib import Path

from schemas.queues_toml import QueuesFile, parse_queues
from schemas.toml_reading import ConfigurationError
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
