"""Lines of a log: one message is one line, whatever a platform or a stranger put into it."""

import logging
import sys

from schemas.printable import printable

_SHORT = "%(asctime)s %(message)s"


class LineFormatter(logging.Formatter):
    """Escapes what cannot be printed: a name with a line break would look like a line of its own. Stacks stay."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = printable(record.message)
        return super().formatMessage(record)


def handler(form: str = _SHORT, dates: str | None = None) -> logging.Handler:
    """To stderr; asked for when a process starts, so that a test may have put another stderr there."""
    made = logging.StreamHandler(sys.stderr)
    made.setFormatter(LineFormatter(form, dates))
    return made
