"""`queuewatch mapping`: how somebody else's call records become ours."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from streams.cli.inputs import shell, survey_of_file
from streams.cli.options import Failure

if TYPE_CHECKING:
    from producers.records.guess import Guess
    from producers.survey import Survey

# Not of other columns: nothing else says that their words have no meaning.
_UNKNOWN_OUTCOME = re.compile(r"outcome\b[^:]*: unknown word")


@click.group(name="mapping")
def command() -> None:
    """Begin a mapping: the columns, times and words of call records that are not in our own.

    \b
    Example:
      queuewatch mapping init calls.csv my-mapping.toml
    """


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.argument(
    "mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("mapping.toml"),
    required=False,
)
@click.option(
    "--time-zone", default="UTC", show_default=True, help="Zone of times without an offset."
)
@click.option("--force", is_flag=True, help="Overwrite MAPPING.")
def init(file: Path, mapping: Path, time_zone: str, *, force: bool) -> None:
    """Take the mapping that ships for an export of a known platform, otherwise guess one; say what is left to decide.

    \b
    Example:
      queuewatch mapping init calls.csv my-mapping.toml --time-zone Europe/Berlin
    """
    from producers.records.mapping import parse_mapping

    if mapping.exists() and not force:
        raise Failure(f"{mapping} exists: choose another name, or overwrite it with --force")
    try:
        ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):
        raise click.BadParameter(
            f'"{time_zone}" is no IANA name such as Europe/Berlin', param_hint="--time-zone"
        ) from None
    _refuse_queue_log(file, time_zone)
    text, how, undecided = _written(file, time_zone)
    parse_mapping(text)
    try:
        mapping.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{mapping}: {error.strerror}") from None
    print(f"{mapping}: {how}; read it before you trust it")
    for line in (*undecided, *_remarks(file, mapping)):
        print(f"  {line}")
    print("then see what would be sent:")
    print(f"  {shell('send', 'records', file, '--mapping', mapping, '--dry-run')}")


def _refuse_queue_log(file: Path, time_zone: str) -> None:
    """Failure for what Asterisk wrote: a guess would take each of its lines for a call."""
    import zlib
    from itertools import islice

    from producers.asterisk.lines import parse_line
    from producers.asterisk.sql_dump import found_dump
    from producers.asterisk.table_forms import LOOKED_AT, found_form
    from producers.asterisk.verbs import KNOWN
    from producers.input_file import InputFile, InputFileError
    from producers.progress import silent

    try:
        opened = InputFile(file, errors="backslashreplace")
        start = list(islice(opened.lines(silent()), LOOKED_AT))
    except (InputFileError, OSError, EOFError, zlib.error):
        return  # said by the reader of call records
    words: list[object] = ["send", "queue-log", file]
    if found_form(start) or found_dump(start, lambda: opened.lines(silent())):
        what = "Asterisk's table queue_log"
        words += ["--time-zone", time_zone]
    elif any((line := parse_line(text)) and line.verb in KNOWN for _, text in start):
        what = "a queue_log of Asterisk"
    else:
        return
    raise Failure(f"{file}: {what}, which needs no mapping; type: {shell(*words, '--dry-run')}")


def _written(file: Path, time_zone: str) -> tuple[str, str, Sequence[str]]:
    """(The mapping as TOML, how it was made, what a person must decide); Failure for what is no call records."""
    from producers.input_file import InputFile, InputFileError
    from producers.records.guess import guess
    from producers.records.made_mapping import made_mapping
    from producers.records.mapping_text import mapping_text
    from producers.records.no_header import guess_by_number
    from producers.records.no_legs import what_it_is
    from producers.records.sample import sample_of
    from producers.records.shipped_mappings import fitting

    try:
        first = sample_of(InputFile(file), lambda names: fitting(names) is not None)
    except InputFileError as error:
        raise Failure(str(error)) from None
    if shipped := fitting(first.names):
        made = made_mapping(shipped, first, time_zone)
        return made.text, f"made from the mapping {shipped.name}, which ships", made.undecided
    if what := what_it_is(first.names, first.rows):
        raise Failure(f"{file}: {what}")
    if first.has_header:
        guessed = guess(first.names, first.rows, first.delimiter)
    else:
        guessed = guess_by_number(first.rows, first.delimiter)
    text = mapping_text(guessed, file.name, first.encoding, time_zone)
    return text, f"guessed from {file}", _undecided(guessed, time_zone)


def _remarks(file: Path, mapping: Path) -> list[str]:
    """What is odd about the calls that the mapping gives; nothing while it lacks a column that is needed."""
    from producers.records.reading import RecordsFile
    from producers.survey import night_remark

    try:
        survey, read = survey_of_file("records", file, {"mapping_file": mapping})
    except Failure:
        return []
    remark = night_remark(survey, ZoneInfo(read.time_zone))
    own = (read.minutes_note(), read.offers_note()) if isinstance(read, RecordsFile) else ()
    return [*_refused(survey), *filter(None, (remark, *own))]


def _refused(survey: "Survey") -> list[str]:
    """How many rows would be refused for another reason than an outcome without a meaning, with the most frequent one."""
    from producers.refusal_groups import grouped

    reasons = [each for each in grouped(survey.refused) if not _UNKNOWN_OUTCOME.match(each[0])]
    if not reasons:
        return []
    reason, _, line = reasons[0]
    n = sum(times for _, times, _ in reasons)
    return [
        f"{n:,} of {survey.legs + survey.refusals:,} rows would be refused, the first at line {line}: {reason}"
    ]


def _undecided(guess: "Guess", zone: str) -> list[str]:
    """What a person must decide, one line each."""
    lines = [f"{name}: not found; name it in the file" for name in guess.missing]
    if guess.by_number:
        lines.insert(
            0, "no header: columns are numbers; the file lists them, name those that you need"
        )
    if guess.by_number and "queue" in guess.columns:
        lines.append(
            f"queue: column {guess.columns['queue']}, the only one whose words repeat; is it?"
        )
    lines += [f"time_format: {remark}" for remark in guess.time_remarks]
    lines += [f"{name}: not {why}" for name, why in guess.not_taken.items()]
    lines += [
        f"{name}: has a format of its own, {each}" for name, each in guess.time_formats.items()
    ]
    if guess.direction:
        lines.append(f"direction: {guess.direction}")
    if guess.ring:
        lines.append(f"wait_ms: {guess.ring}")
    if guess.other_format:
        lines.append(f"time_format: {guess.time_format} and {guess.other_format} both fit")
    if guess.zone and zone not in {"UTC", guess.zone}:
        lines.append(
            f'time_zone: "{guess.zone}", as the name of their column says; "{zone}" is not used'
        )
    elif (guess.is_local and not guess.zone) or "time_format" in guess.missing:
        lines.append(f'time_zone: the times have none; "{zone}" is assumed')
    if guess.unknown:
        words = ", ".join(f'"{word}" ({n:,})' for word, n in guess.unknown.items())
        lines.append(f"outcomes: without a meaning, their rows refused: {words}")
    if guess.repeated_id:
        why = (
            "an id of calls (contact_id)"
            if "contact_id" in guess.columns
            else "cut by a spreadsheet?"
        )
        lines.append(
            f"leg_id: not {guess.repeated_id}, which repeats in {guess.repeated:,} rows: {why}"
        )
    if "leg_id" not in guess.columns:
        lines.append("leg_id: none; made from queue, arrival and caller")
    return lines
