"""Platform `queue-log`: Asterisk's queue_log, of any version, finished or growing, or its table."""

import hashlib
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

import click
import msgspec
from msgspec import structs

from producers.asterisk.database_options import DATABASE_OPTIONS, check_for_a_file, fetched
from producers.asterisk.left_out import LeftOut, is_shown
from producers.asterisk.legs import QueueLeg
from producers.asterisk.lines import parse_line
from producers.asterisk.live_translation import LiveTranslation
from producers.asterisk.refused_line import RefusedLine, masked_line, refused
from producers.asterisk.sql_dump import found_dump
from producers.asterisk.table_copy import TableCopy, found_copy
from producers.asterisk.table_forms import LOOKED_AT, TableForm, found_form
from producers.asterisk.table_lines import TableLine, has_local_times, table_lines
from producers.asterisk.translator import Memory, Translator
from producers.contract import (
    DetailedLeg,
    Fetched,
    FileItem,
    FinishedFile,
    LeftBehind,
    LiveSource,
    Options,
    Platform,
    input_file,
)
from producers.growing_log import GrowingLog
from producers.input_file import InputFile, InputFileError
from producers.keeping_text import keep_text_option
from producers.progress import Progress, silent
from schemas.calls import Queued
from schemas.millis import DAY
from schemas.privacy import TokenKey

_LOOKED_AT = 1_000  # lines: if none of them is a line of queue_log, the file is refused
_EXPECTED = "no queue_log; expected lines such as epoch|callid|queue|agent|VERB|…"


class QueueLogFile(FinishedFile):
    """A finished queue_log, or the table with the same lines, exported or copied; `zone` is of its local times."""

    def __init__(
        self,
        file: InputFile,
        source: str,
        key: TokenKey,
        left_out: LeftOut | None = None,
        *,
        keep_text: bool = False,
        zone: str | None = None,
    ) -> None:
        super().__init__(file, source, key)
        self._keep_text = keep_text
        self._left_out = left_out or LeftOut()
        self._before: LeftBehind | None = None
        self._left: LeftBehind | None = None
        self._form: TableForm | None = (
            found_copy(self._start())
            or found_dump(self._start(), lambda: file.lines(silent()))
            or found_form(self._start())
        )
        # The last line, if it may have been cut off within a wait or a conversation.
        self._cut_at = 0
        self._read_as_utc = False
        self.time_zone = zone or "UTC"
        _zone(self.time_zone)
        if self._form is not None:
            self._read_as_utc = zone is None and has_local_times(self._form, file.lines(silent()))
        elif not any(parse_line(text) for _, text in self._start()):
            raise InputFileError(f"{file.path}: {_EXPECTED}")

    @property
    def is_copy(self) -> bool:
        """Whether its rows were read from a database."""
        return isinstance(self._form, TableCopy)

    def read(self, now: int, progress: Progress) -> Iterator[FileItem]:
        """Legs in the order of their ends; open ones come last."""
        before = self._before
        memory = None if before is None else msgspec.json.decode(before.memory, type=Memory)
        translator = Translator(self.source, self.key, memory)
        self._left_out.forget()
        newest_at = 0 if before is None else before.ends_at
        last = [] if before is None else list(before.last)  # digests of the lines of that time
        taken = 0  # the number of the last line, if anything was read of it
        for line in self._lines(progress):
            taken = 0
            if not line.text.strip() or self._left_out.takes(line.text):
                continue
            if line.problem:
                yield self._refused(RefusedLine("bad_row", line.problem), line)
                continue
            items = list(translator.read(line.text, now))
            taken = 0 if any(isinstance(item, RefusedLine) for item in items) else line.number
            if translator.newest_at > newest_at:
                newest_at = translator.newest_at
                last.clear()
            last.append(_digest(line.text))
            for item in items:
                if isinstance(item, RefusedLine):
                    yield self._refused(item, line)
                elif isinstance(item, QueueLeg):
                    yield DetailedLeg(item.finished(self.source), item.events(self.source))
                else:
                    yield item
        is_log = self._form is None  # whose every line Asterisk ends
        self._cut_at = taken if taken and is_log and not self.file.ends_a_line() else 0
        for leg in translator.still_open():
            events = list(leg.events(self.source))
            if leg.is_waiting:
                yield DetailedLeg(next(e for e in events if isinstance(e, Queued)), events)
            else:
                yield DetailedLeg(leg.finished(self.source, goes_on=True), events)
        if translator.newest_at:
            translator.forget_closed(translator.newest_at - DAY)
            left = msgspec.Raw(msgspec.json.encode(translator.memory()))
            self._left = LeftBehind(newest_at, left, tuple(last))

    def begins_at(self) -> int | None:
        return next(self._times(), None)

    def ends_at(self) -> int | None:
        return max(self._times(), default=None)

    def begins_with(self) -> str:
        lines = (line.text for line in self._lines(silent()))
        return next((_digest(text) for text in lines if parse_line(text) is not None), "")

    def go_on(self, left: LeftBehind) -> None:
        msgspec.json.decode(left.memory, type=Memory)
        # Not what it means: reading changes that, and a file may be read twice.
        self._before = left

    def left_behind(self) -> LeftBehind | None:
        return self._left

    def notes(self) -> tuple[str, ...]:
        as_utc = ("times without an offset were read as UTC",) if self._read_as_utc else ()
        cut = (
            f"1 line without a line end, line {self._cut_at}: if the log was cut off there, its end is read"
            " shortened"
        )
        return (*as_utc, *((cut,) if self._cut_at else ()), *self._left_out.notes())

    def _times(self) -> Iterator[int]:
        lines = (parse_line(line.text) for line in self._lines(silent()))
        return (line.at for line in lines if line is not None)

    def _lines(self, progress: Progress) -> Iterator[TableLine]:
        if self._form is None:
            return (TableLine(number, text) for number, text in self.file.lines(progress))
        return table_lines(self._form, ZoneInfo(self.time_zone), lambda: self.file.lines(progress))

    def _refused(self, refusal: RefusedLine, line: TableLine) -> FileItem:
        return refused(refusal, line.text, self.key, line.number, keep_text=self._keep_text)

    def _start(self) -> Iterator[tuple[int, str]]:
        for number, text in self.file.lines(silent()):
            if number > _LOOKED_AT:
                return
            yield number, text


class _FollowedLog(GrowingLog):
    """A queue_log that grows; an export of the table never does."""

    def check(self) -> None:
        try:
            with self.path.open(encoding="utf-8", errors="backslashreplace") as file:
                start = list(enumerate(islice(file, LOOKED_AT), 1))
        except OSError:
            start = []  # not there yet, or not readable: said by the follower
        if found_form(start) or found_dump(start, lambda: start):
            raise InputFileError(
                f"{self.path}: an export of Asterisk's table does not grow: leave out --follow"
            )
        super().check()


def _digest(text: str) -> str:
    """Of what the line says: a log and an export of the table write the same line differently."""
    line = parse_line(text)
    text = text if line is None else repr(structs.astuple(line))
    return hashlib.blake2b(text.encode(errors="backslashreplace"), digest_size=8).hexdigest()


def _verbs(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    for verb in given:
        if not is_shown(verb.strip().upper()):
            raise click.BadParameter(
                f'"{verb}" is no verb; expected one as in the fifth field of a line, such as INFO'
            )
    return tuple(verb.strip().upper() for verb in given)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InputFileError(
            f'--time-zone: "{name}" is no IANA name such as Europe/Berlin'
        ) from None


class QueueLog(Platform):
    help = """Send a finished queue_log of Asterisk (any version, also gzipped), or follow a growing one.

    FILE may also be an export of Asterisk's table queue_log: CSV with a header, what psql or mysql
    prints, or a dump in SQL. It is recognised by its first lines. With --database the table itself is
    read, in place of a FILE.

    With --follow the feed is live. The first time it begins where the file begins, later where it
    stopped, in whatever the file is called by then; it may be killed at any moment.

    \b
    Examples:
      queuewatch send queue-log /var/log/asterisk/queue_log
      queuewatch send queue-log /var/log/asterisk/queue_log --follow
      queuewatch send queue-log table.csv --time-zone Europe/Berlin
      queuewatch send queue-log --database mysql://reader@pbx/asterisk --since 2026-03-02
    """
    options = (
        click.option(
            "--ignore",
            multiple=True,
            callback=_verbs,
            metavar="VERB",
            help="Leave out lines with this verb; may be given several times."
            " The summary says how many there were.",
        ),
        click.option(
            "--time-zone",
            default=None,
            metavar="ZONE",
            help="Zone of the times of a table, where they have no offset; of --at, and of"
            " the times that --dry-run prints.  [default: UTC]",
        ),
        *DATABASE_OPTIONS,
        keep_text_option,
    )
    default_source = "asterisk"
    follows = "Live, for ever: what Asterisk writes from now on, over rotations and restarts."
    fetches = "database"

    def open(self, path: Path, source: str, key: TokenKey, given: Options) -> FinishedFile:
        file = input_file(path, given, errors="backslashreplace")
        left_out = LeftOut(given.get("ignore", ()))
        found = QueueLogFile(
            file,
            source,
            key,
            left_out,
            keep_text=_keeps_text(given),
            zone=given.get("time_zone"),
        )
        if not found.is_copy:
            check_for_a_file(given)
        return found

    def fetch(self, given: Options, folder: Path, stream: TextIO) -> Fetched:
        return fetched(given, _zone(given.get("time_zone") or "UTC"), folder, stream)

    def follow(self, path: Path, source: str, key: TokenKey, given: Options) -> LiveSource:
        check_for_a_file(given)
        left_out, keep_text = LeftOut(given.get("ignore", ())), _keeps_text(given)

        def translator(memory: bytes | None) -> LiveTranslation:
            known = None if memory is None else msgspec.json.decode(memory, type=Memory)
            return LiveTranslation(source, key, known, left_out, keep_text=keep_text)

        return _FollowedLog(
            path,
            source,
            key,
            translator,
            parse_line,
            _EXPECTED,
            notes=left_out.notes,
            masked=partial(masked_line, key, keep_text=keep_text),
        )


def _keeps_text(given: Options) -> bool:
    return bool(given.get("keep_text", False))


QUEUE_LOG = QueueLog()
