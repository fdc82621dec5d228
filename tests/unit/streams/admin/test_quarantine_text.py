"""Entries of quarantine as people read them."""

from schemas.quarantine import Quarantined
from streams.admin.quarantine import Entry, dropped, entries
from streams.admin.quarantine_text import (
    ENTRY_COLUMNS,
    GROUP_COLUMNS,
    entry_line,
    group_lines,
    not_accepted,
    outcome,
    whole,
)
from streams.admin.replay import NotSent, Replay

AT = 1_772_442_005_000
FIRST = Quarantined("calls-3", 42, "internal_error", "a bug", AT, "{", "billing", "node")
OF_A_FILE = Quarantined("calls.csv", 17, "bad_row", "outcome\x1b is empty", AT + 1, "a,b")


def entry(*records: Quarantined) -> Entry:
    (found,) = entries(records)
    return found


def test_lines_have_every_column() -> None:
    (line,) = group_lines(entries([FIRST]))
    assert line.keys() == set(GROUP_COLUMNS) | {"first_at", "last_at"}
    assert (line["count"], line["first"]) == (1, "2026-03-02T09:00:05Z")
    assert tuple(entry_line(entry(FIRST))) == ENTRY_COLUMNS


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    assert "\x1b" not in str(entry_line(entry(OF_A_FILE))["detail"])
    assert "\x1b" not in "".join(whole(entry(OF_A_FILE), None))


def test_one_entry_whole_says_where_from_and_what_to_do() -> None:
    lines = list(whole(entry(FIRST), b'{"caller": "0831234567"}'))
    assert "from:       topic calls, partition 3, offset 42" in lines
    assert any(line.startswith("what to do: report it") for line in lines)
    assert lines[-2] == "original, masked:"
    assert "0831234567" not in lines[-1]


def test_an_entry_says_when_its_original_is_gone_from_the_topic() -> None:
    assert list(whole(entry(FIRST), None))[-2].startswith("original, masked (the input topic no")
    lines = list(whole(entry(OF_A_FILE), None))
    assert "from:       line 17 of file calls.csv" in lines
    assert lines[-2:] == ["original, masked:", "a,b"]


def test_what_was_done_stands_with_its_time_and_note() -> None:
    put_away = entry(FIRST, dropped(entry(FIRST), AT + 5_000, "a test"))
    lines = list(whole(put_away, None))
    assert "state:      dropped (last handled at 2026-03-02T09:00:10Z: a test)" in lines


def test_a_replay_says_what_was_accepted_and_names_the_first_of_the_rest() -> None:
    left = [NotSent(entry(OF_A_FILE), f"reason {number}") for number in range(3)]
    done = Replay([entry(FIRST)], left, [entry(FIRST)])
    assert outcome(done) == "1 sent again: 0 accepted, 1 refused again; 3 not sent"
    assert not_accepted(done, 4)[-1] == "calls-3:42: refused again: internal_error: a bug"
    assert not_accepted(done, 2) == [
        "calls.csv:17: reason 0", "calls.csv:17: reason 1", "… and 2 more",
    ]  # fmt: skip
    assert not done.complete
    assert Replay([entry(FIRST)], [], []).complete
    put_away = entry(FIRST, dropped(entry(FIRST), AT + 5_000, ""))
    assert Replay([], [NotSent(put_away, "dropped already")], []).complete
