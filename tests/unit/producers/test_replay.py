from datetime import time
from zoneinfo import ZoneInfo

import pytest

from producers.input_file import InputFileError
from producers.replay import HEAD_START_MS, WEEK_MS, Begin, replay_shift, shift_to, shifted
from schemas.agents import AgentState
from schemas.calls import Queued, Restarted
from schemas.millis import DAY, HOUR, MINUTE, SECOND

SUNDAY = 1_280_642_267_000  # 2010-08-01T05:57:47Z


def test_whole_weeks_when_the_file_then_happens_now() -> None:
    now = SUNDAY + 800 * WEEK_MS + 3 * HOUR + 5
    assert replay_shift(SUNDAY, SUNDAY + 17 * HOUR, now) == 800 * WEEK_MS


def test_whole_days_on_another_weekday() -> None:
    now = SUNDAY + 800 * WEEK_MS + 2 * DAY + 3 * HOUR
    assert replay_shift(SUNDAY, SUNDAY + 17 * HOUR, now) == 800 * WEEK_MS + 2 * DAY


def test_whole_seconds_when_the_file_never_happens_at_this_hour() -> None:
    now = SUNDAY + 800 * WEEK_MS + 2 * DAY + 20 * HOUR + 5
    shift = replay_shift(SUNDAY, SUNDAY + 17 * HOUR, now)
    assert SUNDAY + shift == now - 5 - HEAD_START_MS
    assert shift % SECOND == 0
    assert replay_shift(SUNDAY, SUNDAY + 10 * SECOND, now) == now - 5 - 5 * SECOND - SUNDAY


def test_a_replay_is_another_call_with_other_times() -> None:
    call = Queued(event_id="7:queued", at=SUNDAY, source="r", queue="q", leg_id="7", contact_id="c")
    restart = Restarted(event_id="r", at=SUNDAY, source="r")
    state = AgentState(
        event_id="s", at=SUNDAY, source="r", agent="a", routing_state="available", since=SUNDAY - 1
    )
    moved = list(shifted([call, restart, state], 5_000))
    assert moved == [
        Queued(event_id="7:queued~5", at=SUNDAY + 5_000, source="r", queue="q", leg_id="7~5",
               contact_id="c~5", replay=True, replay_shift_ms=5_000),
        Restarted(event_id="r~5", at=SUNDAY + 5_000, source="r", replay=True,
                  replay_shift_ms=5_000),
        AgentState(event_id="s~5", at=SUNDAY + 5_000, source="r", agent="a",
                   routing_state="available", since=SUNDAY + 4_999, replay=True,
                   replay_shift_ms=5_000),
    ]  # fmt: skip


def test_a_call_without_contact_stays_without() -> None:
    call = Queued(event_id="7:queued", at=SUNDAY, source="r", queue="q", leg_id="7")
    assert next(shifted([call], 5_000)).contact_id == ""  # type: ignore[union-attr]


BERLIN = ZoneInfo("Europe/Berlin")  # 07:57:47 on that Sunday


def test_a_time_of_day_of_the_first_day_is_now() -> None:
    nine = SUNDAY + HOUR + 2 * MINUTE + 13 * SECOND  # 09:00 in Berlin
    now = nine + 16 * WEEK_MS + 14 * HOUR + 40 * MINUTE + 7  # at night
    shift, told = shift_to(Begin(time(9), BERLIN), SUNDAY, SUNDAY + 17 * HOUR, now)
    assert nine + shift == now - 7
    assert told == (
        "replay: 2010-08-01T09:00:00+02:00 of the file (Europe/Berlin) is now; its times are moved by"
        " 112 d 14:40:00"
    )


def test_a_time_of_day_before_the_first_event_says_how_long_nothing_happens() -> None:
    _, told = shift_to(Begin(time(6, 57), BERLIN), SUNDAY, SUNDAY + HOUR, SUNDAY)
    assert told.endswith("are moved by 1:00:47; its first event comes in 1:00:47")


def test_a_time_of_day_after_the_last_event_is_refused() -> None:
    with pytest.raises(InputFileError) as caught:
        shift_to(Begin(time(10), BERLIN), SUNDAY, SUNDAY + HOUR, SUNDAY + DAY)
    assert str(caught.value) == (
        "--at 10:00: nothing of the file would be left to play, it lasts from"
        " 2010-08-01T07:57:47+02:00 to 2010-08-01T08:57:47+02:00 (Europe/Berlin): name a time between"
    )
