"""Whether people can log in to the board: access.toml, its secrets, the register, and the provider of OpenID Connect."""

import asyncio
import stat
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from dashboards.access.config import Access, AccessError, read_access
from dashboards.access.oidc import OidcError, Provider
from dashboards.access.register_file import RegisterError, RegisterFile
from streams.doctor.check import Check
from streams.doctor.finding import Finding, fail, ok, warn
from streams.doctor.system import System
from streams.plumbing.wall_clock import now_ms


class Found(Struct, frozen=True, kw_only=True):
    """`modes`: of the files that are there. `tokens` and `walls` None: there is no register yet."""

    modes: dict[Path, int] = {}
    access: Access | None = None
    mistake: str = ""
    tokens: int | None = None
    walls: int = 0
    register_mistake: str = ""
    provider_mistake: str = ""


def unasked(system: System) -> str:
    return "" if system.access_file else "no --access given: without it everybody on this machine may do everything"  # fmt: skip


def ask(system: System) -> Found:
    file = system.access_file or Path()
    try:
        access = read_access(file)
    except AccessError as error:
        return Found(modes=_modes([file]), mistake=str(error))
    tokens, walls, register_mistake, provider_mistake = None, 0, "", ""
    try:
        register = RegisterFile(access.register).read()
        if access.register.exists():
            tokens, walls = len(register.tokens), len(register.walls)
    except RegisterError as error:
        register_mistake = str(error)
    if access.oidc is not None:
        try:
            asyncio.run(Provider(access.oidc, access.address).check(now_ms()))
        except OidcError as error:
            provider_mistake = str(error)
    return Found(
        modes=_modes([file, access.register, *access.secret_files]),
        access=access,
        tokens=tokens,
        walls=walls,
        register_mistake=register_mistake,
        provider_mistake=provider_mistake,
    )


def _modes(files: Iterable[Path]) -> dict[Path, int]:
    modes = {}
    for file in files:
        try:
            modes[file] = file.stat().st_mode
        except OSError:  # one that must be there is missed by whoever reads it
            continue
    return modes


def judge(system: System, found: Found) -> Iterable[Finding]:
    file, access = system.access_file, found.access
    if found.mistake:
        yield fail(found.mistake)
    for path, mode in found.modes.items():
        if mode & stat.S_IWOTH:
            yield fail(
                f"{path} can be changed by every user of this machine, who so gets every right",
                f"chmod o-w {path}",
            )
        elif access is not None and path in access.secret_files and mode & stat.S_IROTH:
            yield fail(
                f"{path} can be read by every user of this machine, who can log in as anybody",
                f"chmod o-rwx {path}, and make a new secret",
            )
    if access is None:
        return
    if found.register_mistake:
        yield fail(found.register_mistake)
    elif found.tokens is None:
        yield warn(
            f"{access.register}: no register yet, so no token and no wall",
            "`queuewatch access token`, unless everybody comes by a provider or a proxy",
        )
    if found.provider_mistake and access.oidc is not None:
        yield fail(
            f"nobody can log in at {access.oidc.issuer}: {found.provider_mistake}",
            "see issuer and ca_file in [oidc], and whether this machine reaches the provider",
        )
    yield ok(f"{file} is valid: people come {_ways(access, found)}")


def _ways(access: Access, found: Found) -> str:
    ways = [f"by {found.tokens or 0} tokens and {found.walls} walls"]
    if access.oidc is not None:
        ways.append(f"by OpenID Connect ({access.oidc.issuer})")
    if access.proxy is not None and access.proxy.user_header:
        ways.append("by a proxy")
    return ", ".join(ways)


CHECK = Check(rank=125, ask=ask, judge=judge, unasked=unasked)
