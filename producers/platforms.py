"""The platforms: ours from a list, those of other packages from their entry points.

Another package offers one in its `pyproject.toml`; the object is a `producers.contract.Platform`, or a
click command for a platform that needs a command line of its own:

    [project.entry-points."queuewatch.platforms"]
    name-of-the-command = "its.module:its_platform"

Rule 1: a platform is imported only when its command is used. So `--help` is fast, and a broken package
does not affect other platforms.
Rule 2: if a package offers a name of ours, ours is used; if two packages offer the same name, neither is.
"""

from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    import click

    from producers.contract import Platform

GROUP = "queuewatch.platforms"


class PlatformError(Exception):
    """One line: which platform of which package, and what is wrong with it."""


class Listed(Struct, frozen=True):
    """A platform by the name of its command, not loaded yet; `package` is empty for ours."""

    name: str
    summary: str
    target: str  # module:object
    package: str = ""
    reads_files: bool = True  # `queues init --from-NAME` is offered for ours that do


OURS = (
    Listed("records", "call records, one row a leg", "producers.records.call_records:RECORDS"),
    Listed("queue-log", "Asterisk's queue log", "producers.asterisk.queue_log:QUEUE_LOG"),
    Listed(
        "simulate",
        "a simulated municipality",
        "producers.simulate.command:simulate",
        reads_files=False,
    ),
)


class Platforms(Struct, frozen=True):
    """`left_out`: one line for each name of a package that is not used, with the reason."""

    listed: tuple[Listed, ...] = OURS
    left_out: dict[str, str] = field(default_factory=dict)


def platforms() -> Platforms:
    """Everything that is installed here."""
    return joined(entry_points(group=GROUP))


def joined(points: Iterable[EntryPoint]) -> Platforms:
    """Our platforms, then those of other packages, sorted by name."""
    by_name: dict[str, list[EntryPoint]] = {}
    for point in points:
        by_name.setdefault(point.name, []).append(point)
    listed, left_out = list(OURS), {}
    for name, offers in sorted(by_name.items()):
        packages = " and ".join(sorted(f"{_package(each)} ({each.value})" for each in offers))
        if name in {ours.name for ours in OURS}:
            left_out[name] = (
                f'platform "{name}" of {packages} is left out: we have one of that name'
            )
        elif len(offers) > 1:
            left_out[name] = f'platform "{name}" is left out: {packages} both offer it'
        else:
            listed.append(_theirs(offers[0]))
    return Platforms(tuple(listed), left_out)


def named(name: str) -> Listed | None:
    """The platform of that name, or None; PlatformError if two packages offer it.

    Other packages are searched only if the name is not one of ours.
    """
    for ours in OURS:
        if ours.name == name:
            return ours
    known = platforms()
    if name in known.left_out:
        raise PlatformError(known.left_out[name])
    return next((each for each in known.listed if each.name == name), None)


def load(listed: Listed) -> "Platform | click.Command":
    """Import the platform; PlatformError if its package is broken or offers something else."""
    module, _, attribute = listed.target.partition(":")
    if not listed.package:
        loaded = getattr(import_module(module), attribute)
    else:
        try:
            loaded = getattr(import_module(module), attribute)
        except Exception as error:  # noqa: BLE001 - the code of others may raise anything
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise PlatformError(f"{_whose(listed)} cannot be loaded: {reason}") from None
    import click

    from producers.contract import Platform

    if not isinstance(loaded, Platform | click.Command):
        raise PlatformError(
            f"{_whose(listed)} is a {type(loaded).__name__}; expected a producers.contract.Platform"
        )
    return loaded


def _theirs(point: EntryPoint) -> Listed:
    summary = point.dist.metadata["Summary"] if point.dist is not None else ""
    return Listed(point.name, summary or "", point.value, _package(point), reads_files=False)


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else "a package"


def _whose(listed: Listed) -> str:
    owner = f" of {listed.package}" if listed.package else ""
    return f'platform "{listed.name}"{owner} ({listed.target})'
