"""Departments that a command names: those of the newest published targets, so that a misspelt one is said at once."""

from collections.abc import Iterable

from schemas.printable import printable
from streams.cli.options import Failure


def departments_there(bootstrap: str, namespace: str) -> set[str]:
    """Of the newest targets; none where nothing is published. AdminError if they cannot be read."""
    from streams.admin.targets import read_versions

    versions = read_versions(bootstrap, namespace)
    return (
        {each.department for each in versions[-1].queues if each.department} if versions else set()
    )


def check_departments(named: Iterable[str], there: set[str]) -> None:
    """Failure for the first that there is not."""
    for department in named:
        if department not in there:
            raise Failure(no_department(department, there))


def no_department(named: str, there: set[str]) -> str:
    there_are = ", ".join(sorted(there)) or "none"
    return f'no department "{printable(named)}" (there are: {there_are})'
