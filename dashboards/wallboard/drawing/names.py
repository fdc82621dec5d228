"""One size for all names of a screen, by the longest of them: another size for each would look like importance. Pure."""

from collections.abc import Iterable

_SIZES = ((18, "names-1"), (26, "names-2"), (44, "names-3"))
_SMALLEST = "names-4"


def size_of(names: Iterable[str]) -> str:
    """A class of the style sheet: in its size the longest name takes two lines at most."""
    longest = max((len(each) for each in names), default=0)
    return next((size for room, size in _SIZES if longest <= room), _SMALLEST)
