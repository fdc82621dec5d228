"""Records of quarantine as entries: one a place, whatever the order in which they are read."""

import itertools

import pytest
from msgspec.structs import replace

from schemas.quarantine import REASONS, Quarantined
from streams.admin.broker import AdminError
from streams.admin.quarantine import (
    WHAT_TO_DO,
    Entry,
    Wanted,
    chosen,
    counted,
    dropped,
    entries,
    replayed,
    topic_and_partition,
)

AT = 1_772_442_005_000
FIRST = Quarantined("calls-3", 42, "internal_error", "a bug", AT, "{", "billing", "node")
AGAIN = replace(FIRST, sent_as=90, known_at=AT + 60_000, reason="too_old")
OF_A_FILE = Quarantined("calls-3", 17, "bad_row", "outcome is empty", AT + 1, "a,b")


def entry(*records: Quarantined) -> Entry:
    """The one entry of these records, the same in every order."""
    found = [entries(order) for order in itertools.permutations(records)]
    assert all(each == found[0] for each in found)
    (one,) = found[0]
    return one


def test_a_record_that_was_set_aside_is_open() -> None:
    found = entry(FIRST)
    assert (found.place, found.topic, found.state, found.replays) == (
        "calls-3:42",
        "calls",
        "open",
        0,
    )
    assert topic_and_partition(found) == ("calls", 3)


def test_a_replay_that_nobody_refused_closes_it() -> None:
    found = entry(FIRST, replayed(entry(FIRST), AT + 50_000, 90))
    assert (found.state, found.replays, found.handled_at) == ("replayed", 1, AT + 50_000)


def test_a_replay_that_was_refused_again_is_the_same_entry_and_open() -> None:
    found = entry(FIRST, replayed(entry(FIRST), AT + 70_000, 90), AGAIN)
    assert (found.state, found.replays, found.reason) == ("open", 1, "too_old")
    assert (found.first_at, found.last_at) == (AT, AT + 60_000)
    later = entry(FIRST, AGAIN, replayed(found, AT + 50_000, 90), replayed(found, AT + 80_000, 120))
    assert (later.state, later.replays) == ("replayed", 2)


def test_a_dropped_entry_says_why_and_opens_when_the_same_comes_again() -> None:
    gone = dropped(entry(FIRST), AT - 5_000, "a test")  # a clock behind that of the broker
    found = entry(FIRST, gone)
    assert (found.state, found.note) == ("dropped", "a test")
    assert entry(FIRST, gone, replace(FIRST, known_at=AT + 1)).state == "open"


def test_what_was_done_survives_the_expiry_of_the_refusal() -> None:
    found = entry(replayed(entry(FIRST), AT + 50_000, 90))
    assert (found.state, found.detail, found.first_at) == ("replayed", "a bug", AT)


def test_a_row_of_a_file_stands_in_no_topic_whatever_the_name_of_the_file() -> None:
    found = entry(OF_A_FILE)
    assert (found.topic, topic_and_partition(found)) == ("file", None)


def test_entries_are_counted_by_reason_and_topic() -> None:
    other = replace(FIRST, position=43, known_at=AT + 9)
    lines = counted(entries([FIRST, other, OF_A_FILE]))
    assert [(line["reason"], line["topic"], line["count"]) for line in lines] == [
        ("internal_error", "calls", 2),
        ("bad_row", "file", 1),
    ]
    assert (lines[0]["first_at"], lines[0]["last_at"]) == (AT, AT + 9)


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        (Wanted(), ["calls-3:42", "calls-3:17"]),
        (Wanted(reason="bad_row"), ["calls-3:17"]),
        (Wanted(topic="calls"), ["calls-3:42"]),
        (Wanted(since=AT + 1), ["calls-3:17"]),
        (Wanted(states=frozenset({"dropped"})), []),
    ],
)
def test_entries_are_chosen_by_what_they_are(wanted: Wanted, places: list[str]) -> None:
    assert [each.place for each in chosen(entries([FIRST, OF_A_FILE]), [], wanted)] == places


def test_entries_are_named_by_their_place_once() -> None:
    found = entries([FIRST, OF_A_FILE])
    assert chosen(found, ["calls-3:17", "calls-3:17"], Wanted(reason="too_old")) == [found[1]]
    with pytest.raises(AdminError, match="no entry calls-3:1 "):
        chosen(found, ["calls-3:1"], Wanted())


def test_every_reason_says_what_to_do() -> None:
    assert set(WHAT_TO_DO) == set(REASONS)
