"""The only module that knows apprise: hands one text to one target, and says in one line why it was not taken.

What apprise logs may hold parts of an address. So none of it is shown: only a number or a kind of failure that is found
in it.
"""

import logging
import re
import threading
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from streams.sinks.deliver.targets import AddressError, Target
from streams.sinks.deliver.wording import Text

MISSING = "apprise is missing, by which `deliver` sends: pip install 'queuewatch[deliver]'"
_ANSWER = re.compile(r"\berror=(\d{3})\b")
_KINDS = (
    ("timed out", "no answer in time"),
    ("timeout", "no answer in time"),
    ("onnection", "no connection"),
    ("socket", "no connection"),
    ("auth", "it refuses the login"),
)


class MissingError(Exception):
    """apprise is not installed; the text says what to do."""


class Sender:
    """MissingError where apprise is not installed. One for the process: it hears what apprise logs."""

    def __init__(self) -> None:
        self._heard = _Heard()
        logger = logging.getLogger("apprise")
        logger.handlers = [self._heard]
        logger.propagate = False
        logger.setLevel(logging.DEBUG)
        self._apprise = _apprise()
        # Both keep the work in our thread, since the log of apprise's own threads is not heard.
        self._asset = self._apprise.AppriseAsset(async_mode=False, service_timeout=0)

    def check(self, targets: Iterable[Target]) -> None:
        """AddressError for an address that apprise cannot use."""
        for target in targets:
            if self._to(target) is None:
                raise AddressError(
                    f"{target.name.partition(', ')[2]}: apprise cannot use this address"
                    " (https://appriseit.com lists the forms)"
                )

    def send(self, target: Target, text: Text) -> str:
        """Nothing when the target has taken it, else why not. Blocks; for a thread."""
        self._heard.begin()
        to = self._to(target)
        title, body = ("", text.short) if target.is_short else (text.title, text.body)
        taken = to is not None and self._all_of(to).notify(
            body=body, title=title, body_format="text"
        )
        return "" if taken else why(self._heard.lines())

    def _to(self, target: Target) -> Any:
        """None where apprise cannot use the address."""
        return self._apprise.Apprise.instantiate(target.url, asset=self._asset)

    def _all_of(self, to: Any) -> Any:
        """Apprise's object of many targets, with this one. It alone makes the text safe for a target that reads HTML
        (e-mail, Telegram); the object of one target takes a name such as <b> for markup.
        """
        many = self._apprise.Apprise(asset=self._asset)
        many.add(to)
        return many


def why(lines: Iterable[str]) -> str:
    """One line without secrets from what apprise logged."""
    text = "\n".join(lines)
    if answer := _ANSWER.search(text):
        return f"it answers {answer[1]}"
    return next((told for word, told in _KINDS if word in text), "it was not taken")


class _Heard(logging.Handler):
    """What is logged in this thread since `begin`."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._local = threading.local()

    def begin(self) -> None:
        self._local.lines = []

    def lines(self) -> list[str]:
        return list(getattr(self._local, "lines", []))

    def emit(self, record: logging.LogRecord) -> None:
        if hasattr(self._local, "lines"):
            self._local.lines.append(record.getMessage())


def _apprise() -> ModuleType:
    try:
        import apprise
    except ImportError:
        raise MissingError(MISSING) from None
    return apprise
