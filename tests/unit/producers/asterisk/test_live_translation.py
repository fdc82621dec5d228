import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from producers.asterisk.legs import QueueLeg
from producers.asterisk.live_translation import FORGOTTEN_MS, LiveTranslation
from producers.asterisk.translator import Memory, Translator
from producers.contract import Refused
from producers.event_order import TimedEvent
from schemas import calls
from schemas.agents import AgentState
from schemas.calls import Restarted
from schemas.millis import SECOND
from schemas.privacy import caller_token, key_from_secret
from tests.support.queue_log import queue_log

KEY = key_from_secret(b"a secret of the tests")
START = 1_772_445_600


def tell(log: LiveTranslation, *lines: str) -> list[TimedEvent | Refused]:
    return [item for line in lines for item in log.translate(line).items]


def words(translation: LiveTranslation, log: str) -> list[list[str]]:
    """What each line tells, by the names of events; lines begin with seconds."""
    told = []
    for line in log.strip().splitlines():
        second, _, rest = line.strip().partition("|")
        items = tell(translation, f"{START + int(second)}|{rest}")
        told.append([type(item).__name__ for item in items if not isinstance(item, AgentState)])
    return told


def test_every_line_is_told_at_once() -> None:
    assert words(
        LiveTranslation("pbx", KEY),
        """
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        5|7.1|sales|SIP/1|RINGNOANSWER|4000
        5|7.1|sales|SIP/1|RINGNOANSWER|4000
        6|7.1|sales|SIP/2|RINGCANCELED|1000
        9|7.1|sales|SIP/2|CONNECT|8|7.2|3
        69|7.1|sales|SIP/2|COMPLETECALLER|8|60|1
        70|8.1|sales|NONE|ENTERQUEUE||5550002|1
        71|8.1|help|NONE|ENTERQUEUE||5550002|1
        75|NONE|NONE|NONE|QUEUESTART|
        76|8.1|help|NONE|ABANDON|1|1|5
        """,
    ) == [
        ["Queued"], ["OfferMissed"], [], ["OfferCancelled"], ["Answered"], ["Ended"],
        ["Queued"], ["Exited", "Queued"], ["Restarted"], ["Refused"],
    ]  # fmt: skip


def test_a_call_that_entered_before_the_log_began_is_told_whole() -> None:
    assert words(
        LiveTranslation("pbx", KEY),
        """
        9|7.1|sales|SIP/1|CONNECT|8|x|1
        20|7.1|sales|SIP/1|COMPLETEAGENT|8|11|1
        30|8.1|sales|SIP/1|COMPLETEAGENT|5|11|1
        """,
    ) == [["Queued", "Answered"], ["Ended"], ["Queued", "Answered", "Ended"]]


def test_a_refused_caller_is_told_in_one_event_and_an_outbound_call_not_at_all() -> None:
    assert words(
        LiveTranslation("pbx", KEY),
        """
        0|7.1|sales|NONE|JOINEMPTY
        1|8.1|out|SIP/1|CALLOUTBOUND||5550001
        2|8.1|out|SIP/1|CONNECT|1|8.2|1
        9|8.1|out|SIP/1|COMPLETEAGENT|1|7|1
        """,
    ) == [["Rejected"], [], [], []]


def test_a_consult_call_keeps_the_id_under_which_it_was_told() -> None:
    translation = LiveTranslation("pbx", KEY)
    items = tell(
        translation,
        f"{START}|1.1|1501|NONE|ENTERQUEUE||5550001|1",
        f"{START + 12}|1.1|1501|PJSIP/7009|CONNECT|12|1.2|11",
        f"{START + 131}|1.9|1509|NONE|ENTERQUEUE||7009|1",
        f"{START + 132}|1.9|1501|PJSIP/7009|ATTENDEDTRANSFER|APP|Queue|12|120|1",
        f"{START + 138}|1.1|1509|PJSIP/7051|CONNECT|7|1.8|6",
    )
    legs = [item for item in items if isinstance(item, calls.LegEvent)]
    assert [(event.leg_id, type(event).__name__) for event in legs] == [
        ("1.1/1501/1", "Queued"), ("1.1/1501/1", "Answered"), ("1.9/1509/1", "Queued"),
        ("1.1/1501/1", "Ended"), ("1.9/1509/1", "Answered"),
    ]  # fmt: skip


def test_a_clock_that_goes_ahead_is_for_the_stream_to_judge() -> None:
    ahead = "4000000000|7.1|sales|NONE|ENTERQUEUE||5550001|1"
    assert [type(item).__name__ for item in tell(LiveTranslation("pbx", KEY), ahead)] == ["Queued"]


def finished(lines: list[str]) -> set[bytes]:
    """The live events of the finished file."""
    translator = Translator("pbx", KEY)
    told = [item for line in lines for item in translator.read(line, (START + 10**6) * SECOND)]
    events: set[bytes] = set()
    for item in [*told, *translator.still_open()]:
        if isinstance(item, QueueLeg):
            events |= {msgspec.json.encode(event) for event in item.events("pbx")}
        elif isinstance(item, AgentState | Restarted):
            events.add(msgspec.json.encode(item))
    return events


@given(st.integers(0, 10**6), st.integers(1, 40))
def test_a_growing_log_tells_what_the_finished_one_tells(seed: int, count: int) -> None:
    lines = queue_log(seed, count, START, 600)
    told = [
        item for item in tell(LiveTranslation("pbx", KEY), *lines) if not isinstance(item, Refused)
    ]
    encoded = [msgspec.json.encode(event) for event in told]
    assert len(encoded) == len(set(encoded))
    assert set(encoded) == finished(lines)


@given(st.integers(0, 10**6), st.data())
def test_memory_is_all_that_one_must_know_to_go_on(seed: int, data: st.DataObject) -> None:
    lines = queue_log(seed, 12, START, 120)
    whole = tell(LiveTranslation("pbx", KEY), *lines)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(lines)), max_size=6)) | {0})
    translation, told = LiveTranslation("pbx", KEY), []
    for first, last in zip(cuts, [*cuts[1:], len(lines)], strict=True):
        kept = msgspec.json.encode(translation.memory())
        translation = LiveTranslation("pbx", KEY, msgspec.json.decode(kept, type=Memory))
        told += tell(translation, *lines[first:last])
    assert told == whole


def test_no_number_of_a_caller_is_kept_in_clear() -> None:
    translation = LiveTranslation("pbx", KEY)
    tell(
        translation,
        f"{START}|7.1|sales|NONE|ENTERQUEUE||5550001|1",
        f"{START}|7.1|sales|SIP/1|CONNECT|8|7.2|3",
        f"{START}|7.1|sales|SIP/1|BLINDTRANSFER|5550009|internal|8|60|1",
        f"{START}|8.1|sales|NONE|ENTERQUEUE||5550001|1",
    )
    kept = msgspec.json.encode(translation.memory()).decode()
    assert "555000" not in kept
    assert caller_token(KEY, "5550001") in kept


def test_silent_calls_are_forgotten_in_the_end() -> None:
    translation = LiveTranslation("pbx", KEY)
    tell(translation, f"{START}|7.1|sales|NONE|ENTERQUEUE||5550001|1")
    later = START + FORGOTTEN_MS // SECOND
    tell(translation, f"{later}|8.1|sales|NONE|ENTERQUEUE||5550002|1")
    kept = json.loads(msgspec.json.encode(translation.memory()))
    assert ([leg["callid"] for leg in kept["legs"]], list(kept["calls"])) == (
        ["7.1", "8.1"], ["7.1", "8.1"],
    )  # fmt: skip
    tell(translation, f"{later + 3600}|9.1|sales|NONE|ENTERQUEUE||5550003|1")
    kept = json.loads(msgspec.json.encode(translation.memory()))
    assert ([leg["callid"] for leg in kept["legs"]], list(kept["calls"])) == (
        ["8.1", "9.1"], ["8.1", "9.1"],
    )  # fmt: skip


def test_every_ring_of_a_phone_nobody_answers_has_an_id_of_its_own() -> None:
    translation = LiveTranslation("pbx", KEY)
    tell(translation, f"{START}|7.1|sales|NONE|ENTERQUEUE||5550001|1")
    told = []
    for second in range(300):
        told += tell(translation, f"{START + second}|7.1|sales|SIP/1|RINGNOANSWER|1000")
    assert len({item.event_id for item in told if not isinstance(item, Refused)}) == 300
