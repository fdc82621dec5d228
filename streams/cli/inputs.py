"""What `send` and `queues init` share: options of files, errors as exit codes, commands as text."""

import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from producers.platforms import OURS, load
from streams.cli.options import in_one_line

if TYPE_CHECKING:
    from producers.contract import FinishedFile, Platform
    from producers.survey import Survey

_WITH_FILES = tuple(platform for platform in OURS if platform.reads_files)


def from_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--from-NAME FILE` for each of our platforms that reads files."""
    for platform in reversed(_WITH_FILES):
        option = click.option(
            f"--from-{platform.name}",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=f"{platform.summary[:1].upper()}{platform.summary[1:]}; read as by"
            f" `send {platform.name}`.",
        )
        command = option(command)
    return command


def given_file(from_files: Mapping[str, Path | None]) -> tuple[str, Path] | None:
    """The platform and the file of the `--from-NAME` that was given; None without one."""
    given = [
        (platform.name, path)
        for platform in _WITH_FILES
        if (path := from_files[f"from_{platform.name.replace('-', '_')}"])
    ]
    if len(given) > 1:
        names = " and ".join(f"--from-{name}" for name, _ in given)
        raise click.UsageError(f"choose one of {names}")
    return given[0] if given else None


def survey_of_file(name: str, path: Path, given: dict[str, Any]) -> "tuple[Survey, FinishedFile]":
    """What `send NAME` would send of a file, and refuse; nothing is sent and no key is made."""
    from streams.processes.sending import Input, survey_of

    platform = load(next(each for each in _WITH_FILES if each.name == name))
    if isinstance(platform, click.Command):
        raise TypeError(f"{name} reads no files")
    own = own_options(platform)
    wanted = Input(name, platform, (path,), own | {k: given[k] for k in own if k in given})
    with as_exit_codes():
        return survey_of(wanted, sys.stderr)


@contextmanager
def as_exit_codes() -> Iterator[None]:
    """What `streams.processes.sending` raises ends the command: wrong use with 2, the rest with 1."""
    from producers.caller_key import CallerKeyError
    from producers.input_file import InputFileError
    from producers.position import PositionError
    from producers.publisher import PublishError
    from streams.processes.sending import InterruptedSendError, SourceNameError

    failures = (CallerKeyError, InputFileError, PositionError, PublishError, InterruptedSendError)
    try:
        with in_one_line(*failures):
            yield
    except SourceNameError as error:
        raise click.UsageError(str(error)) from None


def own_options(platform: "Platform") -> dict[str, Any]:
    """The defaults of a platform's own options."""

    def nothing(**_: Any) -> None:
        """A command without an effect: it only carries the options."""

    declared: Callable[..., Any] = nothing
    for option in reversed(platform.options):
        declared = option(declared)
    return dict(click.command()(declared).make_context("", []).params)


def shell(*words: object) -> str:
    """A command as people type it here: with the path of the program if `queuewatch` is not on the PATH."""
    called = Path(sys.argv[0])
    is_hidden = called.name == "queuewatch" and shutil.which("queuewatch") is None
    program = sys.argv[0] if is_hidden else "queuewatch"
    return shlex.join([program, *map(str, words)])
