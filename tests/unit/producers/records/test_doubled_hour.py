"""Where a call lies whose local times were on the clock twice: placed by its own times, or refused."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.records.doubled_hour import TwiceError, placed
from producers.records.times import Moments, time_reader
from schemas.millis import from_iso, iso

BERLIN = ZoneInfo("Europe/Berlin")
NIGHTS = {  # zone: when its clocks were put back, by half an hour in one, by two hours in another
    "Europe/Berlin": from_iso("2025-10-26T01:00:00Z"),
    "America/New_York": from_iso("2025-11-02T06:00:00Z"),
    "America/Santiago": from_iso("2025-04-06T03:00:00Z"),
    "Australia/Lord_Howe": from_iso("2026-04-04T15:00:00Z"),
    "Antarctica/Troll": from_iso("2025-10-26T01:00:00Z"),
}


def _read(clocks: dict[str, str]) -> dict[str, Moments]:
    read = time_reader("iso", BERLIN)
    return {name: read(f"2025-10-26 {clock}") for name, clock in clocks.items()}


def _placed(outcome: str, clocks: dict[str, str], **durations: int) -> list[str]:
    found = placed(_read(clocks), outcome, durations)
    return [iso(at)[11:19] for at in found.values() if at is not None]


@pytest.mark.parametrize(
    ("outcome", "clocks", "utc"),
    [
        ("answered", ("01:59:50", "02:00:05", "02:05:05"), ["23:59:50", "00:00:05", "00:05:05"]),
        ("answered", ("02:58:00", "02:01:00", "02:11:00"), ["00:58:00", "01:01:00", "01:11:00"]),
        ("answered", ("02:50:00", "02:55:00", "02:05:00"), ["00:50:00", "00:55:00", "01:05:00"]),
        ("answered", ("02:50:00", "02:55:00", "03:05:00"), ["01:50:00", "01:55:00", "02:05:00"]),
        ("answered", ("01:58:00", "01:59:00", "02:05:00"), ["23:58:00", "23:59:00", "00:05:00"]),
        ("answered", ("03:00:00", "03:00:05", "03:05:00"), ["02:00:00", "02:00:05", "02:05:00"]),
    ],
)
def test_a_call_that_touches_a_time_outside_of_the_hour_or_goes_back_is_placed(
    outcome: str, clocks: tuple[str, str, str], utc: list[str]
) -> None:
    names = ("arrived_at", "answered_at", "ended_at")
    assert _placed(outcome, dict(zip(names, clocks, strict=True))) == utc


def test_an_abandon_is_placed_by_its_time_of_leaving() -> None:
    assert _placed("abandoned", {"arrived_at": "02:50:00", "ended_at": "02:05:00"}) == [
        "00:50:00", "01:05:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "clocks"),
    [
        ("answered", {"arrived_at": "02:10:00", "answered_at": "02:10:10", "ended_at": "02:11:10"}),
        ("abandoned", {"arrived_at": "02:20:00", "left_at": "02:20:45"}),
        ("open", {"arrived_at": "02:20:00"}),
        (
            "abandoned",
            {"arrived_at": "02:20:00", "left_at": "04:30:00"},
        ),  # 2 h 10 m, or an hour more
    ],
)
def test_what_nothing_tells_is_doubtful(outcome: str, clocks: dict[str, str]) -> None:
    with pytest.raises(TwiceError, match=r"^arrived_at$"):
        placed(_read(clocks), outcome, {})


def test_durations_of_the_row_tell_which_hour_is_meant() -> None:
    clocks = {"arrived_at": "01:50:00", "answered_at": "02:10:00"}
    assert _placed("answered", clocks, wait_ms=1_200_000) == ["23:50:00", "00:10:00"]
    assert _placed("answered", clocks, wait_ms=4_800_000) == ["23:50:00", "01:10:00"]
    whole = {"arrived_at": "02:50:00", "ended_at": "03:40:00"}
    assert _placed("answered", whole, wait_ms=600_000, talk_ms=6_000_000) == [
        "00:50:00",
        "02:40:00",
    ]


def test_a_row_that_contradicts_itself_is_left_to_the_checks_of_rows() -> None:
    found = placed(_read({"arrived_at": "03:10:00", "answered_at": "02:10:00"}), "answered", {})
    assert found["arrived_at"] == from_iso("2025-10-26T02:10:00Z")


@given(
    st.sampled_from(sorted(NIGHTS)),
    st.integers(-5_400, 5_400),
    st.integers(0, 1_799),
    st.integers(0, 1_799),
    st.booleans(),
)
def test_a_call_is_placed_where_it_was_or_refused(
    name: str, after_s: int, wait_s: int, talk_s: int, answered: bool
) -> None:
    change = NIGHTS[name]
    zone = ZoneInfo(name)
    arrived = change + after_s * 1_000
    true = {"arrived_at": arrived, "answered_at": arrived + wait_s * 1_000}
    true["ended_at"] = true["answered_at"] + talk_s * 1_000
    if not answered:
        true = {"arrived_at": arrived, "left_at": arrived + wait_s * 1_000}
    read = time_reader("iso", zone)
    clocks = {
        at: datetime.fromtimestamp(ms / 1_000, UTC).astimezone(zone).replace(tzinfo=None)
        for at, ms in true.items()
    }
    moments = {at: read(clock.isoformat()) for at, clock in clocks.items()}
    try:
        found = placed(moments, "answered" if answered else "abandoned", {})
    except TwiceError:
        # never where the clock tells: it runs back once, or one of the times was there only once
        ordered = list(clocks.values())
        assert all(len(each) == 2 for each in moments.values())
        assert ordered == sorted(ordered)
        return
    assert {at: found[at] for at in true} == true
