"""The options of `send simulate`: declared and parsed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from msgspec import Struct

from producers.simulate.faults.catalogue import NAMES as FAULTS
from producers.simulate.faults.catalogue import SOURCES, parse_faults
from producers.simulate.scenarios import NAMES
from schemas.millis import from_iso, parse_duration


class Options(Struct, frozen=True):
    """The command line; times are not parsed yet."""

    bootstrap: str
    namespace: str
    data: Path
    caller_key_file: Path | None
    scenario: str
    seed: int | None
    began: str
    until: str | None
    speed: float | None
    calls: int | None
    ledger: Path | None
    faults: tuple[str, ...]
    sources: int | None
    anew: bool

    @property
    def keeps_position(self) -> bool:
        """False for a run with an end, faults or a ledger: it neither continues a run nor is continued."""
        return self.until is None and self.calls is None and self.ledger is None and not self.faults

    @property
    def nodes(self) -> int:
        """Number of platform nodes: by default one; with faults more, so that some are not affected."""
        return self.sources or (SOURCES if self.faults else 1)


class _Speed(click.ParamType):
    name = "n|max"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | None:
        try:
            speed = None if value == "max" else float(str(value))
        except ValueError:
            speed = 0.0
        if speed is not None and not 0 < speed < float("inf"):
            self.fail(f'expected "max" or a number above 0, got "{value}"', param, ctx)
        return speed


class _Faults(click.ParamType):
    name = "all|name,…"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):  # the default
            return value
        try:
            return parse_faults(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def declared(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, in the order of `--help`."""
    for option in reversed(_DECLARED):
        command = option(command)
    return command


def when(option: str, text: str, now: int, zone: ZoneInfo) -> int:
    """Parse `now`, `-6h`, `+30m` or an ISO time; without an offset it is in `zone`."""
    try:
        if text == "now":
            return now
        if text[:1] in ("-", "+"):
            return now + (-1 if text[0] == "-" else 1) * parse_duration(text[1:])
        return from_iso(text, zone)
    except ValueError:
        raise click.BadParameter(
            f'expected -6h, an ISO time or now, got "{text}"', param_hint=option
        ) from None


_DECLARED = (
    click.option(
        "--scenario",
        type=click.Choice(NAMES),
        default="ordinary",
        show_default=True,
        help="What happens in the simulated centre (docs/scenarios.md).",
    ),
    click.option(
        "--from",
        "began",
        default="-6h",
        show_default=True,
        metavar="WHEN",
        help="Where a new run begins: -6h, an ISO time, or now.",
    ),
    click.option(
        "--until",
        default=None,
        metavar="WHEN",
        help="Nobody calls from here on; open calls are finished, then the run ends.",
    ),
    click.option(
        "--speed",
        type=_Speed(),
        default="max",
        show_default=True,
        help="Times real time, until it has caught up with now.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=None,
        help="Same seed and start, same events. Default: that of the run before, or 1.",
    ),
    click.option(
        "--calls", type=click.IntRange(min=1), default=None, help="End after so many offered calls."
    ),
    click.option(
        "--ledger",
        type=click.Path(path_type=Path),
        default=None,
        metavar="FILE|DIR",
        help="Write one row a leg, in the columns of `send records`; with --faults truth.csv and"
        " expected.csv in a folder.",
    ),
    click.option(
        "--faults",
        type=_Faults(),
        default=(),
        metavar="all|NAME,…",
        help=f"What goes wrong on the way: {', '.join(FAULTS)}.",
    ),
    click.option(
        "--sources",
        type=click.IntRange(min=1, max=50),
        default=None,
        metavar="N",
        help=f"So many platform nodes report, whole centres each. Default: 1; with --faults {SOURCES}.",
    ),
    click.option("--anew", is_flag=True, help="Do not go on where the run before stopped."),
    click.option(
        "--kafka",
        "bootstrap",
        envvar="QUEUEWATCH_KAFKA",
        default="127.0.0.1:9092",
        show_default=True,
        metavar="HOSTS",
        help="Kafka bootstrap servers.",
    ),
    click.option(
        "--namespace",
        envvar="QUEUEWATCH_NAMESPACE",
        default="",
        metavar="PREFIX",
        help="Prefix of topics.",
    ),
    click.option(
        "--data",
        envvar="QUEUEWATCH_DATA",
        default=".queuewatch",
        show_default=True,
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Folder of the callers' key and of the position.",
    ),
    click.option(
        "--caller-key-file",
        type=click.Path(path_type=Path, dir_okay=False),
        default=None,
        envvar="QUEUEWATCH_CALLER_KEY_FILE",
        metavar="FILE",
        help="Secret of the callers' tokens; without it DIR/caller.key.",
    ),
)
