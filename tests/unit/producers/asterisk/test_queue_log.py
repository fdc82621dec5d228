from pathlib import Path

import pytest

from producers.asterisk.queue_log import QUEUE_LOG
from producers.contract import DetailedLeg, FileItem, FinishedFile, Refused
from producers.input_file import InputFileError
from producers.progress import silent
from schemas.agents import AgentState
from schemas.calls import FinishedLeg, Queued, Restarted
from schemas.privacy import caller_token, key_from_secret

KEY = key_from_secret(b"a secret of the tests")
LOG = """\
1675555000|NONE|NONE|NONE|QUEUESTART|\r
1675555001|7.1|sales|NONE|ENTERQUEUE||5550001|1\r
1675555002|7.1|sales|NONE|SURVEY|call 5550001\r
1675555009|7.1|sales|SIP/1|CONNECT|8|7.2|3\r
\r
1675555019|7.1|sales|SIP/1|COMPLETEAGENT|8|10|1\r
1675555020|7.9|sales|NONE|ENTERQUEUE||5550009|1\r
1675555021|7.8|sales|NONE|ENTERQUEUE||5550008|1\r
1675555029|7.8|sales|SIP/1|CONNECT|8|7.2|3\r
"""
NOW = 1_700_000_000_000


def _file(path: Path, text: str = LOG) -> FinishedFile:
    path.write_text(text, newline="")
    return QUEUE_LOG.open(path, "pbx", KEY, {})


def _items(tmp_path: Path) -> list[FileItem]:
    return list(_file(tmp_path / "queue_log").read(NOW, silent()))


def test_a_finished_log_gives_legs_agents_restarts_and_what_it_refused(tmp_path: Path) -> None:
    items = _items(tmp_path)
    legs = [item.whole for item in items if isinstance(item, DetailedLeg)]
    assert [(type(leg), leg.leg_id) for leg in legs] == [
        (FinishedLeg, "7.1/sales/1"), (Queued, "7.9/sales/1"), (Queued, "7.8/sales/1"),
    ]  # fmt: skip
    assert sum(isinstance(item, Restarted) for item in items) == 1
    states = [item.activity for item in items if isinstance(item, AgentState)]
    assert states == ["talking", "idle", "talking"]
    (refused,) = [item for item in items if isinstance(item, Refused)]
    assert (refused.position, refused.reason) == (3, "unknown_line")
    assert refused.detail == "a verb that we do not know"
    token = caller_token(KEY, "5550001")
    assert refused.original == f"1675555002|7.1|sales|NONE|SURVEY|call {token}"
    assert refused.is_masked


def test_a_leg_has_its_own_events_and_an_open_one_as_far_as_the_log_goes(tmp_path: Path) -> None:
    told = [
        [type(event).__name__ for event in item.events]
        for item in _items(tmp_path)
        if isinstance(item, DetailedLeg)
    ]
    assert told == [["Queued", "Answered", "Ended"], ["Queued"], ["Queued", "Answered"]]


def test_a_csv_is_no_queue_log(tmp_path: Path) -> None:
    with pytest.raises(InputFileError) as caught:
        _file(tmp_path / "day.csv", "leg_id,queue\n1,sales\n")
    assert str(caught.value) == (
        f"{tmp_path / 'day.csv'}: no queue_log; expected lines such as epoch|callid|queue|agent|VERB|…"
    )
