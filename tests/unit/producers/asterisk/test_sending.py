import io
from pathlib import Path

import pytest

from producers.asterisk.sending import QueueLog, masked_line, send_as_live, send_history
from producers.delivery import Clock
from producers.input_file import InputFile, InputFileError
from producers.timeline import Marks
from schemas.calls import Restarted
from schemas.privacy import caller_token, key_from_secret
from tests.support.publishing import KeptPublisher

KEY = key_from_secret(b"a secret of the tests")
LOG = """\
1675555000|NONE|NONE|NONE|QUEUESTART|\r
1675555001|7.1|sales|NONE|ENTERQUEUE||5550001|1\r
1675555002|7.1|sales|NONE|SURVEY|call 5550001\r
1675555009|7.1|sales|SIP/1|CONNECT|8|7.2|3\r
\r
1675555019|7.1|sales|SIP/1|COMPLETEAGENT|8|10|1\r
1675555020|7.9|sales|NONE|ENTERQUEUE||5550009|1\r
"""
NOW = 1_700_000_000_000
CLOCK = Clock(lambda: NOW, lambda _: None)


def _log(path: Path, text: str = LOG) -> QueueLog:
    path.write_text(text, newline="")
    return QueueLog(InputFile(path, errors="backslashreplace"), KEY, "pbx")


def test_history_sends_finished_calls_only(tmp_path: Path) -> None:
    publisher = KeptPublisher()
    tally, _ = send_history(_log(tmp_path / "queue_log"), "pbx", publisher, CLOCK, io.StringIO())
    assert [leg.leg_id for leg in publisher.calls] == ["7.1/sales/1"]
    assert (tally.legs, tally.open_legs, tally.strange) == (1, 1, 1)
    assert tally.first_strange == "line 3: a verb that we do not know"
    assert (publisher.agents, publisher.marks) == ([], [])
    (record,) = publisher.refused
    assert (record.origin, record.position, record.reason) == ("queue_log", 3, "unknown_line")
    token = caller_token(KEY, "5550001")
    assert record.original == f"1675555002|7.1|sales|NONE|SURVEY|call {token}"


def test_live_sends_the_open_call_and_the_restart_too(tmp_path: Path) -> None:
    publisher = KeptPublisher()
    log = _log(tmp_path / "queue_log")
    tally, done = send_as_live(log, Marks("pbx"), publisher, CLOCK, io.StringIO())
    assert [type(event).__name__ for event in publisher.calls] == [
        "Queued", "Answered", "Ended", "Queued",
    ]  # fmt: skip
    assert sum(isinstance(mark, Restarted) for _, mark in publisher.marks) == 1
    assert [state.activity for state in publisher.agents] == ["talking", "idle"]
    assert publisher.marks[-1][0] == "agents"  # the end is said to both topics
    assert (tally.legs, tally.open_legs, done.events) == (1, 1, 7)


def test_the_same_file_twice_is_the_same_events(tmp_path: Path) -> None:
    first, second = KeptPublisher(), KeptPublisher()
    for publisher in (first, second):
        send_as_live(_log(tmp_path / "q"), Marks("pbx"), publisher, CLOCK, io.StringIO())
    assert first.told == second.told


def test_a_file_without_such_lines_is_no_queue_log(tmp_path: Path) -> None:
    with pytest.raises(InputFileError) as caught:
        _log(tmp_path / "day.csv", "leg_id,queue\n1,sales\n")
    assert str(caught.value) == (
        f"{tmp_path / 'day.csv'}: no queue_log;"
        " expected lines such as epoch|callid|queue|agent|VERB|…"
    )


def test_masked_lines_keep_times_and_ids() -> None:
    token = caller_token(KEY, "5550001")
    assert (
        masked_line(KEY, "1675555002|5550001|q|a|X|5550001") == f"1675555002|{token}|q|a|X|{token}"
    )
    assert masked_line(KEY, "from 5550001") == f"from {token}"
