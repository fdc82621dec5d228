"""`queuewatch access`: tokens of people and programs, links of walls, and the end of sessions."""

import secrets
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from schemas.millis import MINUTE, iso, parse_duration
from schemas.roles import ROLES, Role
from schemas.toml_reading import nth
from streams.cli import options
from streams.cli.audited import audited, place_of, with_kafka
from streams.cli.departments import check_departments, departments_there, no_department
from streams.cli.options import FC, Failure, in_one_line
from streams.plumbing.wall_clock import now_ms

if TYPE_CHECKING:
    from dashboards.access.config import Access
    from dashboards.access.register import Register
    from dashboards.access.register_file import RegisterFile
    from dashboards.access.rights import Grant

_SECRET_BYTES = 32


@click.group(name="access")
def command() -> None:
    """Who may see the board: tokens, walls and sessions. The file is that of `board --access`.

    \b
    Example:
      queuewatch access list --access /etc/queuewatch/access.toml
    """


_with_targets = partial(with_kafka, why="Where the departments that there are stand.")
_departments = click.option(
    "--department",
    "departments",
    multiple=True,
    metavar="ID",
    help="Only this department of queues.toml; repeatable.  [default: all]",
)


def _valid(default: str, what: str) -> Callable[[FC], FC]:
    return click.option(
        "--valid", default=default, show_default=True, metavar="DURATION", help=what
    )


@command.command()
@click.argument("name", metavar="WHO")
@click.option(
    "--role", required=True, type=click.Choice(ROLES), help="docs/operator.md has the table."
)
@_departments
@_valid("365d", "How long it can be used.")
@options.access_file(required=True)
@options.data_of_up
@with_kafka
@audited("token_issue", "name", "role", "departments")
def token(
    name: str, role: str, departments: tuple[str, ...], valid: str, access_file: Path
) -> None:
    """Make a token for WHO and print it once: only its hash is kept.

    \b
    Example:
      queuewatch access token "water desk" --role supervisor --department water --access access.toml
    """
    from dashboards.access.register import Token, digest

    register, now = _register(access_file), now_ms()
    _check(departments)
    secret = f"qw_{secrets.token_urlsafe(_SECRET_BYTES)}"
    made = Token(
        who=_name(name),
        grants=(_grant(role, departments),),
        digest=digest(secret),
        made_at=now,
        expires_at=now + _duration(valid),
    )
    id_ = _add(register, "tokens", made)
    click.echo(secret)
    until = iso(made.expires_at // MINUTE * MINUTE)
    click.echo(
        f"queuewatch: token {id_} of {made.who} ({role}, {_where(departments)}) until {until};"
        " it is not shown again",
        err=True,
    )


@command.command()
@click.argument("name")
@_departments
@_valid("24h", "How long the link can be opened; the screen stays until it is revoked.")
@options.access_file(required=True)
@options.data_of_up
@with_kafka
@audited("wall_link", "name", "departments")
def wall(name: str, departments: tuple[str, ...], valid: str, access_file: Path) -> None:
    """Print a link that makes the first browser which opens it the wall NAME, read-only until it is revoked.

    \b
    Example:
      queuewatch access wall "hall, ground floor" --department water --access access.toml
    """
    from dashboards.access.register import Wall, digest

    access, now = _read(access_file), now_ms()
    _check(departments)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    made = Wall(
        who=_name(name),
        grants=(_grant("viewer", departments),),
        made_at=now,
        link_digest=digest(secret),
        link_expires_at=now + _duration(valid),
    )
    id_ = _add(_file(access), "walls", made)
    click.echo(f"{access.address}/access/wall/{secret}")
    until = iso(made.link_expires_at // MINUTE * MINUTE)
    click.echo(
        f"queuewatch: wall {id_}, {made.who} ({_where(departments)}): open the link on that screen"
        f" before {until}; it works once",
        err=True,
    )


@command.command(name="list")
@options.access_file(required=True)
def list_(access_file: Path) -> None:
    """List tokens and walls, without their secrets.

    \b
    Example:
      queuewatch access list --access /etc/queuewatch/access.toml
    """
    from dashboards.access.register_file import RegisterError

    with in_one_line(RegisterError):
        found = _register(access_file).read()
    for line in _lines(found, now_ms()):
        click.echo(line)


@command.command()
@click.argument("id_", metavar="ID")
@options.access_file(required=True)
@options.data_of_up
@with_kafka
@audited("wall_revoke", "id_")
def revoke(id_: str, access_file: Path) -> None:
    """Take a token or a wall away, with every session that began with it; boards know at once.

    \b
    Example:
      queuewatch access revoke t1a2b3c4d --access /etc/queuewatch/access.toml
    """
    from dashboards.access.register import without
    from dashboards.access.register_file import RegisterError

    try:
        with in_one_line(RegisterError):
            _register(access_file).change(lambda register: (None, without(register, id_)))
    except KeyError:
        raise Failure(f"there is no token or wall {id_}: see queuewatch access list") from None
    click.echo(f"{id_} is revoked")


@command.command(name="log-out")
@click.argument("name", metavar="WHO", required=False)
@click.option("--everybody", is_flag=True, help="All sessions of all people.")
@options.access_file(required=True)
@options.data_of_up
@with_kafka
@audited("log_out_everywhere", "name", "everybody")
def log_out(name: str | None, everybody: bool, access_file: Path) -> None:
    """End all sessions of WHO on every device; walls and tokens stay until they are revoked.

    \b
    Example:
      queuewatch access log-out ann --access /etc/queuewatch/access.toml
    """
    from dashboards.access.register import EVERYBODY, with_all_ended
    from dashboards.access.register_file import RegisterError

    if (name is None) != everybody:
        raise click.UsageError("name WHO, or say --everybody")
    access = _read(access_file)
    who, now = EVERYBODY if name is None else name, now_ms()
    with in_one_line(RegisterError):
        _file(access).change(lambda r: (None, with_all_ended(r, who, now)))
    click.echo(f"sessions of {name or 'everybody'} that began until now are ended")


@command.command()
@options.access_file(required=True)
@options.data_of_up
@_with_targets
def check(access_file: Path) -> None:
    """Check FILE and its register, that their departments are in queues.toml, and say what is switched on.

    \b
    Example:
      queuewatch access check --access /etc/queuewatch/access.toml
    """
    from dashboards.access.register_file import RegisterError

    access = _read(access_file)
    with in_one_line(RegisterError):
        found = _file(access).read()
    if wrong := _nowhere(access, found):
        raise Failure("\n".join(wrong))
    ways = ["tokens"]
    if access.oidc is not None:
        ways.append(f"OpenID Connect ({access.oidc.issuer})")
    if access.proxy is not None:
        ways.append("a proxy" if access.proxy.user_header else "a proxy for TLS alone")
    click.echo(
        f"{access_file}: valid; by {', '.join(ways)}; {len(access.groups)} groups,"
        f" {len(found.tokens)} tokens, {len(found.walls)} walls"
    )


def _nowhere(access: "Access", register: "Register") -> list[str]:
    """A line for each that may see departments of which one does not exist: its people would see less than was meant, or nothing."""
    holders = list(_holders(access, register))
    named = {each for _, departments in holders for each in departments}
    there = _there(tuple(sorted(named)))
    if there is None:
        return []
    return [
        f"{holder}: {no_department(each, there)}"
        for holder, departments in holders
        for each in sorted(departments - there)
    ]


def _holders(access: "Access", register: "Register") -> Iterator[tuple[str, frozenset[str]]]:
    for index, group in enumerate(access.groups):
        yield f"{nth('groups', index)}, {group.group}", group.grant.departments or frozenset()
    for kind, held in (("token", register.tokens), ("wall", register.walls)):
        for id_, each in held.items():
            for grant in each.grants:
                yield f"{kind} {id_}, {each.who}", grant.departments or frozenset()


def _lines(register: "Register", now: int) -> list[str]:
    lines = []
    for id_, token in register.tokens.items():
        state = "expired" if now >= token.expires_at else f"until {iso(token.expires_at)}"
        lines.append(f"{id_}  token  {token.who}  {_grants(token.grants)}  {state}")
    for id_, wall in register.walls.items():
        if wall.opened_at is not None:
            state = f"opened {iso(wall.opened_at)}"
        elif now >= wall.link_expires_at:
            state = "never opened, its link has expired"
        else:
            state = f"not opened yet, its link holds until {iso(wall.link_expires_at)}"
        lines.append(f"{id_}  wall   {wall.who}  {_grants(wall.grants)}  {state}")
    return lines or ["no tokens and no walls"]


def _grants(grants: "tuple[Grant, ...]") -> str:
    return "; ".join(
        f"{each.role}, {_where(tuple(sorted(each.departments or ())))}" for each in grants
    )


def _where(departments: tuple[str, ...]) -> str:
    return ", ".join(departments) if departments else "all departments"


def _grant(role: str, departments: tuple[str, ...]) -> "Grant":
    from dashboards.access.rights import Grant

    return Grant(cast("Role", role), frozenset(departments) if departments else None)


def _check(departments: tuple[str, ...]) -> None:
    """Failure for one that there is not: a wall of it would show nothing for ever."""
    there = _there(departments)
    if there is not None:
        check_departments(departments, there)


def _there(named: tuple[str, ...]) -> set[str] | None:
    """Departments of the newest targets; None where nothing is `named`, or where Kafka cannot be read: it is no part of the way in,
    so that is said, and the command goes on.
    """
    from streams.admin.broker import AdminError

    if not named:
        return None
    bootstrap, namespace, _ = place_of(click.get_current_context())
    problem = "no Kafka is known: name a --kafka, or the --data of an `up` that runs"
    if bootstrap is not None:
        try:
            return departments_there(bootstrap, namespace)
        except AdminError as error:
            problem = str(error)
    click.echo(
        f"queuewatch: whether there is a department {_where(named)} was not checked: {problem}",
        err=True,
    )
    return None


def _name(text: str) -> str:
    from schemas.commands import checked_who

    try:
        return checked_who(text)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _duration(text: str) -> int:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.UsageError(f"--valid: {error}") from None


def _add(register: "RegisterFile", kind: str, made: Any) -> str:
    from msgspec.structs import replace

    from dashboards.access.register_file import RegisterError

    id_ = f"{kind[0]}{secrets.token_hex(4)}"

    def decide(before: "Register") -> tuple[None, "Register"]:
        return None, replace(before, **{kind: {**getattr(before, kind), id_: made}})

    with in_one_line(RegisterError):
        register.change(decide)
    return id_


def _read(file: Path) -> "Access":
    from dashboards.access.config import AccessError, read_access

    with in_one_line(AccessError):
        return read_access(file)


def _register(file: Path) -> "RegisterFile":
    return _file(_read(file))


def _file(access: "Access") -> "RegisterFile":
    from dashboards.access.register_file import RegisterFile

    return RegisterFile(access.register)
