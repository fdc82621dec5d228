from typing import Any

from producers.asterisk.agents import Agent, AgentBook
from producers.asterisk.lines import parse_line

START = 1_675_555_000


def _states(*lines: str) -> list[tuple[int, str, str, str, int, tuple[str, ...]]]:
    """(second, routing state, activity, reason, since, queues) of each state that began."""
    book = AgentBook("pbx")
    found: list[Any] = []
    for number, text in enumerate(lines):
        second, _, rest = text.partition(" ")
        line = parse_line(f"{START + int(second)}|1.0|{rest}")
        assert line is not None
        found += [
            (state.at // 1000 - START, state.routing_state, state.activity, state.reason,
             state.since // 1000 - START, state.queues)
            for state in book.states(line, str(number))
        ]  # fmt: skip
    return found


def test_pauseall_is_one_state_whatever_follows_per_queue() -> None:
    assert _states(
        "0 a|SIP/1|ADDMEMBER", "1 b|SIP/1|ADDMEMBER",
        "5 NONE|SIP/1|PAUSEALL|lunch", "5 a|SIP/1|PAUSE|lunch", "5 b|SIP/1|PAUSE|lunch",
        "9 NONE|SIP/1|UNPAUSEALL", "9 a|SIP/1|UNPAUSE", "9 b|SIP/1|UNPAUSE",
    ) == [
        (0, "available", "idle", "", 0, ("a",)),
        (1, "available", "idle", "", 0, ("a", "b")),
        (5, "not_ready", "idle", "lunch", 5, ("a", "b")),
        (9, "available", "idle", "", 9, ("a", "b")),
    ]  # fmt: skip


def test_an_endless_reason_is_cut_so_that_the_state_is_taken() -> None:
    ((*_, reason, _, _),) = _states("0 a|SIP/1|PAUSE|" + "x" * 300)
    assert reason == "x" * 200


def _readiness(*lines: str, agents: dict[str, Agent] | None = None) -> list[Any]:
    """(routing state, queues in which the agent is not ready, since) of each state that began."""
    book, found = AgentBook("pbx", agents), []
    for number, text in enumerate(lines):
        second, _, rest = text.partition(" ")
        line = parse_line(f"{START + int(second)}|1.0|{rest}")
        assert line is not None
        found += [
            (state.routing_state, state.not_ready_queues, state.since // 1000 - START)
            for state in book.states(line, str(number))
        ]
    return found


def test_a_pause_in_one_of_two_queues_is_one_of_that_queue() -> None:
    assert _readiness(
        "0 a|SIP/1|ADDMEMBER", "1 b|SIP/1|ADDMEMBER", "3 a|SIP/1|PAUSE|tea", "4 b|SIP/1|PAUSE|tea",
        "5 b|SIP/1|UNPAUSE", "6 a|SIP/1|UNPAUSE",
    ) == [
        ("available", (), 0), ("available", (), 0), ("available", ("a",), 0), ("not_ready", (), 4),
        ("available", ("a",), 5), ("available", (), 5),
    ]  # fmt: skip


def test_after_pauseall_one_queue_may_be_taken_up_again() -> None:
    told = _readiness(
        "0 a|SIP/1|ADDMEMBER", "0 b|SIP/1|ADDMEMBER", "5 NONE|SIP/1|PAUSEALL|lunch",
        "9 a|SIP/1|UNPAUSE", "12 NONE|SIP/1|UNPAUSEALL",
    )  # fmt: skip
    assert told[2:] == [("not_ready", (), 5), ("available", ("b",), 9), ("available", (), 9)]


def test_a_member_added_while_paused_elsewhere_is_ready_in_the_new_queue() -> None:
    told = _readiness(
        "0 a|SIP/1|ADDMEMBER", "5 NONE|SIP/1|PAUSEALL|lunch", "6 b|SIP/1|ADDMEMBER",
        "7 c|SIP/1|ADDMEMBER|PAUSED", "8 b|SIP/1|REMOVEMEMBER", "9 a|SIP/1|REMOVEMEMBER",
        "9 c|SIP/1|REMOVEMEMBER", "10 a|SIP/1|ADDMEMBER",
    )  # fmt: skip
    assert [state[:2] for state in told] == [
        ("available", ()), ("not_ready", ()), ("available", ("a",)), ("available", ("a", "c")),
        ("not_ready", ()), ("not_ready", ()), ("logged_out", ()), ("available", ()),
    ]  # fmt: skip


def test_what_a_former_release_noted_of_a_pause_in_one_queue_is_told_at_the_next_line() -> None:
    """It noted the pause, but told nothing of it."""
    told = ("available", "idle", "", ("a", "b"))
    noted = Agent(queues={"a", "b"}, paused={"a": "tea"}, since=START * 1000, told=told)
    assert _readiness("9 b|SIP/1|UNPAUSE", agents={"SIP/1": noted}) == [("available", ("a",), 0)]


def test_a_call_makes_an_unknown_agent_known_and_busy() -> None:
    assert _states("0 a|SIP/1|CONNECT|8", "60 a|SIP/1|COMPLETEAGENT|8|60|1") == [
        (0, "available", "talking", "", 0, ("a",)),
        (60, "available", "idle", "", 60, ("a",)),
    ]


def test_who_has_logged_off_is_not_called_available_by_the_pauses_that_wazo_lifts_then() -> None:
    assert _states(
        "0 q|Agent/1|CONNECT|5",
        "9 NONE|Agent/1|AGENTCALLBACKLOGOFF|1002@pcm|43|CommandLogoff",
        "9 NONE|Agent/1|UNPAUSEALL",
        "9 q|Agent/1|UNPAUSE",
        "20 NONE|Agent/1|AGENTCALLBACKLOGIN|1002@pcm",
    ) == [
        (0, "available", "talking", "", 0, ("q",)),
        (9, "logged_out", "idle", "", 9, ("q",)),
        (20, "available", "idle", "", 20, ("q",)),
    ]


def test_paused_while_talking_is_both() -> None:
    told = _states("0 a|SIP/1|CONNECT|8", "5 a|SIP/1|PAUSE|tea", "60 a|SIP/1|COMPLETECALLER|8|60|1")
    assert [state[1:4] for state in told] == [
        ("available", "talking", ""), ("not_ready", "talking", "tea"), ("not_ready", "idle", "tea"),
    ]  # fmt: skip


def test_who_left_his_last_queue_or_logged_off_is_gone() -> None:
    told = _states(
        "0 a|SIP/1|ADDMEMBER|PAUSED", "4 a|SIP/1|REMOVEMEMBER", "5 a|SIP/1|AGENTLOGIN|SIP/1",
        "6 a|SIP/1|AGENTLOGOFF|SIP/1|1",
    )  # fmt: skip
    assert [state[1] for state in told] == ["not_ready", "logged_out", "available", "logged_out"]


def test_a_restart_ends_every_conversation() -> None:
    told = _states("0 a|SIP/1|CONNECT|8", "5 NONE|NONE|QUEUESTART", "6 NONE|NONE|QUEUESTART")
    assert [state[2] for state in told] == ["talking", "idle"]


def test_other_lines_say_nothing_of_agents() -> None:
    assert _states("0 a|SIP/1|RINGNOANSWER|0", "1 a|NONE|PAUSE", "2 a|SIP/1|PENALTY|3") == []
