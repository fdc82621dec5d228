"""Logs of kinds that centres reported, line by line through Asterisk's adapter and the stream."""

from collections.abc import Iterator

from producers.asterisk.live_translation import LiveTranslation
from schemas.agents import AgentState, RosterEntry, Spell
from schemas.calls import LegEvent
from schemas.codec import decode_as, encode
from schemas.millis import MINUTE, SECOND
from schemas.privacy import key_from_secret
from streams.core.agents_unit import AgentsUnit
from streams.core.roster import Roster
from streams.core.unit import Record
from tests.support.builders import mark
from tests.support.ruled import oldest_wait, ruled
from tests.support.story import Story

KEY = key_from_secret(b"a secret of the tests")
START = 1_795_905_691
# One caller waits from the first line on. Six call backs enter at position 1, before him, and are answered.
JUMP = "0|w|live-vq|NONE|ENTERQUEUE||5550160|1\n" + "".join(
    f"{20 + 50 * n}|c{n}|live-vq|NONE|ENTERQUEUE||555017{n}|1\n"
    f"{25 + 50 * n}|c{n}|live-vq|Local/{n}@from-queue/n|CONNECT|5|c{n}.9|4\n"
    f"{45 + 50 * n}|c{n}|live-vq|Local/{n}@from-queue/n|COMPLETECALLER|5|20|1\n"
    for n in range(6)
)


# One agent in two queues is paused in live-a only. The other two are gone, or paused, before.
PAUSE = """\
568|NONE|live-b|Alice Q|UNPAUSE|
574|MANAGER|live-a|PJSIP/7002|REMOVEMEMBER|
580|NONE|live-b|PJSIP/7002|PAUSE|break
602|MANAGER|live-a|PJSIP/7003|ADDMEMBER|PAUSED
607|MANAGER|live-a|PJSIP/7003|REMOVEMEMBER|
609|NONE|live-a|Alice Q|PAUSE|paperwork
615|NONE|live-a|Alice Q|UNPAUSE|
616|y1|live-a|NONE|ENTERQUEUE||5550203|1
619|y1|live-a|Alice Q|CONNECT|2|y2|1
623|y1|live-a|Alice Q|COMPLETEAGENT|2|5|1
623|NONE|live-a|Alice Q|PAUSE|Auto-Pause
629|NONE|NONE|Alice Q|UNPAUSEALL|
629|NONE|live-a|Alice Q|UNPAUSE|
629|NONE|live-b|Alice Q|UNPAUSE|
"""


def told(log: str) -> Iterator[LegEvent]:
    """The events of legs of a log whose lines begin with seconds after START."""
    translation = LiveTranslation("pbx", KEY)
    for text in log.splitlines():
        second, _, rest = text.partition("|")
        for item in translation.translate(f"{START + int(second)}|{rest}").items:
            if isinstance(item, LegEvent):
                yield item


def test_call_backs_that_enter_at_position_one_do_not_hide_who_waits() -> None:
    """Before: doubtful after the fifth of them, and no alert in 13 minutes."""
    rule = oldest_wait(2 * MINUTE, MINUTE, hold_ms=30 * SECOND, clear_hold_ms=60 * SECOND)
    day = Story("live-vq", alerts=ruled(rule))
    events = list(told(JUMP))
    for second in range(0, 13 * 60, 5):
        for event in [e for e in events if 0 <= e.at - (START + second) * SECOND < 5 * SECOND]:
            day.say(event)
        day.say(mark("tick", (START + second + 5) * SECOND, "pbx"))
    snapshot = day.snapshot()
    assert (snapshot.waiting, snapshot.doubtful, day.totals().answered) == (1, 0, 6)
    (alert,) = day.alert_records()
    assert (alert.state, alert.doubtful, alert.n) == ("firing", False, 1)
    # The boundaries of five seconds after he has waited for 2 m, and 30 s more.
    assert (alert.fired_at or 0) - START * SECOND == 2 * MINUTE + 34 * SECOND


def test_a_pause_in_one_of_two_queues_is_seen_there_and_not_in_the_other() -> None:
    translation, roster = LiveTranslation("pbx", KEY), Roster()
    unit = AgentsUnit(0, 1)
    pieces: dict[bytes, bytes | None] = {}
    spells: list[Spell] = []
    seen: dict[int, tuple[dict[str, int], dict[str, int]]] = {}
    unit.start(0)
    for offset, text in enumerate(PAUSE.splitlines()):
        second, _, rest = text.partition("|")
        for item in translation.translate(f"{START + int(second)}|{rest}").items:
            if isinstance(item, AgentState):
                unit.apply([Record(offset, item.at, item.agent.encode(), encode(item))])
        checkpoint = unit.checkpoint()
        for output in checkpoint.outputs if checkpoint else ():
            if output.topic == "roster":
                roster.update(decode_as(RosterEntry, output.value))
            else:
                spells.append(decode_as(Spell, output.value))
        unit.commit_done()
        pieces |= dict(checkpoint.pieces) if checkpoint else {}
        unit = AgentsUnit(0, 1)  # a restart after every line
        for key, value in pieces.items():
            unit.load(key, value)
        unit.start(0)
        seen[int(second)] = roster.agents_of("live-a"), roster.agents_of("live-b")
    # In live-b PJSIP/7002 is paused all the time.
    assert seen[609] == ({"not_ready": 1}, {"not_ready": 1, "available": 1})
    assert seen[615] == ({"available": 1}, {"not_ready": 1, "available": 1})
    assert seen[619] == ({"talking": 1}, {"not_ready": 1, "talking": 1})
    assert seen[623] == ({"not_ready": 1}, {"not_ready": 1, "available": 1})
    assert seen[629] == ({"available": 1}, {"not_ready": 1, "available": 1})
    alice = [(s.started_at // SECOND - START, s.state) for s in spells if s.agent == "Alice Q"]
    # Of the person: a pause in one of two queues is none.
    assert sorted(set(alice)) == [(568, "available"), (619, "talking"), (623, "available")]
