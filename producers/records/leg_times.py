"""When the leg of a row came, was answered, left and ended, and how long it took. Pure.

A time that the row does not have is computed from its durations, a duration is never computed here:
the stream makes waits and conversations from the times.
"""

from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter

from msgspec import Struct

from producers.records.cell_text import shown
from producers.records.doubled_hour import TwiceError, placed
from producers.records.durations import ADVICE, Duration, read_duration, settled
from producers.records.hours_of_times import by_hours
from producers.records.mapping import DURATIONS, TIMES
from producers.records.mapping import Mapping as RecordsMapping
from producers.records.none_words import is_none_in_times
from producers.records.row_error import DoubtfulTimeError, RowError
from producers.records.times import Moments, NoSuchTimeError, ReadTime, a_day_later, has_offset
from schemas.millis import DAY, SECOND, iso

Times = dict[str, int | None]
HALF_A_DAY = DAY // 2
_NO_TIMES: Times = dict.fromkeys(TIMES)
_ANOTHER = itemgetter(slice(1, None))  # moments beside the first one


class LegTimes(Struct, frozen=True):
    """`at`: when the leg left the queue, or came if it is still open; `known` has all of `TIMES`.

    `was_placed`: a time was on the clock twice, and the row tells which of the two it was.
    `wait_unknown`: an abandon of which nothing tells when; `at` is its arrival.
    `over_midnight`: a time is of the day after the only date of the row. `differs`: the durations that the row
    tells otherwise than its times do.
    """

    at: int
    arrived_at: int
    known: Times
    wait_ms: int | None
    hold_ms: int | None
    was_placed: bool = False
    wait_unknown: bool = False
    over_midnight: bool = False
    differs: tuple[str, ...] = ()


class TimesReader:
    """Reads the times and durations of the rows of one file."""

    def __init__(self, mapping: RecordsMapping) -> None:
        is_none = is_none_in_times(mapping.none)
        self._read: list[tuple[str, ReadTime]] = [
            (name, by_hours(mapping.read_time(name), is_none, mapping.none))
            if name not in mapping.constants
            else (name, by_hours(mapping.read_time(name), _is_empty))
            for name in TIMES
        ]
        self._unit = mapping.durations
        self._zone = mapping.zone()
        self._with_date_of_arrival = tuple(filter(mapping.has_date_of_arrival, TIMES[1:]))
        self._iso = frozenset(
            name for name in TIMES if mapping.time_formats.get(name, mapping.time_format) == "iso"
        )

    def read(self, text: Mapping[str, str], outcome: str, now: int) -> LegTimes:
        """Of a row's cells by our column, those of times also if they say "none"; RowError if they cannot be read or
        contradict each other.
        """
        read, times = self._moments(text)
        arrived_at = times["arrived_at"]
        if arrived_at is None:
            raise RowError("arrived_at is empty")
        over_midnight = self._over_midnight(text, read, times)
        told = {name: self._duration(name, text[name]) for name in DURATIONS if text[name]}
        is_twice = any(map(_ANOTHER, read.values()))
        lasting: dict[str, int] = {}
        if told:
            lasting = _lasting(told, [] if is_twice else _spans(read, outcome))
        if is_twice:
            times = self._placed(text, read, outcome, lasting)
            arrived_at = times["arrived_at"]
            assert arrived_at is not None  # noqa: S101 - for mypy
        wait_ms, hold_ms = lasting.get("wait_ms"), lasting.get("hold_ms")
        if outcome == "open":
            _check_open(times)
            _check_now(times, now)
            return LegTimes(arrived_at, arrived_at, times, wait_ms, hold_ms, is_twice)
        if told:
            self._complete(times, told, lasting, outcome)
        _check_now(times, now)
        left_at = _left_at(outcome, times)
        if left_at is None:
            return LegTimes(arrived_at, arrived_at, times, None, None, is_twice, wait_unknown=True)
        _check_wait(wait_ms, left_at - arrived_at)
        _check_hold(hold_ms, times)
        return LegTimes(
            left_at, arrived_at, times, wait_ms, hold_ms, is_twice,
            over_midnight=over_midnight, differs=_differing(times, lasting, left_at) if lasting and outcome != "rejected" else (),
        )  # fmt: skip

    def _over_midnight(
        self, text: Mapping[str, str], read: dict[str, Moments], times: Times
    ) -> bool:
        """Move what ended after midnight to the next day, where the only date is that of the arrival.

        Rule: only if it then lies less than half a day after the arrival. A clock that is a second early
        would make a call of nearly a day. Nor a clock that says its offset: the next day, and what is 00:00:00,
        would be taken from another clock than that of the row.
        """
        first, moved = read["arrived_at"][0], False
        for name in self._with_date_of_arrival:
            if name not in read or read[name][-1] >= first or self._says_offset(name, text):
                continue
            try:
                later = a_day_later(read[name], self._zone)
            except NoSuchTimeError as error:
                raise DoubtfulTimeError(f"{name}: {error}") from None
            except ValueError as error:
                raise RowError(f"{name}: {error}") from None
            if later and later[-1] - first < HALF_A_DAY:
                read[name], times[name], moved = later, later[0], True
        return moved

    def _says_offset(self, name: str, text: Mapping[str, str]) -> bool:
        return name in self._iso and has_offset(text[name])

    def _moments(self, text: Mapping[str, str]) -> tuple[dict[str, Moments], Times]:
        """Of the columns that have any, all of them, and the first one of each."""
        found: dict[str, Moments] = {}
        first: Times = _NO_TIMES.copy()
        name = ""
        try:
            for name, read in self._read:
                if (cell := text[name]) and (moments := read(cell)):
                    found[name] = moments
                    first[name] = moments[0]
            return found, first
        except NoSuchTimeError as error:
            raise DoubtfulTimeError(f"{name}: {error}") from None
        except ValueError as error:
            raise RowError(f"{name}: {error}") from None

    def _placed(
        self,
        text: Mapping[str, str],
        read: Mapping[str, Moments],
        outcome: str,
        lasting: Mapping[str, int],
    ) -> Times:
        try:
            return placed(read, outcome, lasting)
        except TwiceError as error:
            name = str(error)
            raise DoubtfulTimeError(
                f"{name}: {shown(text[name])} was on the clock twice when clocks were put back, and no other"
                " time of the row tells which: export it in UTC or with offsets"
            ) from None

    def _duration(self, name: str, text: str) -> Duration:
        try:
            return read_duration(text, self._unit)
        except ValueError as error:
            raise RowError(f"{name}: {error}") from None

    def _complete(
        self, times: Times, told: Mapping[str, Duration], lasting: Mapping[str, int], outcome: str
    ) -> None:
        """Compute times that the row does not have: answer or leaving, and the end."""
        arrived_at = times["arrived_at"]
        assert arrived_at is not None  # noqa: S101 - for mypy: `read` has refused such a row
        leaving = "answered_at" if outcome == "answered" else "left_at"
        has_end = outcome != "answered" and times["ended_at"] is not None  # the time of leaving
        if times[leaving] is None and "wait_ms" in told and not has_end:
            _check_unit(leaving, "wait_ms", told)
            times[leaving] = arrived_at + lasting["wait_ms"]
        answered_at = times["answered_at"]
        if answered_at is not None and times["ended_at"] is None and "talk_ms" in told:
            _check_unit("ended_at", "talk_ms", told)
            times["ended_at"] = answered_at + lasting["talk_ms"]


def _is_empty(text: str) -> bool:
    """Whether a constant says "none": it is meant as it is written."""
    return not text


def _differing(times: Times, lasting: Mapping[str, int], left_at: int) -> tuple[str, ...]:
    """The durations that are not what the times of the row say, by more than their rounding."""
    arrived_at, answered_at, ended_at = (
        times[name] for name in ("arrived_at", "answered_at", "ended_at")
    )
    wait_ms, talk_ms, hold_ms = (lasting.get(name) for name in ("wait_ms", "talk_ms", "hold_ms"))
    differs: tuple[str, ...] = ()
    if (
        wait_ms is not None
        and arrived_at is not None
        and abs(left_at - arrived_at - wait_ms) > SECOND
    ):
        differs = ("wait_ms",)
    if talk_ms is None or answered_at is None or ended_at is None:
        return differs
    more_ms = ended_at - answered_at - talk_ms
    # Some platforms tell the conversation without its holds.
    if min(abs(more_ms), abs(more_ms - (hold_ms or 0))) > SECOND:
        differs += ("talk_ms",)
    return differs


def _lasting(
    told: Mapping[str, Duration], spans: Iterable[tuple[tuple[str, ...], int]]
) -> dict[str, int]:
    try:
        return settled(told, spans)
    except ValueError as error:
        raise RowError(str(error)) from None


def _spans(read: Mapping[str, Moments], outcome: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """How long wait and conversation were by the times of the row, where these say it."""
    arrived_at, ended_at = read["arrived_at"][0], read.get("ended_at")
    if outcome != "answered":
        left_at = read.get("left_at", ended_at)
        if left_at is not None:
            yield ("wait_ms",), left_at[0] - arrived_at
        return
    answered_at = read.get("answered_at")
    if answered_at is not None:
        yield ("wait_ms",), answered_at[0] - arrived_at
        if ended_at is not None:
            yield ("talk_ms",), ended_at[0] - answered_at[0]
    elif ended_at is not None:
        yield ("wait_ms", "talk_ms"), ended_at[0] - arrived_at


def _check_unit(name: str, duration: str, told: Mapping[str, Duration]) -> None:
    """RowError for a number whose unit nobody said: 8 s read as 8 ms would be accepted silently."""
    if not told[duration].says_unit:
        raise RowError(f"{name} is empty; to take it from {duration}, say {ADVICE} in the mapping")


def _check_now(times: Times, now: int) -> None:
    for name, at in times.items():
        if at is not None and at > now:
            raise RowError(f"{name} lies after now ({iso(now // SECOND * SECOND)})")


def _check_open(times: Times) -> None:
    for name in TIMES[1:]:
        if times[name] is not None:
            raise RowError(f"outcome is open, but {name} is set")


def _left_at(outcome: str, times: Times) -> int | None:
    """When the leg left its queue, None for an abandon of which nothing tells it.

    RowError if times contradict each other or the outcome.
    """
    arrived_at, answered_at = times["arrived_at"], times["answered_at"]
    left_at, ended_at = times["left_at"], times["ended_at"]
    assert arrived_at is not None  # noqa: S101 - for mypy
    for name, at in times.items():
        if at is not None and at < arrived_at:
            raise RowError(f"{name} lies before arrived_at")
    if outcome == "answered":
        if answered_at is None:
            raise RowError("outcome is answered, but answered_at is empty")
        if left_at is not None and abs(left_at - answered_at) > SECOND:
            raise RowError("outcome is answered, but left_at is not the moment of the answer")
        if ended_at is not None and ended_at < answered_at:
            raise RowError("ended_at lies before answered_at")
        wrap_ended_at = times["wrap_ended_at"]
        if wrap_ended_at is not None and (ended_at is None or wrap_ended_at < ended_at):
            raise RowError("wrap_ended_at lies before ended_at, or there is no ended_at")
        return answered_at
    if answered_at is not None:
        passed_on = (
            ": one that was answered and passed on afterwards is answered; let [outcomes] say so"
        )
        why = passed_on if outcome == "transferred" else ""
        raise RowError(f"outcome is {outcome}, but answered_at is set{why}")
    if left_at is not None and ended_at is not None and ended_at < left_at:
        raise RowError("ended_at lies before left_at")
    if (
        outcome == "rejected"
    ):  # before queueing: it counts at its arrival, also if an announcement came first
        return arrived_at
    left = left_at if left_at is not None else ended_at
    if left is None and outcome != "abandoned":
        raise RowError(f"outcome is {outcome}, but left_at is empty")
    return left


def _check_wait(wait_ms: int | None, by_times_ms: int) -> None:
    """RowError for a wait in the wrong unit: 8 s would be read as 8 ms, or 8,000 ms as 8,000 s."""
    if not wait_ms:
        return
    if by_times_ms >= 2 * SECOND and abs(wait_ms * SECOND - by_times_ms) <= SECOND:
        raise RowError(
            'wait_ms: seconds? the times say a thousand times more (durations = "s" in a mapping)'
        )
    # below ten seconds the thousandfold is a wait that a platform may tell of a caller who is rung back
    is_long = by_times_ms >= 10 * SECOND
    if is_long and abs(wait_ms - by_times_ms * SECOND) <= SECOND * SECOND:
        raise RowError(
            'wait_ms: milliseconds? the times say a thousandth of it (durations = "ms" in a mapping)'
        )


def _check_hold(hold_ms: int | None, times: Times) -> None:
    ended_at, answered_at = times["ended_at"], times["answered_at"]
    if not hold_ms or ended_at is None or answered_at is None:
        return
    if hold_ms > ended_at - answered_at + SECOND:
        raise RowError("hold_ms is longer than the conversation")
