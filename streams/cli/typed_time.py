"""A time that somebody types to a command that asks Kafka: without an offset it is on the clock of [defaults], as in `history`."""

import click

from schemas.millis import parse_duration
from schemas.targets_book import NO_ZONE
from streams.cli import options

_EXAMPLE = "2026-11-01T08:00:00+02:00"
_FAR_FROM_UTC = "Pacific/Kiritimati"


def typed(text: str, now: int, *, ahead: bool) -> int | str:
    """In ms; `2h` is that far `ahead` of now or ago. The text itself where its zone must be asked for; BadParameter for neither."""
    try:
        return now + parse_duration(text) * (1 if ahead else -1)
    except ValueError:
        pass
    try:
        first, second = (
            options.moment(text, zone, "", _EXAMPLE) for zone in ("UTC", _FAR_FROM_UTC)
        )
    except click.BadParameter:
        raise click.BadParameter(
            f'expected a time or a duration such as "2h", got "{text}"'
        ) from None
    return first if first == second else text


def on_default_clock(given: int | str, bootstrap: str, namespace: str, hint: str) -> int:
    """Of what `typed` gave; the zone is said where it was asked for. `hint` names the option."""
    from streams.admin.broker import AdminError
    from streams.admin.targets import read_versions

    if isinstance(given, int):
        return given
    with options.in_one_line(AdminError):
        versions = read_versions(bootstrap, namespace)
    zone = versions[-1].default_zone if versions else NO_ZONE
    click.echo(f"times without an offset are in {zone}, the default zone", err=True)
    return options.moment(given, zone, hint, _EXAMPLE)
