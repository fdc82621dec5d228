"""Records of the audit: texts from outside in one line, and what a writer names of those before it."""

import pytest
from msgspec import ValidationError, convert

from schemas.audit import LONGEST_TEXT, Seen, audit_record, last_seen, seen_with, value_digest


def test_a_text_from_outside_stays_one_line_and_is_cut() -> None:
    record = audit_record(
        at=1,
        who="  eve\n2026-11-29 anna\x1b[2J ",
        role="viewer",
        from_address="10.0.0.1\r\n",
        action="log_in",
        object_="x" * 600,
        outcome="refused",
        detail="\u202egnitirw",
    )
    assert record.who == "eve\\n2026-11-29 anna\\x1b[2J"
    assert record.from_address == "10.0.0.1"
    assert (len(record.object), record.object[-1]) == (LONGEST_TEXT, "…")
    assert record.detail == "\\u202egnitirw"


def test_nobody_is_a_name_too() -> None:
    record = audit_record(
        at=1, who="\n", role="", from_address="", action="log_in", outcome="refused"
    )
    assert record.who == "unknown"


def test_the_first_writer_saw_nothing() -> None:
    assert last_seen([], 0) == Seen()


def test_where_all_is_deleted_by_age_the_place_is_known_but_no_digest() -> None:
    assert last_seen([], 7) == Seen(6, "")


def test_what_others_wrote_at_the_same_time_is_seen_by_the_next() -> None:
    one, two = value_digest(b"one"), value_digest(b"two")
    zero = seen_with(Seen(), 0, value_digest(b"zero"))
    expected = seen_with(seen_with(zero, 1, one), 2, two)
    assert last_seen([(1, one, zero), (2, two, zero)], 3) == expected


def test_a_record_of_a_stranger_is_seen_like_any_other() -> None:
    zero = seen_with(Seen(), 0, value_digest(b"zero"))
    held = [(1, value_digest(b"one"), zero), (2, value_digest(b"?"), None)]
    expected = seen_with(seen_with(zero, 1, held[0][1]), 2, held[1][1])
    assert last_seen(held, 3) == expected


def test_a_forged_record_that_names_what_came_after_it_is_believed_by_no_writer() -> None:
    zero = seen_with(Seen(), 0, value_digest(b"zero"))
    one, two = value_digest(b"one"), value_digest(b"forged")
    held = [(1, one, zero), (2, two, Seen(10**15, "anything"))]
    assert last_seen(held, 3) == seen_with(seen_with(zero, 1, one), 2, two)


def test_no_record_names_a_place_before_the_first() -> None:
    with pytest.raises(ValidationError):
        convert({"offset": -(10**15)}, Seen)


def test_more_is_read_where_what_is_held_does_not_reach_back_far_enough() -> None:
    far = Seen(3, "digest")
    assert last_seen([(8, value_digest(b"x"), far)], 9) is None
    assert last_seen([(8, value_digest(b"x"), None)], 9) is None
