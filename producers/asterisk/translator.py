"""Lines of queue_log, in file order, to legs, agent states and restarts. Pure.

Rule 1: a leg is given once, when its end is known (or at the end of the log); the caller sorts by time.
Rule 2: if the beginning of a call is in an older file, its start is computed from the hold and talk
times in its later lines.
Rule 3: a line that cannot be used gives a `RefusedLine` with the reason, and reading continues.
"""

from collections import OrderedDict
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from producers.asterisk.agents import Agent, AgentBook
from producers.asterisk.legs import QueueLeg
from producers.asterisk.lines import NOBODY, Line, LineIds, parse_line
from producers.asterisk.refused_line import RefusedLine, unknown_verb
from producers.asterisk.verbs import (
    AGENT_VERBS,
    COMPLETES,
    EXITS,
    IGNORED,
    LINKED_FIELDS,
    OF_A_LEG,
    OFFERS,
    OUTBOUND,
    REJECTIONS,
    TRANSFERS,
)
from schemas.agents import AgentState
from schemas.calls import LAST_POSITION, Restarted, Token
from schemas.millis import SECOND
from schemas.privacy import TokenKey, caller_token

REMEMBERED = 100_000  # calls that may get more lines; beyond that the oldest are forgotten
_RESTARTS = 100  # the newest restarts that are known again where pieces overlap


class Call(Struct, omit_defaults=True):
    """What is remembered of a call: its caller, its entries, the time of its last line.

    `entries`: by queue, how often it came into the queue in the second `entered` of its last entry, in this `piece`.
    `outbound`: the queues under which it called somebody; `emptied`: the queue that it left last, if it
    left because nobody served it; `hung_up`: the same, if it was hung up there.
    """

    caller: Token = ""
    answered: bool = False
    entries: dict[str, int] = {}
    entered: dict[str, int] = {}
    outbound: set[str] = set()
    emptied: str = ""
    hung_up: str = ""
    heard_at: int = 0
    piece: int = 0


class Memory(Struct, omit_defaults=True):
    """Everything needed to continue in the middle of a log. It contains tokens, never numbers of callers."""

    second: str = ""
    seen: dict[str, int] = {}
    agents: dict[str, Agent] = {}
    legs: list[QueueLeg] = []
    calls: dict[str, Call] = {}
    piece: int = 0  # how often the log went back in time
    last_at: int = 0
    restarts: list[str] = []  # ids of their lines


_GOES_BACK = 2 * SECOND  # lines of one second may be written in any order
_NEVER = Call()
Translated = QueueLeg | AgentState | Restarted | RefusedLine


class Translator:
    """The log of one node. Call `read` once with every line, then `still_open`.

    With `memory` the result is the same as if reading had not been interrupted.
    """

    def __init__(self, source: str, key: TokenKey, memory: Memory | None = None) -> None:
        known = memory or Memory()
        self._source, self._key = source, key
        self._ids = LineIds(source, known.second, known.seen)
        self._agents = AgentBook(source, known.agents)
        self._open = {(leg.callid, leg.queue): leg for leg in known.legs}
        self._calls = OrderedDict(known.calls)
        self._piece, self._last_at = known.piece, known.last_at
        self._restarts = list(known.restarts)
        self.newest_at = 0  # time of the newest line that was read

    def read(self, text: str, now: int) -> Iterator[Translated]:
        """Legs that end with this line, and states and marks that begin with it."""
        line = parse_line(text)
        if line is None:
            yield RefusedLine("unknown_line", "not a line of queue_log")
        elif line.at > now:
            yield RefusedLine("bad_row", "its time lies after now")
        elif max(len(line.queue), len(line.callid), len(line.agent)) > 100:  # noqa: PLR2004 - ids
            yield RefusedLine("unknown_line", "an id of more than 100 characters")
        else:
            self.newest_at = max(self.newest_at, line.at)
            if line.at <= self._last_at - _GOES_BACK:
                self._piece += 1
                self._ids.begin_again()
            self._last_at = line.at
            is_named = line.agent not in ("", NOBODY) or line.verb == "QUEUESTART"
            line_id = self._ids.line_id(text) if is_named else ""
            if self._is_outbound(line):  # the agent is busy, and serves no queue by it
                yield from self._agents.states(replace(line, queue=NOBODY), line_id)
            else:
                yield from self._agents.states(line, line_id)
                yield from self._translated(line, line_id)
            if (call := self._calls.get(line.callid)) is not None:
                call.heard_at = line.at

    def still_open(self) -> list[QueueLeg]:
        """Legs that are waiting or talking after the last line, in the order of their entry."""
        return list(self._open.values())

    @property
    def is_idle(self) -> bool:
        return not self._open

    def leg_of(self, line: Line) -> QueueLeg | None:
        """The open leg of the line, or None."""
        return self._open.get((line.callid, line.queue))

    def memory(self) -> Memory:
        """The memory after the last line. It is not a copy: encode it at once."""
        ids, agents = self._ids, self._agents.agents
        calls = dict(self._calls)
        return Memory(
            ids.second,
            ids.seen,
            agents,
            self.still_open(),
            calls,
            self._piece,
            self._last_at,
            self._restarts,
        )

    def forget(self, before: int) -> None:
        """Drop calls without a line since `before`; otherwise memory would grow without limit."""
        self._open = {
            key: leg
            for key, leg in self._open.items()
            if max(leg.entered_at, self._calls.get(leg.callid, _NEVER).heard_at) >= before
        }
        self.forget_closed(before)

    def forget_closed(self, before: int) -> None:
        """The same, but keep every call that waits or talks."""
        going_on = {leg.callid for leg in self._open.values()}
        self._calls = OrderedDict(
            (callid, call)
            for callid, call in self._calls.items()
            if call.heard_at >= before or callid in going_on
        )

    def _translated(self, line: Line, line_id: str) -> Iterator[Translated]:
        verb = line.verb
        if verb in IGNORED or verb in AGENT_VERBS:
            return
        if verb == "QUEUESTART":
            yield from self._restart(line, line_id)
        elif verb not in OF_A_LEG and verb not in REJECTIONS:
            yield RefusedLine("unknown_line", unknown_verb(verb))
        elif line.queue in ("", NOBODY) or line.callid in ("", NOBODY):
            yield RefusedLine("unknown_line", f"{verb} without a call or a queue")
        elif verb == "ENTERQUEUE":
            yield from self._enter(line)
        elif verb in REJECTIONS:
            yield from self._reject(line)
        elif verb in OFFERS:
            yield from self._offer(line)
        elif verb == "CONNECT":
            yield from self._connect(line)
        elif verb in EXITS:
            yield from self._exit(line)
        else:
            yield from self._end(line)

    def _enter(self, line: Line) -> Iterator[Translated]:
        known = self._open.get((line.callid, line.queue))
        if known is not None and known.entered_at == line.at:
            return  # the same line again, perhaps of a piece that overlaps; then it may be answered by now
        # A channel waits in one queue at a time: it has left the queue in which it waited before.
        for queue in list(self._call(line.callid).entries):
            leg = self._open.get((line.callid, queue))
            if leg is None or (queue != line.queue and line.at < leg.entered_at):
                continue  # a piece that overlaps says an earlier stay again: this one goes on
            if leg.is_waiting:
                leg.leave("exited", "unknown", line.at, None)
            elif queue == line.queue:
                leg.end(line.at, "unknown", None)
            else:
                continue  # answered elsewhere: the line of its transfer comes after the new entry
            yield self._close(leg)
        leg = self._begin(line.callid, line.queue, line.at)
        call = self._call(line.callid)
        call.caller = caller_token(self._key.at(line.at), line.text(1)) or call.caller
        leg.caller = call.caller
        leg.position = min(line.whole(2) or 0, LAST_POSITION)

    def _reject(self, line: Line) -> Iterator[Translated]:
        if (line.callid, line.queue) in self._open:
            yield RefusedLine("unknown_line", f"{line.verb} for a call that is in the queue")
            return
        leg = self._begin(line.callid, line.queue, line.at)
        leg.leave("rejected", REJECTIONS[line.verb], line.at, None)
        yield self._close(leg)

    def _offer(self, line: Line) -> Iterator[Translated]:
        leg = self._open.get((line.callid, line.queue))
        if leg is None:
            yield RefusedLine("unknown_line", f"{line.verb} for a call that is not in the queue")
        elif leg.is_waiting:
            leg.offer(line.at, line.agent, missed=OFFERS[line.verb])

    def _connect(self, line: Line) -> Iterator[Translated]:
        hold_ms = line.seconds(0)
        leg = self._open.get((line.callid, line.queue)) or self._consulted(line, hold_ms)
        if leg is None:
            if hold_ms is None or self._has_been(line):
                yield RefusedLine("unknown_line", "CONNECT for a call that is not in the queue")
                return
            leg = self._begin(line.callid, line.queue, line.at - hold_ms)
        leg.answer(line.at, line.agent, hold_ms)
        self._call(line.callid).answered = True

    def _exit(self, line: Line) -> Iterator[Translated]:
        outcome, reason, place = EXITS[line.verb]
        wait_ms = line.seconds(place)
        leg = self._open.get((line.callid, line.queue))
        known = self._calls.get(line.callid, _NEVER)
        if leg is None and reason == "empty" and known.emptied == line.queue:
            return  # the line of the dial plan that repeats Asterisk's, or the other way round
        if leg is None and line.verb == "ABANDON" and known.hung_up == line.queue:
            return  # Asterisk's own second line: it writes one whenever nobody has answered
        if leg is None:
            if wait_ms is None or self._has_been(line):
                yield RefusedLine(
                    "unknown_line", f"{line.verb} for a call that is not in the queue"
                )
                return
            leg = self._begin(line.callid, line.queue, line.at - wait_ms)
        call = self._call(line.callid)
        call.emptied = line.queue if reason == "empty" else ""
        call.hung_up = line.queue if outcome in ("abandoned", "dropped") else ""
        if leg.is_waiting:
            leg.leave(outcome, reason, line.at, wait_ms)
        else:
            leg.end(line.at, "unknown", None)
        yield self._close(leg)

    def _end(self, line: Line) -> Iterator[Translated]:
        place = 0
        if line.verb in TRANSFERS:
            place = 3 if len(line.data) >= LINKED_FIELDS else 2
        hold_ms, talk_ms = line.seconds(place), line.seconds(place + 1)
        leg = self._open.get((line.callid, line.queue)) or self._talking(line, hold_ms, talk_ms)
        if leg is None:
            if hold_ms is None or talk_ms is None or self._has_been(line):
                yield RefusedLine(
                    "unknown_line", f"{line.verb} for a call that is not in the queue"
                )
                return
            leg = self._begin(line.callid, line.queue, line.at - talk_ms - hold_ms)
        if leg.answered_at is None:
            answered_at = line.at - talk_ms if talk_ms is not None else line.at
            leg.answer(max(leg.entered_at, answered_at), line.agent, hold_ms)
        leg.end(line.at, COMPLETES.get(line.verb, "transfer"), talk_ms)
        yield self._close(leg)

    def _restart(self, line: Line, line_id: str) -> Iterator[Translated]:
        """A restart ends every leg. One that a piece says again is told once, and ends only stays that this piece said
        again: what is open since a former piece came after it, and would be dropped before it came.
        """
        is_repeated = line_id in self._restarts
        for leg in self.still_open():
            if is_repeated and self._calls.get(leg.callid, _NEVER).piece != self._piece:
                continue
            if leg.is_waiting:
                leg.leave("dropped", "restart", line.at, None)
            leg.restarted = True
            yield self._close(leg)
        if is_repeated:
            return
        self._restarts = [*self._restarts, line_id][-_RESTARTS:]
        yield Restarted(event_id=line_id, at=line.at, source=self._source)

    def _consulted(self, line: Line, hold_ms: int | None) -> QueueLeg | None:
        """The leg of the consult call that an attended transfer replaced by this call.

        Asterisk logs the entry under the consult channel's id, and the answer under the id of the
        transferred call, which never entered this queue. The hold time shows that they belong together.
        The leg keeps the id of its entry, because the live feed has sent it by then.
        """
        call = self._calls.get(line.callid)
        if call is None or not call.answered or hold_ms is None or self._has_been(line):
            return None
        entered_at = line.at - hold_ms
        found = [
            leg
            for leg in self._open.values()
            if leg.queue == line.queue
            and leg.is_waiting
            and abs(leg.entered_at - entered_at) <= SECOND
        ]
        if not found:
            return None
        leg = min(found, key=lambda leg: abs(leg.entered_at - entered_at))
        del self._open[leg.callid, leg.queue]
        call.entries.setdefault(line.queue, 1)
        leg.callid, leg.caller = line.callid, call.caller
        self._open[line.callid, line.queue] = leg
        return leg

    def _talking(self, line: Line, hold_ms: int | None, talk_ms: int | None) -> QueueLeg | None:
        """The leg that this agent ends by an attended transfer: its line has the id of his consult call."""
        if line.verb not in TRANSFERS:
            return None
        for leg in self._open.values():
            if (
                leg.queue == line.queue
                and leg.answered_at is not None
                and leg.agent == line.agent
                and hold_ms in (None, leg.wait_ms)
                and (talk_ms is None or abs(line.at - talk_ms - leg.answered_at) <= SECOND)
            ):
                return leg
        return None

    def _begin(self, callid: str, queue: str, at: int) -> QueueLeg:
        call = self._call(callid)
        # Not the number of its entries into the queue: a log that begins later does not know the first ones.
        second = at // SECOND
        # Nor those of a former piece: where pieces that overlap were joined, the log says its stays again. With an
        # id of its own each call of such a piece would count twice.
        if call.piece != self._piece:
            call.entered.clear()
            call.piece = self._piece
        again = call.entries.get(queue, 0) if call.entered.get(queue) == second else 0
        call.entries[queue], call.entered[queue] = again + 1, second
        leg = QueueLeg(callid, queue, f"{callid}/{queue}/{again + 1}", at, caller=call.caller)
        self._open[callid, queue] = leg
        return leg

    def _close(self, leg: QueueLeg) -> QueueLeg:
        del self._open[leg.callid, leg.queue]
        return leg

    def _is_outbound(self, line: Line) -> bool:
        """Whether the line is of an outbound call. What Asterisk says of a caller in the queue comes first."""
        if line.verb in OUTBOUND and line.callid not in ("", NOBODY):
            self._call(line.callid).outbound.add(line.queue)
            return True
        call = self._calls.get(line.callid)
        return (
            call is not None
            and line.queue in call.outbound
            and line.verb != "ENTERQUEUE"
            and (line.callid, line.queue) not in self._open
        )

    def _has_been(self, line: Line) -> bool:
        call = self._calls.get(line.callid)
        return call is not None and line.queue in call.entries

    def _call(self, callid: str) -> Call:
        call = self._calls.get(callid)
        if call is None:
            call = self._calls[callid] = Call()
            if len(self._calls) > REMEMBERED:
                self._calls.popitem(last=False)
        return call
