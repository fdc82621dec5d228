"""Every call of an Asterisk counts once, however its log was cut, exported, named and sent.

The archive equals the ledger. Where clocks were put back, a row of a table with local times is refused, with that
reason; then its call may differ, and no other one.
"""

import gzip
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from producers.asterisk.queue_log import QUEUE_LOG
from producers.contract import FinishedFile
from producers.input_file import InputFileError
from producers.joined_files import JoinedFiles
from producers.loose_ends import go_on_with_loose_ends, write_loose_ends
from schemas.millis import SECOND, from_iso
from tests.support.ledger import KEY, Archive, Call, Sent
from tests.support.log_forms import FORMS, Timed, lines_of
from tests.support.record_dialects import NIGHTS

CALLERS = ("0315550001", "0315550002", "")
CALLIDS = ("1761435001.1", "1761435001.2", "7.1")
QUEUES = ("sales", "support")


@st.composite
def visits(draw: st.DrawFn, callid: str, begins_at: int, callers: Sequence[str]) -> list[Call]:
    """One caller's stays, one after the other; the last one may go on when the log ends."""
    seconds = st.sampled_from([0, 0, 1]) | st.integers(0, 1_200)
    caller, at, found = draw(st.sampled_from(callers)), begins_at, []
    for _ in range(draw(st.integers(1, 3))):
        at += draw(seconds) * SECOND
        outcome = draw(st.sampled_from(["answered", "answered", "abandoned", "exited", "open"]))
        left_at = ended_at = None
        if outcome != "open":
            left_at = at + draw(seconds) * SECOND
        if outcome == "answered" and left_at is not None and draw(st.integers(0, 4)):
            ended_at = left_at + draw(seconds) * SECOND
        queue = draw(st.sampled_from(QUEUES))
        found.append(Call(queue, "", caller, callid, at, outcome, left_at, ended_at, node="pbx"))
        gone_at = ended_at if outcome == "answered" else left_at
        if gone_at is None:
            break
        at = gone_at
    return found


@st.composite
def ledgers(draw: st.DrawFn, near: int) -> list[Call]:
    """Ids come again: of the same caller at once, or of another one when the PBX counts anew."""
    found: list[Call] = []
    for callid in draw(st.sets(st.sampled_from(CALLIDS), min_size=1)):
        at = near + draw(st.sampled_from([0, 1]) | st.integers(-4_000, 4_000)) * SECOND
        callers: Sequence[str] = CALLERS
        for _ in range(draw(st.integers(1, 2))):
            stays = draw(visits(callid, at, callers))
            callers = CALLERS[:2]  # an entry without a number is one of the same caller
            found += stays
            last = stays[-1]
            gone_at = last.ended_at if last.outcome == "answered" else last.left_at
            if gone_at is None:
                break
            at = gone_at + draw(st.sampled_from([1, 60])) * SECOND
    return found


class Piece(Struct, frozen=True):
    name: str
    form: str
    lines: list[Timed]
    is_packed: bool


class Story(Struct, frozen=True):
    """`commands`: the pieces of each, in the order in which the log was written, and those sent once more."""

    zone: str
    ledger: list[Call]
    commands: list[list[Piece]]
    again: list[Piece]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    zone = draw(st.sampled_from(sorted(NIGHTS)))
    near = from_iso(draw(st.sampled_from((*NIGHTS[zone], "2025-06-18T10:00:00Z"))))
    ledger = draw(ledgers(near))
    lines = lines_of(ledger, draw(st.integers(0, 2)))
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(lines) - 1)), max_size=4)))
    # A piece that begins with a line of the second before its cut is one that overlaps.
    ends = [cut for cut in cuts if cut < len(lines) and lines[cut] not in lines[:cut]]
    forms = draw(st.sampled_from([["log"], list(FORMS)]))
    pieces = [
        Piece(
            f"log-{draw(st.integers(0, 99))}-{number}",
            draw(st.sampled_from(forms)),
            lines[first:end],
            draw(st.integers(0, 4)) == 0,
        )
        for number, (first, end) in enumerate(zip((0, *ends), (*ends, len(lines)), strict=True))
    ]
    commands: list[list[Piece]] = [[]]
    for piece, is_together in zip(pieces, draw(st.lists(st.booleans(), min_size=5)), strict=False):
        if commands[-1] and not is_together:
            commands.append([])
        commands[-1].append(piece)
    shuffled = [list(draw(st.permutations(command))) for command in commands]
    whole = Piece("whole", "log", lines, is_packed=False)
    again = draw(st.lists(st.sampled_from([*pieces, whole]), max_size=2))
    return Story(zone, ledger, shuffled, again)


def sent(archive: Archive, pieces: list[Piece], zone: str, folder: Path) -> Sent | None:
    """None if nothing says in which order the files were written, and they are refused. As `queuewatch send queue-log` does it, with what earlier commands left behind."""
    files: list[FinishedFile] = []
    for piece in pieces:
        data = FORMS[piece.form](piece.lines, zone).encode()
        path = folder / piece.name
        path.write_bytes(gzip.compress(data) if piece.is_packed else data)
        files.append(QUEUE_LOG.open(path, "pbx", KEY, {"time_zone": zone}))
    try:
        file = files[0] if len(files) == 1 else JoinedFiles(files)
    except InputFileError as error:
        assert "nothing says which comes first" in str(error)  # noqa: PT017 - not always raised
        return None
    kept = folder / "kept.json"
    go_on_with_loose_ends(file, kept)
    done = archive.send(file)
    write_loose_ends(kept, "pbx", file.left_by_each())
    return done


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(stories())
def test_the_archive_is_the_ledger_however_its_log_was_cut(story: Story) -> None:
    archive = Archive()
    refused: list[tuple[str, str]] = []  # callid and reason
    with tempfile.TemporaryDirectory() as folder:
        for pieces in (*story.commands, *([piece] for piece in story.again)):
            done = sent(archive, pieces, story.zone, Path(folder))
            if done is None:
                return
            assert done.counts.colliding == 0
            assert done.counts.refused == len(done.refused)
            refused += [(each.original.split("|")[1], each.detail) for each in done.refused]
    doubtful = {callid for callid, reason in refused if "where clocks change" in reason}
    assert {callid for callid, _ in refused} <= doubtful, refused
    wanted = Counter(call.facts for call in story.ledger if call.contact not in doubtful)
    assert Counter(facts for facts in archive.facts if facts[3] not in doubtful) == wanted
