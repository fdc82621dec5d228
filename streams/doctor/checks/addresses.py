"""Whether the links of messages open: the board and a runbook, and not on one machine only."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from msgspec import Struct

from streams.doctor.asking import UnreachedError, bare, get
from streams.doctor.check import Check
from streams.doctor.finding import Finding, fail, ok, warn
from streams.doctor.system import System
from streams.sinks.alertmanager.decide import LOOPBACK, Links

_OK = 200
_A_RUNBOOK = "Watchdog"


class Opened(Struct, frozen=True):
    """A status of HTTP, or why nothing came back."""

    url: str
    status: int = 0
    why: str = ""


class Addresses(Struct, frozen=True):
    board: Opened
    runbook: Opened


def ask(system: System) -> Addresses:
    links = Links(system.board, system.runbooks)
    return Addresses(_open(f"{system.board}/"), _open(links.runbook(_A_RUNBOOK)))


def _open(url: str) -> Opened:
    try:
        return Opened(bare(url), get(url).status)
    except UnreachedError as error:
        return Opened(bare(url), why=str(error))


def judge(system: System, addresses: Addresses) -> Iterable[Finding]:
    for what, option, opened in (
        ("board", "--board-url", addresses.board),
        ("runbooks", "--runbooks" if system.runbooks else "--board-url", addresses.runbook),
    ):
        host = urlsplit(opened.url).hostname or ""
        if opened.why:
            yield fail(f"{what}: {opened.why}", f"start it, or give {option} as people reach it")
        elif opened.status != _OK:
            remedy = f"give {option}, and to the board --allow-host {host}"
            yield fail(f"{what}: {opened.url} answers {opened.status}", remedy)
        elif host in LOOPBACK:
            yield warn(
                f"{what}: {opened.url} opens on this machine only, so will the links in messages",
                f"give {option} an address that phones reach",
            )
        else:
            yield ok(f"{what}: {opened.url} opens")


CHECK = Check(rank=120, ask=ask, judge=judge)
