"""Options of servers: those that we speak to by HTTP, and our own; and what their files say."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from streams.cli.options import Failure, config_noted, config_of, in_one_line
from streams.plumbing.http_config import TARGETS

if TYPE_CHECKING:
    from streams.plumbing.door import Door
    from streams.plumbing.http_place import HttpPlace

FC = TypeVar("FC", bound=Callable[..., Any] | click.Command)

_DOOR = "queuewatch.door."  # in the context of a command, before the name of an option


def login_at(target: str, whom: str) -> Callable[[FC], FC]:
    """The option `--TARGET-config`, of `place`; `target` is one of TARGETS, by which variables are known."""
    if target not in TARGETS:
        raise ValueError(target)
    return config_of(target, f"Certificates, password or token for {whom}")


def place(target: str, url: str, option: str = "") -> "HttpPlace":
    """`url` with what `--TARGET-config` and the environment say; a mistake ends the command."""
    from streams.plumbing.config_file import ConfigError
    from streams.plumbing.http_config import read_http_config
    from streams.plumbing.http_place import HttpPlace

    with in_one_line(ConfigError):
        config = read_http_config(target, url, config_noted(target), os.environ)
        return HttpPlace(target, url, config, option)


def check_let_in(where: "HttpPlace", path: str) -> None:
    """End the command at once where that server answers and does not let us in: to wait would help nobody."""
    if refusal := where.why_refused(path):
        raise Failure(f"{where.target} at {where.url} refuses: {refusal}")


def _note(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
    ctx.meta[f"{_DOOR}{param.name}"] = value


def _file_option(name: str, help_text: str) -> Callable[[FC], FC]:
    return click.option(
        name,
        envvar=f"QUEUEWATCH_{name[2:].upper().replace('-', '_')}",
        default=None,
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        callback=_note,
        expose_value=False,
        help=help_text,
    )


def tls_of_ours(command: FC) -> FC:
    """--tls-certificate and --tls-key."""
    key = _file_option("--tls-key", "Its key in PEM.  [default: it stands in the same file]")
    return _file_option(
        "--tls-certificate",
        "Serve HTTPS with this certificate in PEM, its chain behind it; read again when it is renewed.",
    )(key(command))


def door_of_ours(command: FC) -> FC:
    """The same, and --credentials-file."""
    return tls_of_ours(
        _file_option(
            "--credentials-file",
            "Answer only who knows the password or token in FILE (name=value; /healthz answers all): docs/operator.md.",
        )(command)
    )


def door() -> "Door":
    """As the options of the present command say it; a mistake ends the command."""
    from streams.plumbing.config_file import ConfigError
    from streams.plumbing.door import door as made

    meta = click.get_current_context().meta
    names = ("tls_certificate", "tls_key", "credentials_file")
    with in_one_line(ConfigError):
        return made(*(meta.get(f"{_DOOR}{name}") for name in names))
