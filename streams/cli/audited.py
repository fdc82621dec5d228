"""The one word that makes a command write an audit record: `@audited(ACTION, …)`, right above its function.

A test walks all commands and demands it of each that changes anything. Rule 1: the record is written after the
act and says how it ended. Rule 2: an act is never undone or refused because its record cannot be written; the
record then waits in a file under --data, and is sent with the next one from there.
"""

import logging
import os
import pwd
import secrets
import socket
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from streams.cli import options
from streams.plumbing.wall_clock import now_ms

if TYPE_CHECKING:  # what it imports is slow, and a list of commands does not need it
    from schemas.audit import Action, Outcome

Command = Callable[..., Any]
_OBJECT, _DETAIL = "queuewatch.audit-object", "queuewatch.audit-detail"


class Audited(NamedTuple):
    """What a record of the command says: `of`, the parameters that name its object, and two switches."""

    action: "Action"
    of: tuple[str, ...]
    only_if: str | None
    unless: str | None


def audited(
    action: "Action", *of: str, only_if: str | None = None, unless: str | None = None
) -> Callable[[Command], Command]:
    """`of`: the parameters that say what is changed. Nothing is without the switch `only_if`, or with `unless`.

    A command without --kafka and --namespace gets both, and need not know them.
    """
    marked = Audited(action, of, only_if, unless)

    def decorate(work: Command) -> Command:
        @wraps(work)
        def audited_work(*args: Any, **given: Any) -> Any:
            if (only_if and not given[only_if]) or (unless and given[unless]):
                return work(*args, **given)
            context = click.get_current_context()
            try:
                result = work(*args, **given)
            except click.UsageError:  # wrong use: nothing was begun
                raise
            except BaseException as error:
                if not _went_well(error):
                    tell(context, marked, "failed", _why(error))
                    raise
                tell(context, marked, "done")
                raise
            tell(context, marked, "done")
            return result

        audited_work.audited = marked  # type: ignore[attr-defined]
        return audited_work

    return decorate


def with_kafka(work: Command, why: str = "Where the audit record is written.") -> Command:
    """--kafka and --namespace of a command that needs them beside its work, for `why`: see `place_of`."""
    for name, envvar, metavar, what in (
        ("namespace", "QUEUEWATCH_NAMESPACE", "PREFIX", "Prefix of that topic."),
        ("kafka", "QUEUEWATCH_KAFKA", "HOSTS", why),
    ):
        work = click.option(
            f"--{name}", f"audit_{name}", envvar=envvar, default=None, metavar=metavar,
            expose_value=False, callback=_noted, help=what,
        )(work)  # fmt: skip
    return work


def _noted(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    context.meta[f"queuewatch.{parameter.name}"] = value


def say_of(object_: str | None = None, detail: str | None = None) -> None:
    """What the record of the running command says beside its parameters, such as a token for a number."""
    context = click.get_current_context()
    if object_ is not None:
        context.meta[_OBJECT] = object_
    if detail is not None:
        context.meta[_DETAIL] = detail


def tell(context: click.Context, what: Audited, outcome: "Outcome", detail: str = "") -> None:
    """Write the record, or keep it; an error of it never hides the outcome of the command."""
    from msgspec.structs import replace

    from schemas.audit import COMMAND_LINE, audit_record
    from streams.admin.audit_unsent import send_or_keep

    record = audit_record(
        at=now_ms(),
        who=user_name(),
        role=COMMAND_LINE,
        from_address=_from_where(),
        action=what.action,
        object_=context.meta.get(_OBJECT) or _object(context, what.of),
        outcome=outcome,
        detail=detail or context.meta.get(_DETAIL, "") or _said_as(context),
    )
    record = replace(record, record_id=secrets.token_hex(8))
    # It would say in lines of its own what is said below in one.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)
    bootstrap, namespace, data = place_of(context)
    if problem := send_or_keep(record, bootstrap, namespace, data):
        click.echo(f"queuewatch: {problem}", err=True)


def _object(context: click.Context, of: tuple[str, ...]) -> str:
    given = (context.params.get(name) for name in of)
    return " ".join(
        " ".join(map(str, each)) if isinstance(each, tuple | list) else str(each)
        for each in given
        if each
    )


def _said_as(context: click.Context) -> str:
    """`--as` is what somebody typed; `who` of the record is the user of this machine."""
    who = context.params.get("who")
    return f"as {who}" if who and who != user_name() else ""


def place_of(context: click.Context) -> tuple[str | None, str, Path]:
    """Address of Kafka (None: no `up` runs, and none is named), namespace, and the folder --data."""
    data = Path(
        context.params.get("data")
        or context.meta.get("queuewatch.data")
        or os.environ.get("QUEUEWATCH_DATA", ".queuewatch")
    )
    if "bootstrap" in context.params:
        return context.params["bootstrap"], context.params.get("namespace") or "", data
    named = context.meta.get("queuewatch.audit_kafka")
    namespace = context.meta.get("queuewatch.audit_namespace")
    try:
        bootstrap, namespace = options.kafka_of(context, named, namespace)
    except click.ClickException:
        return None, namespace or "", data
    return bootstrap, namespace, data


def user_name() -> str:
    """Of the process, as the system knows it: $USER can be set by anybody."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # no such user in a container
        return f"user {os.getuid()}"


def _from_where() -> str:
    ssh = os.environ.get("SSH_CONNECTION", "").split(" ")[0]
    return socket.gethostname() + (f", by ssh from {ssh}" if ssh else "")


def _went_well(error: BaseException) -> bool:
    return (isinstance(error, SystemExit) and not error.code) or isinstance(
        error, click.exceptions.Exit
    )


def _why(error: BaseException) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, SystemExit):
        return f"exit code {error.code}"
    return "interrupted" if isinstance(error, KeyboardInterrupt | click.Abort) else repr(error)
