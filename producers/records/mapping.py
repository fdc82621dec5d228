"""`--mapping FILE.toml`: how call records of another system become ours; each mistake has its path.

`deploy/mappings/example.toml` shows every key.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from producers.encodings import is_encoding
from producers.input_file import InputFileError
from producers.records.durations import DurationUnit
from producers.records.times import ReadTime, says_offset, time_reader
from schemas.calls import ClosedOutcome
from schemas.toml_reading import ConfigurationError, in_words, read_toml, unknown_word

COLUMNS: tuple[str, ...] = (
    "leg_id",
    "contact_id",
    "queue",
    "channel",
    "caller",
    "arrived_at",
    "answered_at",
    "left_at",
    "ended_at",
    "outcome",
    "agent",
    "reason",
    "direction",
    "topic",
    "area",
    "priority",
    "wait_ms",
    "missed_offers",
    "hold_ms",
    "wrap_ended_at",
    "disposition",
    "talk_ms",
)
FORMATS = ("iso", "epoch_s", "epoch_ms")  # of times, besides patterns of strptime
REQUIRED: tuple[str, ...] = ("queue", "arrived_at", "outcome")
TIMES = ("arrived_at", "answered_at", "left_at", "ended_at", "wrap_ended_at")
DURATIONS = ("wait_ms", "talk_ms", "hold_ms")
NUMBERS = ("priority", "missed_offers")
# Columns that another one may stand for; times and outcomes of two columns would be of two different things.
ALTERNATIVES = ("contact_id", "queue", "caller", "agent", "topic", "area", "disposition")
OUTCOME_WORDS: tuple[str, ...] = (*get_args(ClosedOutcome), "open")


class Mapping(Struct, frozen=True, forbid_unknown_fields=True):
    """The differences from our own format. Several columns for one of ours are joined by a space."""

    delimiter: str = ","
    encoding: str = ""  # empty: found by trial (`producers.encodings`)
    sheet: str = ""  # of a workbook; empty: the first that has the columns
    time_format: str = "iso"  # iso, epoch_s, epoch_ms, or a pattern of strptime
    time_zone: str = ""  # of times without an offset; UTC when absent
    durations: DurationUnit | None = None  # of numbers in wait_ms, hold_ms and talk_ms; None: ms
    time_formats: dict[str, str] = {}  # ours = its own format, where it differs
    none: list[str] = []  # cells that are empty, besides those of `none_words`
    columns: dict[str, str | int | list[str | int]] = {}  # ours = theirs, by name or number from 1
    otherwise: dict[str, str] = {}  # ours = theirs, read where the cell of `columns` is empty
    constants: dict[str, str] = {}  # ours = the value of every row
    outcomes: dict[str, str] = {}  # their word, or how it begins and "*" = ours, or ours/reason
    skip: dict[str, str | list[str]] = {}  # their column = values of rows to leave out
    recognised_by: list[str] = []  # of a mapping that ships: names that its export has; not read

    def read_time(self, ours: str) -> ReadTime:
        """How a column of ours is read as a time."""
        return time_reader(self.time_formats.get(ours, self.time_format), self.zone())

    def zone(self) -> tzinfo | None:
        """Of times without an offset; None means UTC."""
        return ZoneInfo(self.time_zone) if self.time_zone else None

    def has_date_of_arrival(self, ours: str) -> bool:
        """Whether a column of times has a clock of its own, of `zone`, and the date of the arrival."""
        theirs, arrived_at = self.columns.get(ours), self.columns.get("arrived_at")
        if not isinstance(theirs, list) or not isinstance(arrived_at, list):
            return False
        is_aware = says_offset(self.time_formats.get(ours, self.time_format))
        return len(theirs) > 1 and theirs[0] == arrived_at[0] and not is_aware

    def has_no_header(self) -> bool:
        """Columns are given by their numbers alone, those too that must be there: the first line is a row."""
        theirs = [
            each
            for wanted in self.columns.values()
            for each in (wanted if isinstance(wanted, list) else [wanted])
        ]
        is_whole = all(name in self.columns or name in self.constants for name in REQUIRED)
        return is_whole and bool(theirs) and all(isinstance(each, int) for each in theirs)

    def has_own_offset(self) -> bool:
        """Whether times of arrival say their offset in every row."""
        return says_offset(self.time_formats.get("arrived_at", self.time_format))

    def outcome_words(self) -> dict[str, tuple[str, str]]:
        """Their word in lower case, with single spaces -> (our outcome, reason)."""
        words = {word: (word, "") for word in OUTCOME_WORDS}
        return words | {word: ours for word, ours in self._outcomes() if not word.endswith("*")}

    def outcome_beginnings(self) -> list[tuple[str, tuple[str, str]]]:
        """(Beginning in lower case, (our outcome, reason)) of words that end in "*"; the longest first."""
        beginnings = [(word[:-1], ours) for word, ours in self._outcomes() if word.endswith("*")]
        return sorted(beginnings, key=lambda each: -len(each[0]))

    def _outcomes(self) -> Iterator[tuple[str, tuple[str, str]]]:
        for theirs, ours in self.outcomes.items():
            outcome, _, reason = ours.partition("/")
            yield " ".join(theirs.split()).casefold(), (outcome, reason)

    def skipped(self) -> dict[str, frozenset[str]]:
        """Their column -> values; a row with one of them is left out."""
        return {
            column: frozenset([values] if isinstance(values, str) else values)
            for column, values in self.skip.items()
        }


def parse_mapping(text: str) -> Mapping:
    """The mapping of a TOML text; ConfigurationError with the path of the first mistake."""
    raw = read_toml(text)
    for key in raw:
        if key not in Mapping.__struct_fields__:
            known = ", ".join(Mapping.__struct_fields__)
            raise ConfigurationError(key, f"unknown key; known: {known}")
    try:
        mapping = msgspec.convert(raw, Mapping)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$.")
        place = place.rstrip("`")
        if problem.startswith("Invalid enum value"):
            raise ConfigurationError(place, unknown_word(problem, Mapping, place)) from None
        raise ConfigurationError(place, in_words(problem)) from None
    _check_reading(mapping)
    _check_names(mapping)
    return mapping


def read_mapping(path: Path | None) -> Mapping:
    """The mapping in a file; without a file our own columns. InputFileError, one line, for a mistake."""
    if path is None:
        return Mapping()
    try:
        return parse_mapping(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputFileError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputFileError(f"{path}: not UTF-8 text: is it a mapping?") from None
    except ConfigurationError as error:
        raise InputFileError(f"{path}: {error}") from None


def _check_reading(mapping: Mapping) -> None:
    if len(mapping.delimiter) != 1 or mapping.delimiter in '"\r\n':
        raise ConfigurationError("delimiter", f'expected one character, got "{mapping.delimiter}"')
    if mapping.encoding and not is_encoding(mapping.encoding):
        raise ConfigurationError(
            "encoding", f'unknown encoding "{mapping.encoding}" (for example utf-8 or cp1252)'
        )
    if mapping.time_zone:
        try:
            ZoneInfo(mapping.time_zone)
        except (KeyError, ValueError, OSError):
            raise ConfigurationError(
                "time_zone",
                f'unknown time zone "{mapping.time_zone}"'
                ' (an IANA name such as "Africa/Johannesburg")',
            ) from None
    _check_format("time_format", mapping.time_format)
    for ours, time_format in mapping.time_formats.items():
        if ours not in TIMES:
            raise ConfigurationError(
                f"time_formats.{ours}", f"no column of times; known: {', '.join(TIMES)}"
            )
        _check_format(f"time_formats.{ours}", time_format)


def _check_format(path: str, pattern: str) -> None:
    """A time that is written with a pattern must be read back as the same minute."""
    if pattern in FORMATS:
        return
    moment = datetime(
        2010, 11, 28, 13, 57, tzinfo=UTC
    )  # with a zone: %z writes nothing without one
    try:
        again = datetime.strptime(moment.strftime(pattern), pattern)  # noqa: DTZ007 - only to try the pattern
    except (ValueError, re.error):  # re.error: a directive that stands twice
        again = None
    if again is None or again.replace(tzinfo=UTC) != moment:
        raise ConfigurationError(
            path,
            f"expected {', '.join(FORMATS)} or a pattern of date and clock such as"
            f' "%d.%m.%Y %H:%M:%S", got "{pattern}"',
        )


def _check_names(mapping: Mapping) -> None:
    for table, names in (("columns", mapping.columns), ("constants", mapping.constants)):
        for name in names:
            if name not in COLUMNS:
                raise ConfigurationError(
                    f"{table}.{name}", f"unknown column; known: {', '.join(COLUMNS)}"
                )
            if table == "constants" and name in mapping.columns:
                raise ConfigurationError(f"constants.{name}", "also stands in columns")
    for name in mapping.otherwise:
        if name not in ALTERNATIVES or name not in mapping.columns:
            raise ConfigurationError(
                f"otherwise.{name}",
                f"stands for an empty cell of a column under [columns]; known: {', '.join(ALTERNATIVES)}",
            )
    for name, wanted in mapping.columns.items():
        for theirs in wanted if isinstance(wanted, list) else [wanted]:
            if isinstance(theirs, int) and theirs < 1:
                raise ConfigurationError(f"columns.{name}", f"columns count from 1, got {theirs}")
    for word, ours in mapping.outcomes.items():
        if ours.partition("/")[0] not in OUTCOME_WORDS:
            raise ConfigurationError(
                f"outcomes.{word}", f'unknown outcome "{ours}"; known: {", ".join(OUTCOME_WORDS)}'
            )
