"""One row as one leg, or the reason why it is not one. Pure.

If a file has no ids, the id of a leg is made from what does not change in a later export: queue,
arrival, caller and contact, and its ordinal among rows that agree in these. So a row that is sent
again, perhaps with an end added, is the same leg, and two callers of the same second stay two legs.
Caller and contact are there as the file has them, also where they name nobody (Withheld, a number that a
spreadsheet has cut): which words these are is learned from release to release, and no id may change by it.
Where such rows say the same in everything, it may be one call that was written twice: `told_alike`.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, get_args

from msgspec.structs import replace

from producers.records.call_words import CHANNEL_WORDS, DIRECTION_WORDS
from producers.records.cell_text import is_shortened, shown, shown_word
from producers.records.header import Header
from producers.records.leg_times import LegTimes, TimesReader
from producers.records.mapping import COLUMNS
from producers.records.mapping import Mapping as RecordsMapping
from producers.records.none_words import is_none_in_texts
from producers.records.row_error import RowError
from schemas.calls import Channel, Direction, ExitReason, FinishedLeg, Queued, Rejected
from schemas.identity import made_id
from schemas.millis import MINUTE
from schemas.privacy import TokenKey, caller_token, id_token

LONGEST_ID = 150  # an event id holds a leg id, a type, a time, and the shift of a replay
MOST_OFFERS = 1_000
MOST_PRIORITY = 1_000_000  # the stream refuses more
IDS = ("leg_id", "contact_id", "queue", "agent")
_TEXTS = ("contact_id", "queue", "agent", "reason", "topic", "area", "disposition")
# Not the queue: if a caller's short number is also the name of a queue, the leg would change queues.
_HIDING = ("leg_id", *(name for name in _TEXTS if name != "queue"))
_CHANNELS: tuple[str, ...] = get_args(Channel)
_DIRECTIONS: tuple[str, ...] = get_args(Direction)
_EXIT_REASONS: tuple[str, ...] = get_args(ExitReason)
_REJECTIONS: tuple[str, ...] = get_args(Rejected.__annotations__["reason"])
_QUOTED = re.compile(r'"([^"]*)"')
_PUNCTUATION = " ().-/+"
_NO_PUNCTUATION = str.maketrans("", "", _PUNCTUATION)
_all_texts = itemgetter("leg_id", *_TEXTS)
_MOST_WORDS = 1_000  # with "*" in a mapping each word may be another one
_FEWEST_DIGITS = 6  # a shorter number within an id is more likely a counter than a caller


class LegReader:
    """Reads the rows of one file, each once, as a `FinishedLeg`, or a `Queued` if the leg is open."""

    def __init__(self, header: Header, mapping: RecordsMapping, key: TokenKey, source: str) -> None:
        self._header = header
        self._lone = header.lone_cells()
        lone = {name for name, _, _ in self._lone}
        self._joined: list[tuple[str, Callable[[Sequence[str]], str]]] = [
            (name, header.getter(name)) for name in header.places if name not in lone
        ]
        self._always = {name: header.constants.get(name, "") for name in COLUMNS}
        self._hiding = [name for name in _HIDING if name in header.places or self._always[name]]
        self._times = TimesReader(mapping)
        self.unknown_waits = 0  # abandons of which no column tells when
        self.over_midnight = 0  # rows with a time on the day after their only date
        self.differing: Counter[str] = Counter()  # by the duration that its times contradict
        self.placed = 0  # rows of the hour that came twice, of which it is known which
        self._words = mapping.outcome_words()
        self._beginnings = mapping.outcome_beginnings()
        self._joins_outcomes = len(header.places.get("outcome", ())) > 1
        self._is_none = is_none_in_texts(mapping.none)
        self._known_words: dict[str, tuple[str, str]] = {}
        self._key, self._source = key, source
        # a constant id is none: `leg_id = ""` says that a column of that name is not read
        self.makes_ids = "leg_id" not in header.places and not header.constants.get("leg_id")
        self._alike: dict[
            str, int
        ] = {}  # number of rows by hash of what ids are made from; 100 bytes a row
        self.said_otherwise = 0  # rows without an id that say of one before them, which names somebody, something else
        self.shortened = 0  # rows whose caller or contact a spreadsheet has cut
        self.waits_by_times = 0  # rows of which no column tells the wait
        self.whole_minutes = 0  # those with times of whole minutes
        self.not_inbound = 0  # rows of calls that count nowhere
        self._told: set[int] = set()  # hashes of what these rows say; 60 bytes a row

    def read(self, cells: Sequence[str], now: int) -> FinishedLeg | Queued:
        """The leg of a row, which must have as many cells as the header; RowError if it cannot be counted."""
        try:
            leg = self._read(cells, now)
            return self._marked(leg) if self.makes_ids else leg
        except RowError as error:
            problem = self._without_caller(str(error), cells)
            raise type(error)(self._in_their_words(problem)) from None

    def _without_caller(self, problem: str, cells: Sequence[str]) -> str:
        """A refusal quotes what it read; a short number of the caller is known by its own column only."""
        bare = self._header.getter("caller")(cells).translate(_NO_PUNCTUATION)
        if not bare:
            return problem
        return _QUOTED.sub(
            lambda said: '"…"' if said[1].translate(_NO_PUNCTUATION) == bare else said[0], problem
        )

    def _in_their_words(self, problem: str) -> str:
        """A refusal that begins with a column of ours, with the name of the column in the file."""
        ours = re.split("[: ]", problem, maxsplit=1)[0]
        return self._header.label(ours) + problem.removeprefix(ours)

    def _read(self, cells: Sequence[str], now: int) -> FinishedLeg | Queued:
        text = self._always.copy()
        for name, place, (first, words) in self._lone:
            cell = cells[place]
            if cell[:1] not in first or cell.casefold() not in words:
                text[name] = cell
        for name, get in self._joined:
            text[name] = get(cells)
        if "\0" in "".join(cells):  # not of the row's text: in JSON it is an escape
            raise RowError("the row holds NUL bytes")
        told = text["caller"], text["contact_id"]
        is_cut = "E+" in text["caller"] + text["contact_id"] and _without_shortened(text)
        caller = caller_token(self._key, text["caller"])
        if caller:
            hide = hides_caller(text["caller"], caller)
            for name in self._hiding:
                if text[name]:
                    text[name] = hide(text[name])
        # after hiding: a reason may contain the caller's number
        outcome, reason = self._outcome(text)
        times = self._times.read(text, outcome, now)
        arrived_at = times.arrived_at
        key = self._key.at(arrived_at)
        of_its_time = caller if key is self._key else caller_token(key, text["caller"])
        if of_its_time != caller:  # which key it is was not known before its time was read
            for name in self._hiding:
                text[name] = text[name].replace(caller, of_its_time)
            reason, caller = reason.replace(caller, of_its_time), of_its_time
        if self.makes_ids:
            is_named = caller and not is_cut
            named = (caller, text["contact_id"]) if is_named else _as_told(key, *told)
            text["leg_id"] = self._made_id(text["queue"], arrived_at, *named)
        _check_ids(text)
        channel: Any = _channel(text["channel"])
        direction: Any = _direction(text["direction"])
        priority = _whole("priority", text["priority"], MOST_PRIORITY)
        if outcome == "open":
            leg: FinishedLeg | Queued = self._open(
                text, arrived_at, caller, channel, direction, priority
            )
        else:
            text["caller"] = caller
            leg = self._finished(text, times, outcome, reason, channel, direction, priority)
        # Only now can nothing refuse the row any more: these notes are of rows that are sent.
        self.not_inbound += direction != "inbound"
        self.shortened += is_cut
        self._count(times, is_over=outcome != "open")
        return leg

    def _count(self, times: LegTimes, *, is_over: bool) -> None:
        self.placed += times.was_placed
        if not is_over:
            return
        self.unknown_waits += times.wait_unknown
        if times.wait_ms is None and not times.wait_unknown:
            self.waits_by_times += 1
            self.whole_minutes += not (times.arrived_at % MINUTE or times.at % MINUTE)
        self.over_midnight += times.over_midnight
        if times.differs:
            self.differing.update(times.differs)

    def _open(
        self,
        text: dict[str, str],
        arrived_at: int,
        caller: str,
        channel: Any,
        direction: Any,
        priority: int,
    ) -> Queued:
        return Queued(
            event_id=f"{text['leg_id']}:queued:{arrived_at}",
            at=arrived_at,
            visit_at=arrived_at,
            source=self._source,
            queue=text["queue"],
            leg_id=text["leg_id"],
            contact_id=text["contact_id"],
            channel=channel,
            direction=direction,
            caller=caller,
            topic=text["topic"],
            area=text["area"],
            priority=priority,
        )

    def _finished(
        self,
        text: dict[str, str],
        times: LegTimes,
        outcome: Any,
        reason: str,
        channel: Any,
        direction: Any,
        priority: int,
    ) -> FinishedLeg:
        left_at, known, leg_id = times.at, times.known, text["leg_id"]
        answered = outcome == "answered"
        return FinishedLeg(
            event_id=f"{leg_id}:leg:{left_at}",
            at=left_at,
            source=self._source,
            feed="history",
            queue=text["queue"],
            leg_id=leg_id,
            contact_id=text["contact_id"],
            outcome=outcome,
            reason=reason,
            arrived_at=times.arrived_at,
            answered_at=known["answered_at"],
            left_at=None if times.wait_unknown else left_at,
            wait_unknown=times.wait_unknown,
            ended_at=known["ended_at"] if answered else None,
            wrap_ended_at=known["wrap_ended_at"] if answered else None,
            wait_ms=times.wait_ms,
            hold_ms=times.hold_ms if answered else None,
            agent=text["agent"],
            channel=channel,
            direction=direction,
            caller=text["caller"],
            topic=text["topic"],
            area=text["area"],
            priority=priority,
            missed_offers=_whole("missed_offers", text["missed_offers"], MOST_OFFERS),
            disposition=text["disposition"],
        )

    def _made_id(self, queue: str, arrived_at: int, caller: str, contact_id: str) -> str:
        made = made_id((queue, str(arrived_at), caller, contact_id))
        ordinal = self._alike[made] = self._alike.get(made, 0) + 1
        return made + (f"-{ordinal}" if ordinal > 1 else "")

    def _marked(self, leg: FinishedLeg | Queued) -> FinishedLeg | Queued:
        """The leg, which says so if a row before it says the same: by its ordinal alone it is another call."""
        said = hash(replace(leg, leg_id=leg.leg_id.partition("-")[0], event_id=""))
        if said in self._told:
            return replace(leg, told_alike=True)
        self._told.add(said)
        self.said_otherwise += "-" in leg.leg_id and bool(leg.caller or leg.contact_id)
        return leg

    def _bare(self, word: str) -> str:
        """An outcome without the parts that say "none"; a text of one column is one part."""
        parts = word.split(" ") if self._joins_outcomes else [word]
        return " ".join(part for part in parts if not self._is_none(part))

    def _by_beginning(self, word: str) -> tuple[str, str] | None:
        return next((ours for start, ours in self._beginnings if word.startswith(start)), None)

    def _outcome(self, text: dict[str, str]) -> tuple[str, str]:
        told = text["outcome"]
        known = self._known_words.get(told)
        if known is None:
            if len(self._known_words) >= _MOST_WORDS:
                self._known_words.clear()
            known = self._known_words[told] = self._meant(told)
        outcome, reason = known
        reason = text["reason"] or reason
        if outcome == "exited":
            return outcome, reason if reason in _EXIT_REASONS else "unknown"
        if outcome == "rejected":
            return outcome, reason if reason in _REJECTIONS else "unknown"
        return outcome, reason

    def _meant(self, told: str) -> tuple[str, str]:
        """Outcome and reason of a word of theirs; RowError if it has no meaning."""
        word = " ".join(told.split())
        known = self._words.get(word.casefold()) or self._words.get(self._bare(word).casefold())
        if known is None and self._bare(word):
            known = self._by_beginning(word.casefold())
        if known is None and not self._bare(word):
            raise RowError(
                'outcome is empty; if that has a meaning, say it: [outcomes] "" = "abandoned"'
            )
        if known is None:
            words = ", ".join(self._words)
            raise RowError(
                f"outcome: unknown word {shown_word(word)}; known: {words} (others: [outcomes] in a mapping)"
            )
        return known


def _without_shortened(text: dict[str, str]) -> bool:
    """Whether a spreadsheet has cut caller or contact, which then name nobody: many would be one."""
    cut = [name for name in ("caller", "contact_id") if is_shortened(text[name])]
    text.update(dict.fromkeys(cut, ""))
    return bool(cut)


def _as_told(key: TokenKey, number: str, contact_id: str) -> tuple[str, str]:
    """Caller and contact for an id that is made, where the cells of the row name nobody."""
    token = id_token(key, number)
    return token, hides_caller(number, token)(contact_id)


def hides_caller(number: str, token: str) -> Callable[[str], str]:
    """A function that replaces the caller's number in a text: an id may be the number or contain it."""
    bare = number.translate(_NO_PUNCTUATION)
    ends = bare[-1:] + _PUNCTUATION  # with which a text ends that is the number, spaced otherwise

    def hide(text: str) -> str:
        if not token or len(text) < len(bare):
            return text
        if text[-1:] in ends and text.translate(_NO_PUNCTUATION) == bare:
            return token
        may_hold_it = bare in text or number in text
        if may_hold_it and sum(map(str.isdigit, number)) >= _FEWEST_DIGITS:
            return text.replace(number, token).replace(bare, token)
        return text

    return hide


def _check_ids(text: dict[str, str]) -> None:
    for name in ("leg_id", "queue"):
        if not text[name]:
            raise RowError(f"{name} is empty")
    if len("".join(_all_texts(text))) <= LONGEST_ID:  # then none of them is longer
        return
    if len(text["leg_id"]) > LONGEST_ID:
        raise RowError(f"leg_id has more than {LONGEST_ID} characters")
    for name in _TEXTS:
        if len(text[name]) > LONGEST_ID:
            raise RowError(f"{name} has more than {LONGEST_ID} characters")


def _direction(text: str) -> Any:
    return _word("direction", text, DIRECTION_WORDS, _DIRECTIONS) if text else "inbound"


def _channel(text: str) -> Any:
    return _word("channel", text, CHANNEL_WORDS, _CHANNELS) if text else "voice"


def _word(name: str, text: str, words: Mapping[str, str], ours: Sequence[str]) -> Any:
    """Our word for theirs; RowError with `ours`, which everybody may write, if nobody knows it."""
    try:
        return words[text.casefold()]
    except KeyError:
        raise RowError(
            f"{name}: unknown word {shown_word(text)}; known: {', '.join(ours)}; rows that are no calls: [skip];"
            f" one for all rows: {name} under [constants]"
        ) from None


@lru_cache(maxsize=4_096)  # most rows have numbers that others had
def _whole(name: str, text: str, most: int) -> int:
    """0 for an empty cell."""
    if not text:
        return 0
    if not (text.isdecimal() and text.isascii()):
        raise RowError(f"{name}: {shown(text)} is no whole number")
    digits = text.lstrip("0")  # Python makes no number of some thousand digits
    if len(digits) > len(str(most)) or int(digits or 0) > most:
        raise RowError(f"{name}: {shown(text)} is more than {most:,}")
    return int(digits or 0)
