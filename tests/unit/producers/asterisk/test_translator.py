from typing import Any

import msgspec
import pytest

from producers.asterisk.legs import QueueLeg
from producers.asterisk.refused_line import RefusedLine
from producers.asterisk.translator import Memory, Translated, Translator
from schemas import calls
from schemas.agents import AgentState
from schemas.calls import Restarted
from schemas.privacy import caller_token, key_from_secret

KEY = key_from_secret(b"a secret of the tests")
START = 1_675_555_000
NOW = (START + 86_400) * 1000


def _told(log: str) -> tuple[list[Translated], list[QueueLeg]]:
    """What a log tells (agents apart), and the legs still open; lines begin with seconds."""
    translator = Translator("pbx", KEY)
    told: list[Translated] = []
    for line in log.strip().splitlines():
        second, _, rest = line.strip().partition("|")
        told += translator.read(f"{START + int(second)}|{rest}", NOW)
    return [item for item in told if not isinstance(item, AgentState)], translator.still_open()


def _legs(log: str) -> list[tuple[str, str, str, int | None, int | None]]:
    """(leg id, outcome, reason, wait in s, talk in s) of the closed legs; nothing else was told."""
    found: list[Any] = []
    for leg in _told(log)[0]:
        assert isinstance(leg, QueueLeg), leg
        done = leg.finished("pbx")
        assert done.at == (done.answered_at or done.left_at)
        found.append((
            done.leg_id, done.outcome, done.reason,
            None if done.wait_ms is None else done.wait_ms // 1000,
            None if leg.talk_ms is None else leg.talk_ms // 1000,
        ))  # fmt: skip
    return found


def test_a_call_has_the_key_of_its_time() -> None:
    later = key_from_secret(b"a new secret", (START + 5) * 1000, KEY)
    translator = Translator("pbx", later)
    for second, callid in ((4, "7.1"), (5, "7.2")):
        line = f"{START + second}|{callid}|sales|NONE|ENTERQUEUE||5550001|1"
        list(translator.read(line, NOW))
    callers = [leg.caller for leg in translator.still_open()]
    assert callers == [caller_token(key, "5550001") for key in (KEY, later)]


def test_an_answered_call() -> None:
    (leg,), still_open = _told("""
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        5|7.1|sales|SIP/1|RINGNOANSWER|4000
        6|7.1|sales|SIP/2|RINGCANCELED|1000
        9|7.1|sales|SIP/2|CONNECT|8|7.2|3
        69|7.1|sales|SIP/2|COMPLETECALLER|8|60|1
    """)
    assert isinstance(leg, QueueLeg)
    assert still_open == []
    told = list(leg.events("pbx"))
    assert [(type(event), event.at // 1000 - START) for event in told] == [
        (calls.Queued, 0), (calls.OfferMissed, 5), (calls.OfferCancelled, 6), (calls.Answered, 9),
        (calls.Ended, 69),
    ]  # fmt: skip
    assert [event.wait_ms for event in told] == [None, None, None, 8_000, None]
    ended = told[-1]
    assert isinstance(ended, calls.Ended)
    assert (ended.by, ended.talk_ms) == ("caller", 60_000)
    done = leg.finished("pbx")
    assert (done.caller, done.agent, done.missed_offers) == (
        caller_token(KEY, "5550001"),
        "SIP/2",
        1,
    )
    assert (done.arrived_at, done.answered_at, done.ended_at) == tuple(
        (START + second) * 1000 for second in (0, 9, 69)
    )


def test_a_piece_that_was_joined_twice_is_the_same_calls() -> None:
    piece = """
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        0|7.1|sales|NONE|EXITEMPTY|1|1|0
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        10|7.1|sales|SIP/1|CONNECT|10|7.2|3
        70|7.1|sales|SIP/1|COMPLETEAGENT|10|60|1
    """
    once, _ = _told(piece)
    twice, still_open = _told(f"{piece.strip()}\n{piece.strip()}")
    told = [leg.finished("pbx") for leg in twice if isinstance(leg, QueueLeg)]
    assert [leg.leg_id for leg in told] == ["7.1/sales/1", "7.1/sales/2"] * 2
    assert (
        told[:2] == told[2:] == [leg.finished("pbx") for leg in once if isinstance(leg, QueueLeg)]
    )
    assert still_open == []


@pytest.mark.parametrize("seam", range(1, 10))
def test_a_piece_that_ends_anywhere_in_a_call_may_be_said_again(seam: int) -> None:
    """A conversation that went on at the seam ended before its answer, and its true end collided with that;
    who was refused, or came from another queue, counted twice.
    """
    lines = [
        "0|7.1|sales|NONE|ENTERQUEUE||5550001|1",
        "9|7.1|sales|NONE|EXITWITHTIMEOUT|1|1|9",
        "9|7.1|billing|NONE|ENTERQUEUE||5550001|1",
        "15|7.1|billing|SIP/1|RINGNOANSWER|1000",
        "20|7.1|billing|SIP/2|CONNECT|11|7.2|3",
        "30|7.2|sales|NONE|ENTERQUEUE||5550002|1",
        "80|7.1|billing|SIP/2|COMPLETEAGENT|11|60|1",
        "90|7.2|sales|NONE|ABANDON|1|1|60",
        "95|7.3|sales|NONE|FULL",
    ]
    once = {
        repr(leg.finished("pbx")) for leg in _told("\n".join(lines))[0] if isinstance(leg, QueueLeg)
    }
    twice, still_open = _told("\n".join(lines[:seam] + lines))
    assert {repr(leg.finished("pbx")) for leg in twice if isinstance(leg, QueueLeg)} == once
    assert still_open == []


@pytest.mark.parametrize("seam", range(1, 12))
def test_a_restart_that_a_piece_says_again_drops_nobody(seam: int) -> None:
    """Who waited at the seam was dropped before the arrival, and the true stay collided with that; who talked lost the end."""
    lines = [
        "0|7.1|sales|NONE|ENTERQUEUE||5550001|1",
        "1|7.2|sales|NONE|ENTERQUEUE||5550002|1",
        "3|7.2|sales|SIP/1|CONNECT|2|7.9|1",
        "9|7.5|sales|NONE|ENTERQUEUE||5550005|1",
        "9|NONE|NONE|NONE|QUEUESTART|",
        "9|7.3|sales|NONE|ENTERQUEUE||5550003|1",
        "12|7.4|sales|NONE|ENTERQUEUE||5550004|1",
        "20|7.4|sales|SIP/1|CONNECT|8|7.8|1",
        "30|NONE|NONE|NONE|CONFIGRELOAD|",
        "80|7.4|sales|SIP/1|COMPLETEAGENT|8|60|1",
        "90|7.3|sales|NONE|ABANDON|1|1|81",
    ]

    def told(text: list[str]) -> tuple[set[str], list[str], list[QueueLeg]]:
        items, still_open = _told("\n".join(text))
        legs = {repr(leg.finished("pbx")) for leg in items if isinstance(leg, QueueLeg)}
        return legs, [item.detail for item in items if isinstance(item, RefusedLine)], still_open

    assert told(lines[:seam] + lines) == told(lines)
    assert told(lines)[1:] == ([], [])


def test_a_clock_that_is_put_back_changes_no_conversation() -> None:
    """Live the conversation that Asterisk measured counts; history must say the same."""
    (leg,), _ = _told("""
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        10|7.1|sales|SIP/1|CONNECT|10|7.2|3
        5|7.1|sales|SIP/1|COMPLETEAGENT|10|35|1
    """)
    assert isinstance(leg, QueueLeg)
    done = leg.finished("pbx")
    assert done.answered_at is not None
    assert done.ended_at == done.answered_at + 35_000


@pytest.mark.parametrize(
    ("line", "outcome", "reason", "wait_s"),
    [
        ("ABANDON|1|1|20", "abandoned", "", 20),
        ("EXITWITHTIMEOUT|1|1|20", "exited", "timeout", 20),
        ("EXITWITHTIMEOUT|1", "exited", "timeout", None),  # old dialect: the times decide
        ("EXITWITHKEY|9|1|1|20", "exited", "key", 20),
        ("EXITWITHKEY|9|1", "exited", "key", None),
        ("EXITEMPTY|1|1|20|", "exited", "empty", 20),
        ("WITHDRAW|1|1|20|because", "exited", "withdrawn", 20),
        ("SYSCOMPAT", "dropped", "codec", None),
    ],
)
def test_every_way_to_leave(line: str, outcome: str, reason: str, wait_s: int | None) -> None:
    log = f"0|7.1|sales|NONE|ENTERQUEUE||5550001|1\n20|7.1|sales|NONE|{line}"
    assert _legs(log) == [("7.1/sales/1", outcome, reason, wait_s, None)]
    (leg,), _ = _told(log)
    assert isinstance(leg, QueueLeg)
    assert list(leg.events("pbx"))[-1].at == (START + 20) * 1000


@pytest.mark.parametrize(
    ("line", "talk_s"),
    [
        ("COMPLETEAGENT|8|60|1", 60),
        ("COMPLETECALLER|8|60", 60),  # old dialect
        ("TRANSFER|501|ext|8|60", 60),
        ("TRANSFER|501|ext", None),
        ("BLINDTRANSFER|501|ext|8|60|1", 60),
        ("ATTENDEDTRANSFER|BRIDGE|9a8b|8|60|1", 60),
        ("ATTENDEDTRANSFER|LINK|SIP/1-1|SIP/2-2|8|60|1", 60),
    ],
)
def test_every_end_of_a_conversation(line: str, talk_s: int | None) -> None:
    log = f"""
        0|7.1|sales|NONE|ENTERQUEUE||5550001
        8|7.1|sales|SIP/2|CONNECT|8
        68|7.1|sales|SIP/2|{line}
    """
    assert _legs(log) == [("7.1/sales/1", "answered", "", 8, talk_s)]


def test_the_attended_transfer_is_one_contact_with_two_legs() -> None:
    log = """
        0|1.1|1501|NONE|ENTERQUEUE||5550001|1
        12|1.1|1501|PJSIP/7009|CONNECT|12|1.2|11
        131|1.9|1509|NONE|ENTERQUEUE||7009|1
        132|1.9|1501|PJSIP/7009|ATTENDEDTRANSFER|APP|Queue|12|120|1
        138|1.1|1509|PJSIP/7051|CONNECT|7|1.8|6
        311|1.1|1509|PJSIP/7051|COMPLETEAGENT|7|173|1
    """
    assert _legs(log) == [
        ("1.1/1501/1", "answered", "", 12, 120),
        ("1.9/1509/1", "answered", "", 7, 173),  # it waited under the consult channel's id
    ]
    told, still_open = _told(log)
    legs = [leg for leg in told if isinstance(leg, QueueLeg)]
    assert still_open == []
    assert {leg.finished("pbx").contact_id for leg in legs} == {"1.1"}
    assert {leg.finished("pbx").caller for leg in legs} == {caller_token(KEY, "5550001")}
    assert legs[1].entered_at == (START + 131) * 1000
    assert legs[0].ended_by == "transfer"


def test_a_stranger_who_came_at_the_same_second_is_not_taken_for_a_consult_call() -> None:
    log = """
        0|1.1|sales|NONE|ENTERQUEUE||5550001|1
        5|2.2|sales|SIP/2|CONNECT|5|2.3|1
        9|1.1|sales|NONE|ABANDON|1|1|9
    """
    told, still_open = _told(log)
    assert [leg.leg_id for leg in told if isinstance(leg, QueueLeg)] == ["1.1/sales/1"]
    assert [leg.leg_id for leg in still_open] == ["2.2/sales/1"]  # it entered in an older file


def test_a_call_that_comes_back_is_another_leg() -> None:
    log = """
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        9|7.1|sales|NONE|EXITWITHTIMEOUT|1|1|9
        20|7.1|sales|NONE|ENTERQUEUE||5550001|1
        25|7.1|sales|NONE|ABANDON|1|1|5
        25|7.1|sales|NONE|ENTERQUEUE||5550001|1
        25|7.1|sales|NONE|EXITEMPTY|1|1|0
        25|7.1|sales|NONE|ENTERQUEUE||5550001|1
        27|7.1|sales|NONE|ABANDON|1|1|2
    """
    assert _legs(log) == [
        ("7.1/sales/1", "exited", "timeout", 9, None),
        ("7.1/sales/1", "abandoned", "", 5, None),
        ("7.1/sales/1", "exited", "empty", 0, None),
        ("7.1/sales/2", "abandoned", "", 2, None),  # in the same second
    ]


def test_a_call_that_left_without_a_line_leaves_no_ghost() -> None:
    log = """
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        9|7.1|help|NONE|ENTERQUEUE||5550001|1
        12|7.1|help|NONE|ABANDON|1|1|3
    """
    assert _legs(log) == [
        ("7.1/sales/1", "exited", "unknown", None, None),
        ("7.1/help/1", "abandoned", "", 3, None),
    ]


def test_what_an_older_file_began_is_derived_from_what_this_one_says() -> None:
    log = """
        9|7.1|sales|SIP/1|CONNECT|8|x|1
        20|7.1|sales|SIP/1|COMPLETEAGENT|8|11|1
        30|8.1|sales|SIP/1|COMPLETEAGENT|5|11|1
        40|9.1|sales|NONE|ABANDON|1|1|20
    """
    told, _ = _told(log)
    arrivals = [leg.entered_at // 1000 - START for leg in told if isinstance(leg, QueueLeg)]
    assert arrivals == [1, 14, 20]
    assert [leg[3:] for leg in _legs(log)] == [(8, 11), (5, 11), (20, None)]


def test_a_restart_drops_who_waited_and_leaves_talks_without_end() -> None:
    log = """
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        0|7.2|sales|NONE|ENTERQUEUE||5550002|1
        3|7.2|sales|SIP/1|CONNECT|3|x|1
        9|NONE|NONE|NONE|QUEUESTART|
        12|7.1|sales|NONE|ABANDON|1|1|12
    """
    told, still_open = _told(log)
    waited, talked, mark, late = told
    assert isinstance(waited, QueueLeg)
    assert isinstance(talked, QueueLeg)
    done = waited.finished("pbx")
    assert (done.outcome, done.reason, done.at) == ("dropped", "restart", (START + 9) * 1000)
    assert (talked.finished("pbx").outcome, talked.finished("pbx").ended_at) == ("answered", None)
    assert isinstance(mark, Restarted)
    assert isinstance(late, RefusedLine)
    # The mark says it in the live feed.
    assert [type(event) for event in waited.events("pbx")] == [calls.Queued]
    assert [type(event) for event in talked.events("pbx")] == [calls.Queued, calls.Answered]
    assert still_open == []


_AROUND_A_RESTART = """
    0|7.1|sales|NONE|ENTERQUEUE||5550001|1
    5|NONE|NONE|NONE|QUEUESTART|
    5|7.2|sales|NONE|ENTERQUEUE||5550002|1
    9|7.3|sales|NONE|ENTERQUEUE||5550003|2
    14|7.2|sales|SIP/2|CONNECT|9|7.9|3
    20|7.3|sales|NONE|ABANDON|1|2|11
    34|7.2|sales|SIP/2|COMPLETECALLER|9|20|1
"""


@pytest.mark.parametrize("seam", range(1, 8))
def test_a_restart_that_a_piece_says_again_drops_nobody_who_came_after_it(seam: int) -> None:
    lines = _AROUND_A_RESTART.strip().splitlines()
    known, still_open = _told("\n".join((*lines[:seam], *lines)))
    assert not still_open
    assert sum(isinstance(item, Restarted) for item in known) == 1
    found = {
        (done.leg_id, done.outcome, done.left_at or done.answered_at)
        for done in (leg.finished("pbx") for leg in known if isinstance(leg, QueueLeg))
    }
    at = {second: (START + second) * 1000 for second in (5, 14, 20)}
    assert found == {
        ("7.1/sales/1", "dropped", at[5]),
        ("7.2/sales/1", "answered", at[14]),
        ("7.3/sales/1", "abandoned", at[20]),
    }


def test_a_restart_is_known_again_after_an_interruption() -> None:
    texts = [line.strip() for line in _AROUND_A_RESTART.strip().splitlines()]
    lines = [
        f"{START + int(second)}|{rest}" for second, _, rest in (t.partition("|") for t in texts)
    ]
    before = Translator("pbx", KEY)
    for line in lines[:4]:
        list(before.read(line, NOW))
    kept = msgspec.json.decode(msgspec.json.encode(before.memory()), type=Memory)
    after = Translator("pbx", KEY, kept)
    told = [item for line in lines[:4] for item in after.read(line, NOW)]
    assert [leg.finished("pbx").leg_id for leg in told if isinstance(leg, QueueLeg)] == [
        "7.1/sales/1"
    ]
    assert not any(isinstance(item, Restarted) for item in told)
    assert [leg.callid for leg in after.still_open()] == ["7.2", "7.3"]


def test_a_reload_is_no_restart_and_outgoing_calls_are_none_of_ours() -> None:
    told, still_open = _told("""
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        1|NONE|NONE|NONE|CONFIGRELOAD
        2|8.1|sales|SIP/1|OUTCALL|ANSWER|60
        2|8.1|NONE|NONE|DID|5550009
    """)
    assert told == []
    assert [leg.leg_id for leg in still_open] == ["7.1/sales/1"]


def test_a_refusal_before_queueing_is_a_rejected_leg_and_a_repeated_exit_is_none() -> None:
    """The log of a Wazo: its dial plan repeats or adds what Asterisk does not write."""
    log = """
        0|0.1|wazo|NONE|JOINEMPTY|||||
        10|10.2|wazo|NONE|FULL|||||
        20|20.3|wazo|NONE|CLOSED|||||
        30|30.4|wazo|NONE|DIVERT_CA_RATIO|||||
        40|40.5|wazo|NONE|DIVERT_HOLDTIME|||||
        50|50.6|wazo|NONE|ENTERQUEUE||5550110|1
        62|50.6|wazo|NONE|EXITEMPTY|1|1|12
        62|50.6|wazo|NONE|LEAVEEMPTY|||||
        70|70.7|wazo|NONE|ENTERQUEUE||5550111|1
        75|70.7|wazo|Agent/3001|CONNECT|5|71.8|4
        135|70.7|wazo|Agent/3001|COMPLETEAGENT|5|60|1
        136|NONE|NONE|Agent/3001|WRAPUPSTART|30
    """
    assert _legs(log) == [
        ("0.1/wazo/1", "rejected", "no_agents", None, None),
        ("10.2/wazo/1", "rejected", "full", None, None),
        ("20.3/wazo/1", "rejected", "closed", None, None),
        ("30.4/wazo/1", "rejected", "unknown", None, None),
        ("40.5/wazo/1", "rejected", "unknown", None, None),
        ("50.6/wazo/1", "exited", "empty", 12, None),
        ("70.7/wazo/1", "answered", "", 5, 60),
    ]
    refused = _told(log)[0][1]
    assert isinstance(refused, QueueLeg)
    (event,) = refused.events("pbx")  # live it is one event, not one that entered the queue first
    assert isinstance(event, calls.Rejected)
    assert (event.reason, event.at, event.event_id) == (
        "full",
        (START + 10) * 1000,
        f"10.2/wazo/1:rejected:{(START + 10) * 1000}",
    )


def test_an_entry_whose_line_is_repeated_is_one_entry() -> None:
    entry = "0|7.1|sales|NONE|ENTERQUEUE||5550001|1\n"
    assert _legs(f"{entry}{entry}9|7.1|sales|NONE|ABANDON|1|1|9") == [
        ("7.1/sales/1", "abandoned", "", 9, None)
    ]


def test_a_refused_caller_who_is_let_in_at_the_next_try_is_two_legs() -> None:
    assert _legs("""
        0|7.1|sales|NONE|FULL
        9|7.1|sales|NONE|ENTERQUEUE||5550001|1
        20|7.1|sales|NONE|ABANDON|1|1|11
    """) == [
        ("7.1/sales/1", "rejected", "full", None, None),
        ("7.1/sales/1", "abandoned", "", 11, None),
    ]


@pytest.mark.parametrize(
    "exits",
    [
        "12|7.1|sales|NONE|LEAVEEMPTY",
        "12|7.1|sales|NONE|LEAVEEMPTY\n12|7.1|sales|NONE|EXITEMPTY|1|1|12",
        "12|7.1|sales|NONE|LEAVEUNAVAIL\n12|7.1|sales|NONE|LEAVEEMPTY",
    ],
)
def test_who_leaves_because_nobody_serves_the_queue_leaves_once(exits: str) -> None:
    (leg,) = _legs(f"0|7.1|sales|NONE|ENTERQUEUE||5550001|1\n{exits}")
    assert leg == ("7.1/sales/1", "exited", "empty", None, None)


def test_an_exit_repeated_after_another_one_is_not_taken_for_its_repetition() -> None:
    told, _ = _told("""
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        9|7.1|sales|NONE|EXITWITHTIMEOUT|1|1|9
        9|7.1|sales|NONE|LEAVEEMPTY
    """)
    assert [type(item) for item in told] == [QueueLeg, RefusedLine]


@pytest.mark.parametrize(
    ("first", "outcome", "reason", "wait_s"),
    [
        ("SIP/2|SYSCOMPAT", "dropped", "codec", None),
        ("SIP/2|ABANDON|1|1|20", "abandoned", "", 20),  # gone in the agent's announcement
    ],
)
def test_asterisk_says_abandon_again_of_who_was_hung_up(
    first: str, outcome: str, reason: str, wait_s: int | None
) -> None:
    log = f"""
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        20|7.1|sales|{first}
        20|7.1|sales|NONE|ABANDON|1|1|20
    """
    assert _legs(log) == [("7.1/sales/1", outcome, reason, wait_s, None)]
    assert not any(isinstance(item, RefusedLine) for item in _told(log)[0])


def test_an_abandon_after_another_way_to_leave_is_no_repetition() -> None:
    told, _ = _told("""
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        9|7.1|sales|NONE|EXITWITHTIMEOUT|1|1|9
        9|7.1|sales|NONE|ABANDON|1|1|9
    """)
    assert [type(item) for item in told] == [QueueLeg, RefusedLine]


def test_an_outbound_call_is_nobody_who_waited() -> None:
    """QueueMetrics and VICIdial write it like an inbound one, but for its first line."""
    log = """
        0|7.1|campaign|NONE|CALLOUTBOUND||5550001
        4|7.1|campaign|SIP/1|CONNECT|4|7.2|3
        5|7.1|campaign|SIP/1|INFO|DNIS|5550009
        64|7.1|campaign|SIP/1|COMPLETEAGENT|4|60|1
        70|7.1|campaign|SIP/1|CALLSTATUS|SALE|
        80|8.1|campaign|NONE|CALLOUTBOUND||5550002
        99|8.1|campaign|NONE|ABANDON|1|1|19
    """
    assert _told(log) == ([], [])


def test_an_outbound_call_that_enters_a_queue_waits_there_and_only_there() -> None:
    log = """
        0|7.1|out|SIP/1|CALLOUTBOUND||5550001
        2|7.1|out|SIP/1|CONNECT|2|7.2|2
        9|7.1|sales|NONE|ENTERQUEUE||5550001|1
        14|7.1|sales|SIP/2|CONNECT|5|7.3|4
        74|7.1|sales|SIP/2|COMPLETECALLER|5|60|1
        75|7.1|out|SIP/1|COMPLETEAGENT|2|73|1
        80|8.1|sales|SIP/1|CALLOUTBOUND||5550003
        82|8.1|sales|NONE|ENTERQUEUE||5550003|1
        85|8.1|sales|SIP/2|CONNECT|3|8.3|2
        95|8.1|sales|SIP/2|COMPLETECALLER|3|10|1
        96|8.1|sales|SIP/1|COMPLETEAGENT|0|16|1
    """
    assert _legs(log) == [
        ("7.1/sales/1", "answered", "", 5, 60),
        ("8.1/sales/1", "answered", "", 3, 10),
    ]


def test_an_agent_in_an_outbound_call_is_busy_and_does_not_serve_its_queue() -> None:
    translator = Translator("pbx", KEY)
    told = [
        item
        for line in ("CALLOUTBOUND||5550001", "CONNECT|4|7.2|3", "COMPLETEAGENT|4|60|1")
        for item in translator.read(f"{START}|7.1|campaign|SIP/1|{line}", NOW)
    ]
    assert [(item.activity, item.queues) for item in told if isinstance(item, AgentState)] == [
        ("talking", ()),
        ("idle", ()),
    ]


def test_a_flood_of_missed_offers_is_counted_once_an_agent_and_second() -> None:
    flood = "\n".join(f"{1 + n // 50}|7.1|sales|SIP/{n % 5}|RINGNOANSWER|0" for n in range(500))
    log = f"0|7.1|sales|NONE|ENTERQUEUE||5550001|1\n{flood}\n30|7.1|sales|NONE|ABANDON|1|1|30"
    (leg,), _ = _told(log)
    assert isinstance(leg, QueueLeg)
    assert leg.finished("pbx").missed_offers == 50
    told = list(leg.events("pbx"))
    assert len({event.event_id for event in told}) == len(told) == 52


def test_a_dropped_announcement_is_no_answer() -> None:
    assert _legs("""
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        4|7.1|sales|SIP/1|AGENTDUMP
        9|7.1|sales|SIP/2|CONNECT|9|x|1
        19|7.1|sales|SIP/2|COMPLETEAGENT|9|10|1
    """) == [("7.1/sales/1", "answered", "", 9, 10)]


def test_the_first_of_two_answers_counts() -> None:
    log = """
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        9|7.1|sales|SIP/1|CONNECT|9|x|1
        9|7.1|sales|SIP/2|CONNECT|9|x|1
        19|7.1|sales|SIP/1|COMPLETEAGENT|9|10|1
    """
    (leg,), _ = _told(log)
    assert isinstance(leg, QueueLeg)
    assert leg.agent == "SIP/1"


def test_a_refusal_of_a_caller_who_is_in_the_queue_is_not_believed() -> None:
    told, still_open = _told("""
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        9|7.1|sales|NONE|FULL
    """)
    (refused,) = told
    assert isinstance(refused, RefusedLine)
    assert refused.detail == "FULL for a call that is in the queue"
    assert [leg.leg_id for leg in still_open] == ["7.1/sales/1"]


def test_several_calls_in_one_second() -> None:
    log = """
        0|7.1|sales|NONE|ENTERQUEUE||5550001|1
        0|7.2|sales|NONE|ENTERQUEUE||5550002|2
        0|7.1|sales|NONE|ABANDON|1|1|0
        0|7.3|sales|NONE|ENTERQUEUE||5550003|2
        0|7.2|sales|SIP/1|CONNECT|0|x|0
        0|7.2|sales|SIP/1|COMPLETEAGENT|0|0|1
        0|7.3|sales|NONE|ABANDON|1|1|0
    """
    assert _legs(log) == [
        ("7.1/sales/1", "abandoned", "", 0, None),
        ("7.2/sales/1", "answered", "", 0, 0),
        ("7.3/sales/1", "abandoned", "", 0, None),
    ]


@pytest.mark.parametrize(
    ("line", "reason", "detail"),
    [
        ("0|7.1|sales|NONE|SURVEY|5550001", "unknown_line", "a verb that we do not know: SURVEY (--ignore SURVEY leaves such lines out)"),
        ("0|7.1|sales|NONE|5550001", "unknown_line", "a verb that we do not know, not shown: it does not look like a verb"),
        ("0|NONE|sales|NONE|ENTERQUEUE||5550001", "unknown_line", "ENTERQUEUE without a call or a queue"),
        ("0|7.1|NONE|SIP/1|CONNECT|8", "unknown_line", "CONNECT without a call or a queue"),
        ("0|7.1|sales|SIP/1|CONNECT", "unknown_line", "CONNECT for a call that is not in the queue"),
        ("0|7.1|sales|SIP/1|RINGNOANSWER|1000", "unknown_line", "RINGNOANSWER for a call that is not in the queue"),
        ("0|7.1|sales|NONE|ABANDON", "unknown_line", "ABANDON for a call that is not in the queue"),
        ("0|7.1|sales|SIP/1|COMPLETEAGENT|8", "unknown_line", "COMPLETEAGENT for a call that is not in the queue"),
        ("0|7.1|" + "q" * 101 + "|NONE|ABANDON|1|1|5", "unknown_line", "an id of more than 100 characters"),
        ("0|NONE|" + "q" * 101 + "|SIP/1|ADDMEMBER", "unknown_line", "an id of more than 100 characters"),
        ("0|7.1|NONE|NONE|CLOSED", "unknown_line", "CLOSED without a call or a queue"),
        ("0|7.1|sales|NONE|LEAVEEMPTY", "unknown_line", "LEAVEEMPTY for a call that is not in the queue"),
        ("0|half a line", "unknown_line", "not a line of queue_log"),
        ("86401|7.1|sales|NONE|ABANDON|1|1|5", "bad_row", "its time lies after now"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_used_says_why(line: str, reason: str, detail: str) -> None:
    told, _ = _told(line)
    assert [(item.reason, item.detail) for item in told if isinstance(item, RefusedLine)] == [
        (reason, detail)
    ]


@pytest.mark.parametrize(
    ("text", "position"),
    [("|3", 3), ("", 0), ("|", 0), ("|x", 0), ("|-1", 0), ("|0", 0), ("|99999999", 1_000_000)],
)
def test_the_position_at_entry_is_told_where_the_line_has_one(text: str, position: int) -> None:
    _, (leg,) = _told(f"0|7.1|sales|NONE|ENTERQUEUE||5550001{text}")
    (queued,) = leg.events("pbx")
    assert isinstance(queued, calls.Queued)
    assert queued.position == position
