"""Logs of kinds that centres reported, line by line through Asterisk's adapter and the stream."""

from collections.abc import Iterator

from producers.asterisk.live_translation import LiveTranslation
from schemas.calls import LegEvent
from schemas.millis import MINUTE, SECOND
from schemas.privacy import key_from_secret
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
