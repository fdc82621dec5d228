"""One row as one leg, or the reason why it is not one. Pure.

If a file has no ids, the id of a leg is made from what does not change in a later export: queue,
arrival, caller and contact, and its ordinal among rows that agree in these. So a row that is sent
again, perhaps with an end added, is the same leg, and two callers of the same second stay two legs.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any, get_args

from producers.records.header import Header
from producers.records.mapping import COLUMNS, Mapping
from schemas.calls import Channel, Direction, ExitReason, FinishedLeg, Queued, Rejected
from schemas.millis import DAY, SECOND, iso
from schemas.privacy import TokenKey, caller_token

LONGEST_ID = 150  # an event id holds a leg id, a type, a time, and the shift of a replay
MOST_OFFERS = 1_000
MOST_PRIORITY = 1_000_000  # the stream refuses more
TIMES = ("arrived_at", "answered_at", "left_at", "ended_at", "wrap_ended_at")
IDS = ("leg_id", "contact_id", "queue", "agent")
_TEXTS = ("contact_id", "queue", "agent", "reason", "topic", "area", "disposition")
# Not the queue: if a caller's short number is also the name of a queue, the leg would change queues.
_HIDING = ("leg_id", *(name for name in _TEXTS if name != "queue"))
_CHANNELS: tuple[str, ...] = get_args(Channel)
_DIRECTIONS: tuple[str, ...] = get_args(Direction)
_EXIT_REASONS: tuple[str, ...] = get_args(ExitReason)
_REJECTIONS: tuple[str, ...] = get_args(Rejected.__annotations__["reason"])
_NO_PUNCTUATION = str.maketrans("", "", " ().-/+")
_FEWEST_DIGITS = 6  # a shorter number within an id is more likely a counter than a caller


class RowError(Exception):
    """Why the row is refused, with its column; contains no text of the row."""


class LegReader:
    """Reads the rows of one file, each once, as a `FinishedLeg`, or a `Queued` if the leg is open."""

    def __init__(self, header: Header, mapping: Mapping, key: TokenKey, source: str) -> None:
        self._header = header
        self._get: dict[str, Callable[[Sequence[str]], str]] = {
            name: header.getter(name) for name in COLUMNS
        }
        self._read_time = mapping.read_time()
        self._durations = mapping.durations
        self._words = mapping.outcome_words()
        self._key, self._source = key, source
        self.makes_ids = not ({"leg_id"} & (header.places.keys() | header.constants.keys()))
        self._alike: dict[
            bytes, int
        ] = {}  # number of rows by hash of what ids are made from; 100 bytes a row

    def read(self, cells: Sequence[str], now: int) -> FinishedLeg | Queued:
        """The leg of a row, which must have as many cells as the header; RowError if it cannot be counted."""
        text = {name: get(cells) for name, get in self._get.items()}
        if any("\0" in cell for cell in cells):
            raise RowError("the row holds NUL bytes")
        times = {name: self._time(name, text[name], now) for name in TIMES}
        caller = caller_token(self._key, text["caller"])
        if caller:
            hide = hides_caller(text["caller"], caller)
            for name in _HIDING:
                text[name] = hide(text[name])
        arrived_at = times["arrived_at"]
        if arrived_at is None:
            raise RowError("arrived_at is empty")
        if self.makes_ids:
            text["leg_id"] = self._made_id(text, arrived_at, caller)
        outcome, reason = self._outcome(
            text
        )  # after hiding: a reason may contain the caller's number
        if outcome != "open":
            self._complete_times(text, times, outcome, arrived_at, now)
        _check_ids(text)
        shared = {
            "source": self._source,
            "queue": text["queue"],
            "leg_id": text["leg_id"],
            "contact_id": text["contact_id"],
            "channel": _word("channel", text["channel"] or "voice", _CHANNELS),
            "direction": _word("direction", text["direction"] or "inbound", _DIRECTIONS),
            "caller": caller,
            "topic": text["topic"],
            "area": text["area"],
            "priority": _whole("priority", text["priority"], MOST_PRIORITY) or 0,
        }
        if outcome == "open":
            _check_open(times)
            event_id = f"{text['leg_id']}:queued:{arrived_at}"
            return Queued(event_id=event_id, at=arrived_at, visit_at=arrived_at, **shared)
        return self._finished(text, times, outcome, reason, shared)

    def _finished(
        self,
        text: dict[str, str],
        times: dict[str, int | None],
        outcome: Any,
        reason: str,
        shared: dict[str, Any],
    ) -> FinishedLeg:
        left_at = _left_at(outcome, times)
        wait_ms = self._duration("wait_ms", text["wait_ms"])
        arrived_at = times["arrived_at"]
        assert arrived_at is not None  # noqa: S101 - for mypy: `read` has refused such a row
        _check_wait(wait_ms, left_at - arrived_at)
        answered = outcome == "answered"
        leg = FinishedLeg(
            event_id=f"{text['leg_id']}:leg:{left_at}",
            at=left_at,
            feed="history",
            outcome=outcome,
            reason=reason,
            arrived_at=arrived_at,
            answered_at=times["answered_at"],
            left_at=left_at,
            ended_at=times["ended_at"] if answered else None,
            wrap_ended_at=times["wrap_ended_at"] if answered else None,
            wait_ms=wait_ms,
            hold_ms=self._duration("hold_ms", text["hold_ms"]) if answered else None,
            agent=text["agent"],
            missed_offers=_whole("missed_offers", text["missed_offers"], MOST_OFFERS) or 0,
            disposition=text["disposition"],
            **shared,
        )
        _check_hold(leg)
        return leg

    def _complete_times(
        self,
        text: dict[str, str],
        times: dict[str, int | None],
        outcome: str,
        arrived_at: int,
        now: int,
    ) -> None:
        """Compute times that the row does not have from its durations: answer or leaving, and the end."""
        name = "answered_at" if outcome == "answered" else "left_at"
        wait_ms = self._duration("wait_ms", text["wait_ms"])
        has_end = outcome != "answered" and times["ended_at"] is not None  # the time of leaving
        if times[name] is None and wait_ms is not None and not has_end:
            if self._durations is None:  # 8 s read as 8 ms would be accepted silently
                raise RowError(
                    f'{name} is empty; to take it from wait_ms, say durations = "s" or "ms"'
                )
            times[name] = arrived_at + wait_ms
        talk_ms = self._duration("talk_ms", text["talk_ms"])
        answered_at = times["answered_at"]
        if answered_at is not None and times["ended_at"] is None and talk_ms is not None:
            if self._durations is None:
                raise RowError(
                    'ended_at is empty; to take it from talk_ms, say durations = "s" or "ms"'
                )
            times["ended_at"] = answered_at + talk_ms
        for column in (name, "ended_at"):
            if (times[column] or 0) > now:
                raise RowError(f"{column} lies after now ({iso(now // SECOND * SECOND)})")

    def _made_id(self, text: dict[str, str], arrived_at: int, caller: str) -> str:
        said = "\0".join((text["queue"], str(arrived_at), caller, text["contact_id"]))
        digest = sha256(said.encode()).digest()[:12]
        ordinal = self._alike[digest] = self._alike.get(digest, 0) + 1
        return digest.hex() + (f"-{ordinal}" if ordinal > 1 else "")

    def _time(self, name: str, text: str, now: int) -> int | None:
        if not text:
            return None
        try:
            at = self._read_time(text)
        except ValueError as error:
            raise RowError(f"{name}: {error}") from None
        if at > now:
            raise RowError(f"{name} lies after now ({iso(now // SECOND * SECOND)})")
        return at

    def _duration(self, name: str, text: str) -> int | None:
        number = _whole(name, text)
        if number is not None and self._durations == "s":
            number *= SECOND
        if number is not None and number >= 366 * DAY:
            raise RowError(f"{name} is a year or more")
        return number

    def _outcome(self, text: dict[str, str]) -> tuple[str, str]:
        word = text["outcome"]
        if not word:
            raise RowError("outcome is empty")
        if word.casefold() not in self._words:
            known = ", ".join(self._words)
            raise RowError(f"outcome: unknown word; known: {known} (others: --mapping)")
        outcome, reason = self._words[word.casefold()]
        reason = text["reason"] or reason
        if outcome == "exited":
            return outcome, reason if reason in _EXIT_REASONS else "unknown"
        if outcome == "rejected":
            return outcome, reason if reason in _REJECTIONS else "unknown"
        return outcome, reason


def hides_caller(number: str, token: str) -> Callable[[str], str]:
    """A function that replaces the caller's number in a text: an id may be the number or contain it."""
    bare = number.translate(_NO_PUNCTUATION)
    written = (number, bare) if sum(map(str.isdigit, number)) >= _FEWEST_DIGITS else ()

    def hide(text: str) -> str:
        if not token or len(text) < len(bare):
            return text
        if text.translate(_NO_PUNCTUATION) == bare:
            return token
        for form in written:
            text = text.replace(form, token)
        return text

    return hide


def _check_ids(text: dict[str, str]) -> None:
    for name in ("leg_id", "queue"):
        if not text[name]:
            raise RowError(f"{name} is empty")
    if len(text["leg_id"]) > LONGEST_ID:
        raise RowError(f"leg_id has more than {LONGEST_ID} characters")
    for name in _TEXTS:
        if len(text[name]) > LONGEST_ID:
            raise RowError(f"{name} has more than {LONGEST_ID} characters")


def _check_open(times: dict[str, int | None]) -> None:
    for name in TIMES[1:]:
        if times[name] is not None:
            raise RowError(f"outcome is open, but {name} is set")


def _left_at(outcome: str, times: dict[str, int | None]) -> int:
    """When the leg left its queue; RowError if times contradict each other or the outcome."""
    arrived_at, answered_at = times["arrived_at"], times["answered_at"]
    left_at, ended_at = times["left_at"], times["ended_at"]
    assert arrived_at is not None  # noqa: S101 - for mypy
    for name in TIMES[1:]:
        at = times[name]
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
        raise RowError(f"outcome is {outcome}, but answered_at is set")
    if left_at is not None and ended_at is not None and ended_at < left_at:
        raise RowError("ended_at lies before left_at")
    left = left_at if left_at is not None else ended_at
    if left is None and outcome == "rejected":
        return arrived_at
    if left is None:
        raise RowError(f"outcome is {outcome}, but left_at is empty")
    return left


def _check_wait(wait_ms: int | None, by_times_ms: int) -> None:
    """RowError for a wait in seconds (8, while the times are 8 s apart): it would be read as 8 ms."""
    if wait_ms and by_times_ms >= 2 * SECOND and abs(wait_ms * SECOND - by_times_ms) <= SECOND:
        raise RowError(
            'wait_ms: seconds? the times say a thousand times more (durations = "s" in a mapping)'
        )


def _check_hold(leg: FinishedLeg) -> None:
    if leg.hold_ms and leg.ended_at is not None and leg.answered_at is not None:
        talk_ms = leg.ended_at - leg.answered_at
        if leg.hold_ms > talk_ms + SECOND:
            raise RowError("hold_ms is longer than the conversation")


def _word(name: str, text: str, known: tuple[str, ...]) -> Any:
    try:
        return known[known.index(text.casefold())]
    except ValueError:
        raise RowError(f"{name}: unknown word; known: {', '.join(known)}") from None


def _whole(name: str, text: str, most: int = 366 * DAY) -> int | None:
    if not text:
        return None
    try:
        number = int(text)
    except ValueError:
        raise RowError(f"{name}: expected a whole number") from None
    if not 0 <= number <= most:
        raise RowError(f"{name}: below 0 or far too large")
    return number
