"""One message is one line of a log, and a stack stays readable."""

import json
import logging

import pytest

from schemas.alerts import Alert
from schemas.codec import UndecodableError, decode_as, decode_call
from streams.plumbing.log_lines import LineFormatter
from tests.support import hostile

HOSTILE = "billing\n2026-11-29 09:00:00 everything is fine\x1b[2J\r\u2028\x9b"


def line(message: str, *values: object, error: BaseException | None = None) -> str:
    info = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord("streams", logging.INFO, __file__, 1, message, values, info)
    return LineFormatter("%(levelname)s %(message)s").format(record)


def test_a_message_is_one_line_whatever_is_in_it() -> None:
    told = line("%s has %d calls", HOSTILE, 3)
    assert told.startswith("INFO billing\\n2026-11-29")
    assert told.endswith("\\x1b[2J\\r\\u2028\\x9b has 3 calls")
    assert told.isprintable()


def test_a_stack_keeps_its_lines() -> None:
    told = line("ended", error=ValueError("bug"))
    assert told.splitlines() == ["INFO ended", "ValueError: bug"]


def test_what_a_record_says_never_makes_a_line_of_a_log() -> None:
    with pytest.raises(UndecodableError) as refused:
        decode_call(json.dumps({"type": HOSTILE}).encode())
    assert str(refused.value).isprintable()
    told = json.loads(hostile.examples("alerts")[0])
    for field in told:
        with pytest.raises(UndecodableError) as refused:
            decode_as(Alert, json.dumps(told | {field: {HOSTILE: HOSTILE}}).encode())
        assert str(refused.value).isprintable()
