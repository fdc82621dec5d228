"""`queues.toml` from a file: parsed, or one line with the file and the path of the first mistake."""

from pathlib import Path

from schemas.queues_toml import ConfigurationError, QueuesFile, parse_queues


class QueuesFileError(Exception):
    """The line."""


def read_queues_file(path: Path) -> QueuesFile:
    try:
        return parse_queues(path.read_text(encoding="utf-8"))
    except ConfigurationError as error:
        raise QueuesFileError(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise QueuesFileError(f"{path}: not UTF-8 text") from None
    except OSError as error:
        raise QueuesFileError(f"{path}: {error.strerror}") from None
