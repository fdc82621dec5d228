"""Files of calls as `send`, `queues init` and `mapping init` read them: one reading, the same refusals."""

import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from streams.cli.options import Failure

if TYPE_CHECKING:
    from producers.asterisk.legs import QueueLeg
    from producers.records.mapping import Mapping
    from producers.survey import Survey
    from schemas.calls import FinishedLeg, Queued

_NO_KEY = b"nothing that is read with this key leaves the process"


def mapping_of(path: Path | None) -> "Mapping":
    """The mapping of a file, our own columns without one; a mistake is one line."""
    from producers.records.mapping import Mapping, parse_mapping
    from schemas.queues_toml import ConfigurationError

    if path is None:
        return Mapping()
    try:
        return parse_mapping(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None
    except (ConfigurationError, UnicodeDecodeError) as error:
        raise Failure(f"{path}: {error}") from None


def surveyed_records(file: Path, mapping: "Mapping") -> "Survey":
    """What `send records` would send of a file, and refuse; nothing is sent and no key is made."""
    from producers.input_file import InputFile, InputFileError
    from producers.progress import Progress
    from producers.records.reading import RecordsFile, Tally
    from producers.survey import Survey
    from schemas.privacy import key_from_secret

    survey = Survey()
    try:
        text = InputFile(file, mapping.encoding)
        records = RecordsFile(text, mapping, key_from_secret(_NO_KEY), "survey")
        progress = Progress("reading", text.size, "B", sys.stderr)
        try:
            for leg in records.legs(_now(), Tally(), survey.refuse, progress):
                survey.add(leg)
        finally:
            progress.close()
    except InputFileError as error:
        raise Failure(str(error)) from None
    return survey


def surveyed_queue_log(file: Path) -> "Survey":
    """The same of Asterisk's queue_log."""
    from producers.asterisk.legs import QueueLeg
    from producers.asterisk.sending import LogTally, QueueLog
    from producers.input_file import InputFile, InputFileError
    from producers.progress import Progress
    from producers.survey import Survey
    from schemas.privacy import key_from_secret

    survey, tally = Survey(), LogTally()
    try:
        log = QueueLog(
            InputFile(file, errors="backslashreplace"), key_from_secret(_NO_KEY), "survey"
        )
        progress = Progress("reading", log.file.size, "B", sys.stderr)
        try:
            for item in log.told(_now(), tally, survey.refuse, progress):
                if isinstance(item, QueueLeg):
                    survey.add(_leg(item, is_open=tally.open_legs > 0))
        finally:
            progress.close()
    except InputFileError as error:
        raise Failure(str(error)) from None
    return survey


def _leg(told: "QueueLeg", *, is_open: bool) -> "FinishedLeg | Queued":
    from schemas.calls import Queued

    if not is_open:
        return told.finished("survey")
    return next(event for event in told.events("survey") if isinstance(event, Queued))


def shell(*words: object) -> str:
    """A command as people type it here: `.venv/bin/queuewatch …` where it is not on the PATH."""
    called = Path(sys.argv[0])
    is_hidden = called.name == "queuewatch" and shutil.which("queuewatch") is None
    program = sys.argv[0] if is_hidden else "queuewatch"
    return shlex.join([program, *map(str, words)])


def _now() -> int:
    return time.time_ns() // 1_000_000
