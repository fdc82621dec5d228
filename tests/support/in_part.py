"""Which combinations of a test that many databases are asked make up the short form; `make chaos` asks all of them.

A test that is marked `in_part` is asked whole of the server. Of the other databases, each value of each of several parameters
comes up once, in pairs that differ from one database to the other; of one parameter every second value, without any nothing. It is
for tests of which another one sends the same statements to those databases: analysing a wide statement takes chDB three
times as long as the server, and it was most of what the archive's tests cost.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest

from tests.chaos.scale import real_only

WHOLE = "server"
# One of those that are asked in part, and which of the diagonals is its own.
_OWN = {"embedded": 0, "server, rolled up": 1, "embedded, rolled up": 0}


class Place(NamedTuple):
    """Of one parameter: which of how many values."""

    number: int
    of: int


def is_asked(database: str, places: Sequence[Place]) -> bool:
    """In the short form. One parameter: every second value."""
    if database == WHOLE:
        return True
    if not places:
        return False
    diagonals = min(place.of for place in places) if len(places) > 1 else 2
    return sum(place.number for place in places) % diagonals == _OWN[database] % diagonals


def _database(item: pytest.Function) -> str:
    names = {WHOLE, *_OWN}
    (found,) = (
        each for each in item.callspec.params.values() if isinstance(each, str) and each in names
    )
    return found


def _places(item: pytest.Function) -> list[Place]:
    """Of parameters of the test itself, those of its fixtures left out; names that are given together are one."""
    found = []
    for mark in item.iter_markers("parametrize"):
        given: Any = mark.args[0]
        names = [name.strip() for name in given.split(",")] if isinstance(given, str) else given
        mine = tuple(item.callspec.params[name] for name in names)
        values = [_values(each, len(names)) for each in mark.args[1]]
        if (WHOLE,) not in values:
            found.append(Place(values.index(mine), len(values)))
    return found


def _values(each: Any, names: int) -> tuple[Any, ...]:
    """As they stand in one line of `parametrize`, with marks of their own or without."""
    if hasattr(each, "marks"):
        return tuple(each.values)
    return (each,) if names == 1 else tuple(each)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before anybody looks at the mark that it gives."""
    for item in items:
        if item.get_closest_marker("in_part") is None:
            continue
        assert isinstance(item, pytest.Function)
        if not is_asked(_database(item), _places(item)):
            item.add_marker(real_only)
