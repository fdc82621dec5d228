"""A time that somebody types. Without an offset it is on the clock of the queue that the command is about, else on that of [defaults];
which one it was is always said.
"""

import click

from streams.cli import options

_EXAMPLE = "2026-11-01T08:00:00+02:00"
_FAR_FROM_UTC = "Pacific/Kiritimati"


def typed(text: str, now: int, *, ahead: bool) -> int | str:
    """In ms; `2h` is that far `ahead` of now or ago. The text itself where its zone must be asked for; BadParameter for neither."""
    from schemas.millis import parse_duration

    try:
        return now + parse_duration(text) * (1 if ahead else -1)
    except ValueError:
        pass
    try:
        return text if needs_zone(text, "", _EXAMPLE) else options.moment(text, "UTC", "", _EXAMPLE)
    except click.BadParameter:
        raise click.BadParameter(
            f'expected a time or a duration such as "2h", got "{text}"'
        ) from None


def needs_zone(text: str, hint: str, example: str) -> bool:
    """Whether it has no offset; BadParameter for what is no time."""
    first, second = (options.moment(text, zone, hint, example) for zone in ("UTC", _FAR_FROM_UTC))
    return first != second


def say_zone(zone: str, queue: str | None = None) -> None:
    """That times are in it: in that of the queue, where there is one."""
    whose = f"the zone of {queue}" if queue else "the default zone"
    line = f"times without an offset are in {zone}, {whose}"
    context = click.get_current_context(silent=True)
    said: set[str] = context.meta.setdefault(__name__, set()) if context else set()
    if line not in said:  # a command with two such times says it once
        click.echo(line, err=True)
    said.add(line)


def on_clock_of(queue: str, given: int | str, bootstrap: str, namespace: str, hint: str) -> int:
    """Of what `typed` gave, on the clock of the queue, "" is that of [defaults]. `hint` names the option."""
    from schemas.targets_book import NO_ZONE
    from streams.admin.broker import AdminError
    from streams.admin.targets import read_versions

    if isinstance(given, int):
        return given
    with options.in_one_line(AdminError):
        versions = read_versions(bootstrap, namespace)
    named = [t.time_zone for version in versions for t in version.queues if t.queue == queue]
    zone = named[-1] if named else versions[-1].default_zone if versions else NO_ZONE
    say_zone(zone, queue if named else None)
    return options.moment(given, zone, hint, _EXAMPLE)


def on_archive_clock(text: str, zone: str, hint: str, example: str) -> int:
    """The same of a command that is about the archive, whose default zone is `zone`."""
    if needs_zone(text, hint, example):
        say_zone(zone)
    return options.moment(text, zone, hint, example)
