"""The test message of an owner."""

from schemas.owners import Owner
from streams.sinks.deliver.outbox import Outbox
from streams.sinks.deliver.trial import Links, outcome, remarks, trial_telling
from tests.support.delivery import NOON, TEXT, owners, targets

OPEN = Links("https://board.example.org", "https://wiki.example.org/runbooks")
SHUT = Links("http://127.0.0.1:8080", "docs/runbooks")


def test_links_that_open_here_only_are_said_where_a_message_leaves_the_machine() -> None:
    far, near = targets("water", "ntfy://ntfy.example.org/x"), targets("water", "json://127.0.0.1")
    board, runbooks = remarks(far, SHUT)
    assert "--board-url" in board
    assert "http://127.0.0.1:8080" in board
    assert "--runbooks" in runbooks
    assert list(remarks(near, SHUT)) == []
    assert list(remarks(far, OPEN)) == []
    assert len(list(remarks(far, Links("http://localhost:8080", "https://r")))) == 1


def test_the_outcome_names_targets_and_reasons() -> None:
    known: dict[str, Owner] = owners("water")
    box = Outbox(known, targets("water", "json://127.0.0.1"))
    records = box.take(trial_telling("water", OPEN, NOON), TEXT, NOON)
    assert outcome(records) == {
        "targets": [{"target": "json, line 1", "state": "queued", "reason": ""}]
    }
