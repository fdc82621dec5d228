"""`queuewatch callers`: what is kept of single callers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from schemas.health import HEALTH_STALE_MS
from schemas.millis import SECOND
from streams.cli import options
from streams.cli.audited import audited, place_of, say_of, with_kafka
from streams.cli.options import Failure, in_one_line
from streams.cli.tables import archive


@click.group(name="callers")
def command() -> None:
    """Callers stand everywhere as tokens that only the key in the data folder can make of a number.

    \b
    Example:
      queuewatch callers forget - < number.txt
      queuewatch callers rotate --joinable 7d
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

    Its tokens of former keys go, too, and the number itself from reasons and notes; where it is part of an id or of an agent's name
    it is told and stays. The calls stay and count. Tokens are erased again each night for as long as Kafka may bring them
    again. An embedded archive must not be running.

    \b
    Example:
      queuewatch callers forget - < number.txt
    """
    from streams.plumbing.wall_clock import now_ms
    from streams.sinks.clickhouse import clear_numbers, forgetting

    say_of(object_="one caller")
    if number == "-":
        number = click.get_text_stream("stdin").readline()
    tokens = _tokens(number, data, caller_key_file)
    pattern = clear_numbers.pattern_of(number)
    _needs_archive(data, clickhouse_url)
    with archive(data, clickhouse_url) as database:
        found = _sum(forgetting.rows_of(database, token) for token in tokens)
        in_clear = clear_numbers.rows_of(database, pattern) if pattern else {}
        for table, rows in found.items():
            click.echo(f"  {table}: {rows:,} rows")
        for table, rows in in_clear.items():
            click.echo(f"  {table}: {rows:,} rows with the number itself in their text")
        if not found and not in_clear:
            click.echo("no row of the archive names this caller")
        if not yes:
            options.ask("Erase for good whose calls these were?", "nothing erased")
        now = now_ms()
        done = _sum(
            [
                *(forgetting.forget(database, token, now) for token in tokens),
                clear_numbers.erase(database, pattern) if pattern else {},
            ]
        )
        left = clear_numbers.left(database, pattern, tokens) if pattern else {}
    said = f"erased in {sum(done.values()):,} rows"
    of_left = "".join(f"; left in {n} of {column}" for column, n in left.items())
    say_of(detail=said + "".join(f", {table} {rows}" for table, rows in done.items()) + of_left)
    click.echo(said)
    for line in (*_left(left, is_looked_for=pattern is not None), *_still_held(now)):
        click.echo(line)


@command.command()
@click.option(
    "--joinable",
    required=True,
    metavar="DURATION",
    help="How long tokens of before can be joined with new ones: 7d; 0s if the key was stolen.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.data
@options.clickhouse
@options.caller_key_file
@with_kafka
@audited("callers_rotate")
def rotate(
    joinable: str, yes: bool, data: Path, clickhouse_url: str | None, caller_key_file: Path | None
) -> None:
    """Change the key of the callers' tokens: from now on each caller has another token. Asks first.

    Stop all producers before, give them the new file, start them. For the time named the archive keeps which token
    became which, for the calls of the last 7 days. An embedded archive must not be running.

    \b
    Example:
      queuewatch callers rotate --joinable 7d
    """
    from producers.caller_key import CallerKeyError, renewed
    from schemas.millis import iso
    from streams.history.call_backs import MATCHED_WITHIN_MS
    from streams.plumbing.wall_clock import now_ms
    from streams.sinks.clickhouse import caller_links

    say_of(object_="the key of the callers' tokens")
    lasts_ms = _duration(joinable)
    path = _key_file(data, caller_key_file)
    _needs_archive(data, clickhouse_url)
    _refuse_running_producers()
    if not yes:
        click.echo("producers that run go on with the former key: stop them first")
        options.ask("Give every caller another token from now on?", "nothing changed")
    with in_one_line(CallerKeyError), archive(data, clickhouse_url) as database:
        now = now_ms()
        until = now + lasts_ms
        with renewed(path, now) as (former, key):
            caller_links.delete_ended(database, now)
            done = caller_links.Linked(0, 0)
            if lasts_ms:
                done = caller_links.link(database, key, now - MATCHED_WITHIN_MS, now, until)
    said = f"key {former.key_id} became {key.key_id}, " + (
        f"{done.linked:,} tokens joinable until {iso(until)}" if lasts_ms else "no token joinable"
    )
    say_of(detail=said)
    click.echo(said)
    if done.of_other_keys:
        click.echo(f"  not joinable: {done.of_other_keys:,} tokens of keys that are not in {path}")
    for line in _after_the_change(path, is_joined=lasts_ms > 0):
        click.echo(line)


def _refuse_running_producers() -> None:
    """They read the key when they start: their calls would keep former tokens, and nobody would join them."""
    from streams.admin.broker import AdminError
    from streams.admin.running_producers import read_running
    from streams.plumbing.wall_clock import now_ms

    bootstrap, namespace, _ = place_of(click.get_current_context())
    if bootstrap is None:
        click.echo("not looked whether producers run: no Kafka is named", err=True)
        return
    try:
        running = read_running(bootstrap, namespace, now_ms())
    except AdminError as error:
        click.echo(f"not looked whether producers run: {error}", err=True)
        return
    if running:
        raise Failure(
            f"still running, and would go on with the former key: {', '.join(running)};"
            f" stop them, wait {HEALTH_STALE_MS // SECOND} s if one was killed, and start them after this"
        )


def _after_the_change(path: Path, *, is_joined: bool) -> list[str]:
    call_backs = "call-backs and their requests (`history callbacks`)"
    return [
        f"Back {path} up, give it to every producer, and start producers and archive anew.",
        f"Joined across the change: {call_backs}." if is_joined else f"Not joined: {call_backs}.",
        "Not joined: who called before and calls again within 24 hours is two callers of an incident;",
        "  calls that the archive did not have yet; calls of producers that go on with the former file.",
        "Calls of before keep their tokens, also in files that are sent later.",
    ]


def _duration(text: str) -> int:
    from schemas.millis import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.UsageError(f"--joinable: {error}") from None


def _needs_archive(data: Path, clickhouse_url: str | None) -> None:
    if clickhouse_url is None and not (data / "archive").exists():
        raise Failure(f"{data} holds no archive")


def _key_file(data: Path, key_file: Path | None) -> Path:
    from producers.caller_key import FILE_NAME

    path = key_file or data / FILE_NAME
    if key_file is None and not path.exists():
        raise Failure(
            f"{data} holds no {FILE_NAME}: name the key of the producers (--caller-key-file)"
        )
    return path


def _tokens(number: str, data: Path, key_file: Path | None) -> list[str]:
    """By the key and by each before it, the newest first."""
    from producers.caller_key import CallerKeyError, caller_key
    from schemas.privacy import caller_token

    path = _key_file(data, key_file)
    with in_one_line(CallerKeyError):
        key = caller_key(data, path)
    if not any(map(str.isdigit, number)):
        raise click.BadParameter("expected a telephone number", param_hint="NUMBER")
    tokens = [caller_token(each, number) for each in key.line()]
    # An empty token stands in every text: each row of the archive would be rewritten, each night.
    if not all(tokens):
        raise click.BadParameter(
            "platforms write this where they withhold a number: it is nobody's", param_hint="NUMBER"
        )
    return tokens


def _sum(rows: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in rows:
        total.update(each)
    return dict(total)


def _left(left: Mapping[str, int], *, is_looked_for: bool) -> list[str]:
    """Where the number itself still stands, and why."""
    if not is_looked_for:
        return ["not looked for in texts: a number of fewer than 6 digits"]
    if not left:
        return []
    return [
        "the number itself stays where calls, agents or records are found by it:",
        *(f"  {column}: {rows:,} rows" for column, rows in left.items()),
        "  it goes with the calls: queuewatch archive purge; better that the platform makes its ids of something else",
    ]


def _still_held(now: int) -> list[str]:
    """What Kafka still holds, and until when: no single record can be removed there."""
    from schemas.millis import iso
    from schemas.topics import topic
    from streams.sinks.clickhouse.forgetting import ERASED_AGAIN_MS, STATE_HOLDS_MS, TOPICS

    lines = [
        f"  {name}: until {iso(now + (topic(name).retention_ms or 0))} at the latest"
        for name in TOPICS
    ]
    return [
        "Kafka still holds calls from before, and forgets them by age:",
        *lines,
        f"  state, and the memory of workers: until {iso(now + STATE_HOLDS_MS)} at the latest,",
        "    but for as long as the call itself or an incident with it goes on, or its source says nothing",
        f"Until {iso(now + ERASED_AGAIN_MS)} archive erases the token again each night.",
        "The number itself is kept nowhere for that: run this once more after that day.",
    ]
