"""Names that no other test uses, so that tests share a server without meeting each other."""

import itertools
import os

_numbers = itertools.count(1)


def unique(what: str) -> str:
    """`unique("calls")` → `calls_4711_3`: good as a topic, a group, a database or a client id."""
    return f"{what}_{os.getpid()}_{next(_numbers)}"
