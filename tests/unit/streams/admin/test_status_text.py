"""The state of the system as people read it."""

from msgspec.structs import replace

from schemas.health import Health
from streams.admin.status import assess
from streams.admin.status_text import COLUMNS, process_line, sentences

NOW = 1_795_000_000_000
STREAM = Health(
    process="stream", instance="one", at=NOW - 1_400, started_at=NOW - 61_400, ready=True,
    state="running", version="1.2", unexplained_legs={"billing": 0, "repairs": 2},
)  # fmt: skip


def test_a_process_is_one_line() -> None:
    (process,) = assess([STREAM], NOW, {}, 1).processes
    line = process_line(process)
    assert tuple(line) == COLUMNS
    assert list(line.values()) == ["stream", "one", "ready", "running", "1 s ago", "1m", "1.2"]


def test_a_process_whose_clock_is_ahead_reported_just_now() -> None:
    (process,) = assess([replace(STREAM, at=NOW + 300)], NOW, {}, 1).processes
    assert process_line(process)["report"] == "0 s ago"


def test_lag_books_and_targets_are_a_sentence_each() -> None:
    lags = {"stream": {"calls-0": 5, "calls-1": 1_200}, "archive": {}}
    assert list(sentences(assess([STREAM], NOW, lags, 0, {"stream": 2.04}))) == [
        "stream has 1,205 records to go, most in calls-1 (1,200), the oldest for 2.0 s",
        "archive has 0 records to go",
        "books: 2 queues, not in balance: 1",
        "targets: none",
    ]
    assert list(sentences(assess([], NOW, {}, 3)))[-1] == "targets: version 3"


def test_a_follower_says_how_far_it_has_read_and_what_it_refused() -> None:
    totals = {"read_to": 12_345, "unread_bytes": 6, "lines": 100, "strange_lines": 0}
    follower = Health(
        process="queue-log", instance="pbx", at=NOW, started_at=NOW, ready=True, state="running",
        totals=totals, ages_s={"last_line": 3.2},
    )  # fmt: skip
    said = "queue-log pbx has read 12,345 bytes, 6 to go, newest line 3 s old"
    assert next(sentences(assess([follower], NOW, {}, 1))) == said
    refusing = replace(follower, totals=totals | {"strange_lines": 1_200})
    assert next(sentences(assess([refusing], NOW, {}, 1))) == (
        f"{said}, 1,200 lines refused since it began"
    )
