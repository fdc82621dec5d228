"""The chain of the audit: whole whatever writers do at the same time, broken whatever else is done to it."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.audit import AuditRecord, Seen, audit_record, last_seen, value_digest
from schemas.codec import decode_as, encode
from streams.admin.audit_trail import (
    Held,
    Trail,
    _entry,
    foreign,
    noted_is_held,
    of_rows,
    repeated,
    trail,
)
from streams.plumbing.audit_writing import seen_of
from streams.sinks.clickhouse.audit_rows import audit_row

AT = 1_790_000_000_000
Log = list[bytes]  # values by offset


def record(number: int) -> AuditRecord:
    return audit_record(
        at=AT + number, who=f"user {number}", role="viewer", from_address="10.0.0.1",
        action="log_in", outcome="done",
    )  # fmt: skip


def grown(log: Log, together: int) -> None:
    """As many writers see the log as it is, and then write."""
    held = [(at, value_digest(value), seen_of(value)) for at, value in enumerate(log)]
    seen = last_seen(held, len(log)) or Seen(len(log) - 1)
    log += [encode(replace(record(len(log) + n), seen=seen)) for n in range(together)]


def written(turns: Sequence[int]) -> Log:
    log: Log = []
    for together in turns:
        grown(log, together)
    return log


def held(log: Sequence[bytes], first: int = 0, life: int = 0) -> Held:
    entries = [
        _entry(AT + life * 1_000_000 + at, at, value) for at, value in enumerate(log) if at >= first
    ]
    return Held({(entry.appended_at, entry.offset): entry for entry in entries})


def of(log: Sequence[bytes], first: int = 0) -> Trail:
    return trail(held(log, first), None, 0)


def test_a_record_that_was_written_twice_is_known_and_another_of_its_id_is_shown() -> None:
    log: Log = []
    first = replace(record(1), record_id="one")
    for each in (first, record(2), first, replace(first, outcome="failed"), record(2)):
        told = [(at, value_digest(value), seen_of(value)) for at, value in enumerate(log)]
        log.append(encode(replace(each, seen=last_seen(told, len(log)) or Seen())))
    found = of(log)
    assert found.broken == []
    assert [offset for _, offset in repeated(found)] == [2]


TURNS = st.lists(st.integers(1, 4), min_size=2, max_size=8)


@given(TURNS, st.data())
def test_the_chain_of_any_writers_is_whole_from_wherever_it_is_held(
    turns: list[int], data: st.DataObject
) -> None:
    log = written(turns)
    found = of(log, data.draw(st.integers(0, len(log) - 1)))
    assert found.broken == []
    assert of(log).head.offset == len(log) - 1
    assert found.heads.items() <= of(log).heads.items()


@given(TURNS, st.data())
def test_a_record_that_was_changed_is_noticed_once_a_later_one_names_it(
    turns: list[int], data: st.DataObject
) -> None:
    log = written(turns)
    grown(log, 1)
    at = data.draw(st.integers(0, len(log) - 2))
    log[at] = encode(replace(decode_as(AuditRecord, log[at]), who="nobody"))
    assert of(log).broken


@given(TURNS, st.data())
def test_a_record_that_was_removed_is_noticed_and_named(
    turns: list[int], data: st.DataObject
) -> None:
    log = written([*turns, 1])
    at = data.draw(st.integers(1, len(log) - 2))
    whole = held(log)
    entries = {place: entry for place, entry in whole.entries.items() if entry.offset != at}
    (line, *_) = trail(Held(entries), None, 0).broken
    assert line.startswith(f"offset {at}: missing")


def test_a_forged_record_is_named_and_those_after_it_are_not() -> None:
    log = written([1, 1])
    log.append(encode(replace(record(9), who="anna", seen=Seen(1, "a" * 64))))
    for _ in range(3):
        grown(log, 2)
    (line,) = of(log).broken
    assert line.startswith("offset 2 (")
    assert "log_in by anna" in line
    assert noted_is_held(of(log), of(log[:2]).head)


def test_a_record_that_names_an_old_one_was_added() -> None:
    log = written([1, 1, 1])
    old = replace(record(9), seen=decode_as(AuditRecord, log[1]).seen)
    late = _entry(AT + 61_001, 3, encode(old))
    soon = _entry(AT + 59_000, 3, encode(old))
    for entry, lines in ((late, 1), (soon, 0)):
        entries = {**held(log).entries, (entry.appended_at, 3): entry}
        assert len(trail(Held(entries), None, 0).broken) == lines


def test_what_is_no_record_of_ours_is_counted_and_breaks_nothing() -> None:
    log = written([1, 1])
    log.append(b"\xffnonsense")
    grown(log, 1)
    log.append(b"{}")
    grown(log, 2)
    assert of(log).broken == []
    assert foreign(of(log)) == 2


def test_a_forged_name_makes_no_line_of_its_own() -> None:
    log = [
        *written([1, 1]),
        encode(replace(record(9), who="anna\n\x1b[2Jall is well", seen=Seen(1, "a"))),
    ]
    (line,) = of(log).broken
    assert line.isprintable()


def test_a_record_that_names_the_future_is_broken() -> None:
    log = written([1])
    log.append(encode(replace(record(1), seen=Seen(99, "a"))))
    assert "came later" in of(log).broken[0]


def test_the_removed_end_is_noticed_by_what_was_noted() -> None:
    log = written([1, 2, 1])
    noted = of(log).head
    assert noted_is_held(of(log), replace(noted, digest=noted.digest[:12]))
    grown(log, 1)
    assert noted_is_held(of(log), noted)
    assert not noted_is_held(of(log[:3]), noted)
    assert not noted_is_held(of(written([1, 1, 1, 1, 1])), noted)
    assert not noted_is_held(of(log), Seen(noted.offset, ""))


def test_topics_that_were_made_again_begin_a_chain_of_their_own() -> None:
    first, second = written([1, 1, 1]), written([1, 1])
    both = Held({**held(first).entries, **held(second, life=1).entries})
    assert trail(both, None, 0).broken == []
    assert trail(both, None, 0).head == of(second).head


@pytest.mark.parametrize("deleted_by_age", [0, 2])
def test_archive_and_kafka_together_are_one_chain(deleted_by_age: int) -> None:
    log = written([1, 1, 2, 1])
    archived = of_rows([audit_row(at, AT + at, value) for at, value in enumerate(log[:4])])
    found = trail(held(log, deleted_by_age), archived, 4)
    assert found.broken == []
    assert [entry.offset for entry in found.entries] == [0, 1, 2, 3, 4]


def test_rows_that_were_changed_or_removed_are_named() -> None:
    log = written([1, 1, 1])
    rows = [audit_row(at, AT + at, value) for at, value in enumerate(log)]
    changed = list(rows[1])
    changed[4] = "nobody"
    lines = trail(held(log), of_rows([rows[0], tuple(changed)]), 3).broken
    assert [line.partition("(")[0] for line in lines] == ["offset 1 ", "offset 2 "]
    assert "was changed" in lines[0]
    assert "removed from the archive" in lines[1]


def test_a_row_that_was_rewritten_whole_differs_from_kafka() -> None:
    log = written([1, 1])
    other = encode(replace(decode_as(AuditRecord, log[1]), who="nobody"))
    rows = [audit_row(0, AT, log[0]), audit_row(1, AT + 1, other)]
    (line,) = trail(held(log), of_rows(rows), 2).broken
    assert "another text than Kafka" in line


def test_a_row_that_was_written_beside_the_true_one_is_named() -> None:
    log = written([1])
    other = encode(replace(decode_as(AuditRecord, log[0]), who="nobody"))
    lines = of_rows([audit_row(0, AT, log[0]), audit_row(0, AT, other)]).broken
    assert [line.endswith("two rows that differ") for line in lines] == [True]


def test_a_foreign_record_in_the_archive_keeps_its_place_in_the_chain() -> None:
    log = [*written([1]), b"\xff"]
    grown(log, 1)
    archived = of_rows([audit_row(at, AT + at, value) for at, value in enumerate(log)])
    assert trail(Held({}), archived, 3).broken == []


def test_entries_are_in_the_order_of_the_log() -> None:
    found = of(written([3, 2, 1]))
    assert all(before.offset < after.offset for before, after in pairwise(found.entries))
