"""`queuewatch callers`: what is kept of single callers."""

from pathlib import Path

import click

from streams.cli import options
from streams.cli.audited import audited, say_of, with_kafka
from streams.cli.options import Failure, in_one_line
from streams.cli.tables import archive


@click.group(name="callers")
def command() -> None:
    """Callers stand everywhere as tokens that only the key in the data folder can make of a number.

    \b
    Example:
      queuewatch callers forget - < number.txt
    """


@command.command()
@click.argument("number")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.data
@options.clickhouse
@options.caller_key_file
@with_kafka
@audited("callers_forget")
def forget(
    number: str, yes: bool, data: Path, clickhouse_url: str | None, caller_key_file: Path | None
) -> None:
    """Erase from the archive whose the calls of NUMBER were; says how many, then asks. `-` reads it from the input.

    The calls stay and count. It is erased again each night for as long as Kafka may bring it again. An embedded
    archive must not be running.

    \b
    Example:
      queuewatch callers forget - < number.txt
    """
    from streams.plumbing.wall_clock import now_ms
    from streams.sinks.clickhouse import forgetting

    say_of(object_="one caller")
    token = _token(number, data, caller_key_file)
    if clickhouse_url is None and not (data / "archive").exists():
        raise Failure(f"{data} holds no archive")
    with archive(data, clickhouse_url) as database:
        found = forgetting.rows_of(database, token)
        for table, rows in found.items():
            click.echo(f"  {table}: {rows:,} rows")
        if not found:
            click.echo("no row of the archive names this caller")
        if not yes:
            options.ask("Erase for good whose calls these were?", "nothing erased")
        now = now_ms()
        done = forgetting.forget(database, token, now)
    said = f"erased in {sum(done.values()):,} rows"
    say_of(detail=said + "".join(f", {table} {rows}" for table, rows in done.items()))
    click.echo(said)
    for line in _still_held(now):
        click.echo(line)


def _token(number: str, data: Path, key_file: Path | None) -> str:
    from producers.caller_key import FILE_NAME, CallerKeyError, caller_key
    from schemas.privacy import caller_token

    if number == "-":
        number = click.get_text_stream("stdin").readline()
    if key_file is None and not (data / FILE_NAME).exists():
        raise Failure(
            f"{data} holds no {FILE_NAME}: name the key of the producers (--caller-key-file)"
        )
    with in_one_line(CallerKeyError):
        token = caller_token(caller_key(data, key_file), number)
    if not any(map(str.isdigit, number)):
        raise click.BadParameter("expected a telephone number", param_hint="NUMBER")
    return token


def _still_held(now: int) -> list[str]:
    """What Kafka still holds, and until when: no single record can be removed there."""
    from schemas.millis import iso
    from schemas.topics import topic
    from streams.sinks.clickhouse.forgetting import TOPICS

    lines = [
        f"  {name}: until {iso(now + (topic(name).retention_ms or 0))} at the latest"
        for name in TOPICS
    ]
    return [
        "Kafka still holds calls from before, and forgets them by age:",
        *lines,
        "  state: until 6 hours after the last event of each call, and Kafka has compacted the topic",
    ]
