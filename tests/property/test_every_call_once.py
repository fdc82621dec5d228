"""Every call counts once, whatever its file: the archive equals the ledger, or says where it does not.

A ledger of calls is written as platforms write it, cut into files, told again, told before it was whole, and sent
in one command or in several. Nothing is merged, dropped or shifted in silence: what the archive has is what the
ledger says; a call that it has not stands in quarantine, with the reason, and the summary counts it.
"""

import gzip
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from producers.contract import FinishedFile
from producers.input_file import InputFile
from producers.joined_files import JoinedFiles
from producers.records.mapping import parse_mapping
from producers.records.reading import RecordsFile
from schemas.millis import HOUR, MINUTE, SECOND, from_iso
from tests.support.ledger import KEY, Archive, Call, Facts, Sent, twins_of
from tests.support.record_dialects import (
    ENCODINGS,
    NIGHTS,
    SHAPES,
    Dialect,
    dialects,
    is_ambiguous,
    written,
)

# Ids that a spreadsheet cut, of counters that begin anew, of queues and totals.
IDS = ("1.74178E+15", "1", "2", "17-a", "Total", "0001")
QUEUES = ("billing", "Störung", "Total")
CALLERS = ("", "0315550001", "+27 31 555 0002")
NODES = ("records", "records", "south")
LONGEST_STEP = 25 * MINUTE  # shorter than what any clock is put back by
OUTCOMES = (
    "answered", "answered", "answered", "abandoned", "abandoned", "exited", "rejected", "transferred", "callback",
    "open",
)  # fmt: skip


@st.composite
def calls(draw: st.DrawFn, near: int, step_ms: int, longest: int) -> Call:
    """One call within some hours of a moment; many of them begin in the same seconds."""
    seconds = st.sampled_from([0, 0, 1, 60, -60, 3_599]) | st.integers(-7_200, 7_200)
    arrived_at = near + draw(seconds) * SECOND + (draw(st.integers(0, 999)) if step_ms == 1 else 0)
    lengths = st.sampled_from([0, step_ms, 8 * SECOND, 30 * SECOND]) | st.integers(
        0, longest // step_ms
    ).map(lambda n: n * step_ms)
    outcome = draw(st.sampled_from(OUTCOMES))
    left_at = ended_at = None
    if outcome != "open":
        left_at = arrived_at + min(draw(lengths), LONGEST_STEP)
    if outcome == "answered" and left_at is not None:
        ended_at = left_at + draw(lengths)
    return Call(
        draw(st.sampled_from(QUEUES)),
        draw(st.sampled_from(IDS)),
        draw(st.sampled_from(CALLERS)),
        draw(st.sampled_from(["", "k1", "k2"])),
        arrived_at,
        outcome,
        left_at,
        ended_at,
        node=draw(st.sampled_from(NODES)),
    )


T = TypeVar("T")


@st.composite
def ledgers(draw: st.DrawFn, near: int, step_ms: int, longest: int) -> list[Call]:
    """Calls of which no two are told by the same words; some agree with another in all but a few words."""
    found: list[Call] = []
    for _ in range(draw(st.integers(1, 7))):
        call, is_alike = draw(st.tuples(calls(near, step_ms, longest), st.booleans()))
        if found and is_alike:
            alike = draw(st.sampled_from(found))
            names = ("caller", "contact", "node", "leg_id", "queue")
            other = draw(st.sets(st.sampled_from(names), max_size=2))
            shift = draw(st.sampled_from([0, 0, 0, SECOND])) + alike.arrived_at - call.arrived_at
            words = {name: getattr(alike, name) for name in names if name not in other}
            call = replace(
                call,
                **words,
                arrived_at=call.arrived_at + shift,
                left_at=None if call.left_at is None else call.left_at + shift,
                ended_at=None if call.ended_at is None else call.ended_at + shift,
            )
        found.append(call)
    return found


class Piece(Struct, frozen=True):
    """One file: its name, the calls that its rows tell, and how it is written."""

    name: str
    calls: list[Call]
    shape: str
    encoding: str
    is_packed: bool


class Command(Struct, frozen=True):
    """The files of one `send`, all of one node and one mapping."""

    source: str
    dialect: Dialect
    pieces: list[Piece]

    @property
    def rows(self) -> int:
        return sum(len(piece.calls) for piece in self.pieces)


class Story(Struct, frozen=True):
    """`told`: every version of a call that some row tells."""

    has_ids: bool
    ledger: list[Call]
    told: list[Call]
    commands: list[Command]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    zone = draw(st.sampled_from(sorted(NIGHTS)))
    near = from_iso(draw(st.sampled_from((*NIGHTS[zone], "2025-06-18T10:00:00Z"))))
    step_ms = draw(st.sampled_from([SECOND, SECOND, 1]))
    has_ids, has_long = draw(st.integers(0, 3)) > 0, draw(st.integers(0, 4)) == 0
    longest = 3 * HOUR if has_long else LONGEST_STEP
    by_words = {
        (call.facts, call.leg_id if has_ids else ""): call
        for call in draw(ledgers(near, step_ms, longest))
    }
    drawn = list(by_words.values())
    exports = _exports(draw, drawn)
    commands = []
    for node in sorted({call.node for call in drawn}):
        files = [
            [call for call in piece if call.node == node]
            for piece in draw(st.permutations(exports))
        ]
        for number, together in enumerate(_parted(draw, [each for each in files if each])):
            dialect = draw(dialects(zone, has_ids=has_ids, has_long=has_long))
            source = f"records:file-{number}" if node == "records" else node
            commands.append(Command(source, dialect, _pieces(draw, dialect, together)))
    told = [call for piece in exports for call in piece]
    return Story(has_ids, drawn, told, draw(st.permutations(commands)))


def _exports(draw: st.DrawFn, ledger: Sequence[Call]) -> list[list[Call]]:
    """Pieces of exports: earlier ones tell what was known then; the last one tells all, some of it twice."""
    moments = sorted(draw(st.lists(st.sampled_from(_changes(ledger)), max_size=2)))
    exports = [[told for call in ledger if (told := call.as_of(at)) is not None] for at in moments]
    whole = list(ledger) + draw(st.lists(st.sampled_from(ledger), max_size=2))
    pieces: list[list[Call]] = []
    for export in (*exports, whole):
        pieces += _parted(draw, draw(st.permutations(export)))
    return pieces


def _changes(ledger: Sequence[Call]) -> list[int]:
    return sorted({at for call in ledger for at in (call.arrived_at, call.left_at or 0) if at})


def _parted(draw: st.DrawFn, whole: Sequence[T]) -> list[list[T]]:
    """Cut anywhere into at most three parts, none of them empty."""
    if not whole:
        return []
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(whole) - 1)), max_size=2)))
    ends = [cut for cut in cuts if cut < len(whole)]
    return [
        list(whole[first:end]) for first, end in zip((0, *ends), (*ends, len(whole)), strict=True)
    ]


def _pieces(draw: st.DrawFn, dialect: Dialect, files: Sequence[list[Call]]) -> list[Piece]:
    return [
        Piece(
            f"calls-{number}",
            each,
            draw(st.sampled_from(SHAPES)) if dialect.has_header else "csv",
            draw(st.sampled_from(ENCODINGS)),
            draw(st.integers(0, 4)) == 0,
        )
        for number, each in enumerate(files)
    ]


Places = dict[tuple[str, int], Call]


def sent(archive: Archive, command: Command) -> tuple[Sent, Places]:
    """What became of the files, and the call of each row by its file and number."""
    files: list[FinishedFile] = []
    places: Places = {}
    mapping = parse_mapping(command.dialect.mapping())
    with tempfile.TemporaryDirectory() as folder:
        for each in command.pieces:
            data, rows = written(command.dialect, each.calls, each.shape, each.encoding)
            path = Path(folder) / each.name
            path.write_bytes(gzip.compress(data) if each.is_packed else data)
            files.append(RecordsFile(InputFile(path), command.source, KEY, mapping))
            places |= {(each.name, number): call for number, call in rows.items()}
        return archive.send(files[0] if len(files) == 1 else JoinedFiles(files)), places


of_stories = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@of_stories
@given(stories())
def test_the_archive_is_the_ledger_or_says_where_it_is_not(story: Story) -> None:
    archive = Archive()
    set_aside: set[Call] = set()
    retold = 0
    for command in story.commands:
        done, places = sent(archive, command)
        set_aside |= _explained(story, command.dialect, done, places)
        counts = done.counts
        retold += counts.completed + counts.corrected
        retold += counts.completed_here + counts.corrected_here
        assert command.rows == (
            counts.legs + counts.again + counts.completed_here + counts.corrected_here
            + counts.colliding + counts.refused
        ), counts  # fmt: skip
    facts = archive.facts
    told = {call.facts for call in story.told}
    assert all(is_told(each, told) for each in facts), "a call that nobody told"
    for call in story.ledger:
        if call.facts in facts:
            continue
        twins = twins_of(call, story.ledger, by_id=story.has_ids)
        # An open call says no more than any other one in its place.
        is_named = bool(story.has_ids or call.caller or call.contact)
        may_be_other = twins and (call.outcome == "open" or (is_named and retold))
        assert call in set_aside or may_be_other, call


def is_told(found: Facts, told: set[Facts]) -> bool:
    """Whether somebody told it, perhaps without what somebody else told of the same call: that stays."""
    return found in told or any(
        all(
            now == said
            or (said in ("", None) and place in _STAYS and _of_the_call(now, place, each, told))
            for place, (now, said) in enumerate(zip(found, each, strict=True))
        )
        for each in told
    )


_NODE_AND_QUEUE = slice(0, 2)
_ARRIVED_AT: Final = 4
_STAYS = {2, 3, 7}  # caller, contact and end, of Call.facts


def _of_the_call(value: object, place: int, call: Facts, told: set[Facts]) -> bool:
    """Of one id and second: another file may correct the arrival within it."""
    return any(
        other[place] == value
        and other[_NODE_AND_QUEUE] == call[_NODE_AND_QUEUE]
        and other[_ARRIVED_AT] // SECOND == call[_ARRIVED_AT] // SECOND
        for other in told
    )


def _explained(story: Story, dialect: Dialect, done: Sent, places: Places) -> set[Call]:
    """The calls in quarantine; each of them stands there for a reason that holds."""
    counts, found = done.counts, set()
    assert counts.refused + counts.colliding == len(done.refused)
    for record in done.refused:
        call = places[record.origin, record.position]
        final = next(each for each in story.ledger if _is_version(call, each))
        if "is told twice" in record.detail:
            assert twins_of(final, story.ledger, by_id=story.has_ids), record
        else:
            reasons = ("was on the clock twice", "is no number of seconds")
            assert any(reason in record.detail for reason in reasons), record
            assert dialect.is_local
            assert any(is_ambiguous(at, dialect.zone) for at in dialect.moments(call)), record
        found.add(final)
    return found


def _is_version(told: Call, final: Call) -> bool:
    return told == final or any(
        told == final.as_of(at)
        for at in (final.arrived_at, final.left_at, (final.ended_at or 0) - 1)
        if at is not None
    )


@of_stories
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["billing", "sales"]),
            st.sampled_from(["2026-03-02T09:00:00Z", "2026-03-02T09:00:01Z"]),
            st.sampled_from(["", "0315550001"]),
            st.sampled_from(["", "2026-03-02T09:00:02Z"]),
            st.sampled_from(["", "power"]),
        ),
        max_size=9,
    )
)
def test_rows_without_ids_that_say_the_same_are_apart_and_all_but_the_first_are_flagged(
    rows: list[tuple[str, ...]],
) -> None:
    names = "queue,arrived_at,caller,left_at,topic,outcome"
    text = "\n".join((names, *(",".join((*row, "abandoned")) for row in rows)))
    archive = Archive()
    alike = len(rows) - len(set(rows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "day.csv"
        path.write_text(text)
        once, again = (archive.send(RecordsFile(InputFile(path), "records", KEY)) for _ in range(2))
    for done in (once, again):
        assert (done.counts.legs, done.counts.told_alike) == (len(rows), alike)
    assert (once.counts.same, again.counts.same) == (0, len(rows))
    flagged = [row for row in archive.rows.values() if "told_alike" in row.flags]
    assert (len(archive.rows), len(flagged)) == (len(rows), alike)
