"""Small laws: what goes out comes in again, and every clever rule equals its plain form."""

import contextlib
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from schemas.calls import Event
from schemas.codec import UndecodableError, decode_agent, decode_call, encode
from schemas.counters import COUNTERS
from schemas.millis import (
    DAY,
    EARLIEST,
    LATEST,
    MINUTE,
    format_duration,
    from_iso,
    iso,
    parse_duration,
)
from schemas.opening import DatedSpan, Opening, WeeklySpan, business_day, is_open
from schemas.privacy import CALLER_PATTERN, caller_token, key_from_secret
from streams.core.quarantining import mask_digits
from streams.core.verdict import contributions, judge
from tests.support.builders import FACTS, KINDS, MARKS, MONDAY, call, mark, targets, told
from tests.support.days import lives

TEXT = st.text(max_size=40)
NAMES = st.text(min_size=1, max_size=40)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "caller": st.just("") | st.from_regex(CALLER_PATTERN, fullmatch=True), "topic": TEXT, "area": TEXT, "agent": TEXT, "to_queue": TEXT, "contact_id": TEXT,
    "code": TEXT, "wait_ms": st.none() | st.integers(0, DAY), "priority": st.integers(-9, 9),
    "replay": st.booleans(), "feed": st.sampled_from(["live", "history"]),
    "hold_ms": st.none() | st.integers(0, DAY), "talk_ms": st.none() | st.integers(0, DAY),
    "ended_at": st.none() | st.integers(EARLIEST, LATEST - 1),
}  # fmt: skip
TIMES = st.integers(EARLIEST, LATEST - 1)


@st.composite
def events(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from([*FACTS, *MARKS]))
    more = {
        name: draw(values)
        for name, values in FIELDS.items()
        if name in KINDS[kind].__struct_fields__ and draw(st.booleans())
    }
    if kind in MARKS:
        return mark(kind, draw(TIMES), draw(NAMES), **more)
    return call(kind, draw(NAMES), draw(TIMES), draw(NAMES), **more)


@given(events())
def test_an_event_is_read_as_it_was_written(event: Event) -> None:
    assert decode_call(encode(event)) == event


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    for decode in (decode_call, decode_agent):
        with contextlib.suppress(UndecodableError):
            assert decode(data).source


@given(st.integers(0, 366 * DAY - 1))
def test_a_duration_is_read_as_it_was_written(duration: int) -> None:
    assert parse_duration(format_duration(duration)) == duration


@given(TIMES, st.sampled_from(["UTC", "Asia/Kolkata", "Africa/Johannesburg", "America/St_Johns"]))
def test_a_time_is_read_as_it_was_written(at: int, zone: str) -> None:
    assert from_iso(iso(at, ZoneInfo(zone))) == at
    assert from_iso(iso(at)) == at


@given(st.data(), st.permutations(range(8)))
def test_the_counters_of_a_leg_add_up_to_its_verdict(data: st.DataObject, order: list[int]) -> None:
    facts = data.draw(lives("ada", resumes=True))
    leg = told(*(facts[place] for place in order if place < len(facts)))
    verdict = judge(leg, targets(), out_of_hours=False)
    counted = dict.fromkeys(COUNTERS, 0)
    for at, counter, n in contributions(leg, verdict):
        assert at >= MONDAY
        counted[COUNTERS[counter]] += n
    refused = verdict.outcome == "rejected"
    assert counted["offered"] == (verdict.arrived_at is not None and not refused)
    left = counted["offered"] and verdict.outcome != "open"
    for outcome in COUNTERS[1:8]:
        assert counted[outcome] == (left and verdict.outcome == outcome)
    assert counted["answer_wait_ms"] + counted["abandon_wait_ms"] == (
        verdict.wait_ms if verdict.outcome in {"answered", "abandoned"} and left else 0
    )
    assert counted["service_ended"] == (verdict.service_ended_at is not None and left)


SPANS = st.builds(
    lambda day, start, length: WeeklySpan(day, start, start + length),
    st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440),
)  # fmt: skip
DATES = st.dates(date(2026, 3, 1), date(2026, 3, 20)).map(date.isoformat)
DATED = st.builds(
    lambda day, start, length: DatedSpan(day, start, start + length),
    DATES, st.integers(0, 1439), st.integers(0, 1440),
)  # fmt: skip
OPENINGS = st.builds(
    Opening,
    st.none() | st.lists(SPANS, max_size=4).map(tuple),
    st.lists(DATES, max_size=2).map(tuple),
    st.lists(DATED, max_size=2).map(tuple),
)
ZONES = st.sampled_from(["UTC", "Africa/Johannesburg", "Asia/Kolkata", "Asia/Muscat"])


def naively_open(opening: Opening, local: datetime) -> bool:
    """Minute of the wall clock against the hours of its day and of the day before."""
    minute = local.hour * 60 + local.minute
    return any(
        start <= minute + back * 1440 < end
        for back in (0, 1)
        for start, end in hours_of(opening, local.date() - timedelta(days=back))
    )


def hours_of(opening: Opening, day: date) -> list[tuple[int, int]]:
    dated = [span for span in opening.exceptions if span.date == day.isoformat()]
    if dated:
        return [(span.start_minute, span.end_minute) for span in dated]
    if day.isoformat() in opening.holidays:
        return []
    if opening.weekly is None:
        return [(0, 1440)]
    return [
        (span.start_minute, span.end_minute)
        for span in opening.weekly
        if span.weekday == day.weekday()
    ]


@given(OPENINGS, ZONES, st.integers(0, 20 * 24 * 60))
def test_opening_hours_equal_the_plain_rule_minute_by_minute(
    opening: Opening, zone: str, minute: int
) -> None:
    at = from_iso("2026-03-01T00:00:00Z") + minute * MINUTE
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    assert is_open(opening, zone, at) is naively_open(opening, local)


@given(TIMES, st.sampled_from(["UTC", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana"]),
       st.integers(0, 1439))  # fmt: skip
def test_business_days_tile_time(at: int, zone: str, day_start_minute: int) -> None:
    start, end = business_day(at, zone, day_start_minute)
    assert start <= at < end
    assert business_day(start, zone, day_start_minute) == (start, end)
    assert business_day(end, zone, day_start_minute)[0] == end


@given(st.lists(st.sampled_from("0123456789"), min_size=6, max_size=15), st.data())
def test_no_way_of_writing_a_number_gets_past_the_mask(
    digits: list[str], data: st.DataObject
) -> None:
    between = st.sampled_from(["", "", " ", "-", ".", "/", ") ", " ("])
    written = digits[0] + "".join(data.draw(between) + digit for digit in digits[1:])
    assert not any(each.isdigit() for each in mask_digits(written).partition(" digits>")[2])
    key = key_from_secret(b"k")
    assert caller_token(key, written) == caller_token(key, "".join(digits))
