"""Leaves out modules that a library loads and that nobody here uses: each is memory and a part of every start."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


class _NotLoaded(ModuleType):
    """Stands for a module while a library is loaded, which names it in annotations alone."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return object


@contextmanager
def without(*names: str) -> Iterator[None]:
    """For the imports of the block these modules are empty ones; whoever imports them later gets them. One that is loaded already stays.

    A package stands before its modules.
    """
    left_out = [name for name in names if name not in sys.modules]
    for name in left_out:
        sys.modules[name] = _NotLoaded(name)
    try:
        yield
    finally:
        for name in left_out:
            del sys.modules[name]
