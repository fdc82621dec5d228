"""The recount as a file, and the line that says how far it is from the truth."""

import csv
import io
from pathlib import Path

from producers.simulate.faults.expected import distance, write_expected
from producers.simulate.ledger import COLUMNS
from tests.unit.producers.simulate.faults.test_recount import Day


def rows(day: Day) -> list[dict[str, str]]:
    file = io.StringIO()
    written = write_expected(file, day.recount)
    found = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert written == len(found)
    return found


def test_one_row_a_leg_in_the_columns_of_the_ledger_by_arrival() -> None:
    day = Day().say("09:00:01", "queued", "eve", caller="token", topic="leak", area="ward-01")
    day.say("09:00", "queued", "ada", contact_id="c1").say("09:00:07", "answered", "ada", agent="a")
    day.say("09:00:05", "offer_missed", "ada", agent="b").say("09:00:10", "held", "ada")
    day.say("09:00:12", "unheld", "ada").say("09:01", "held", "ada").say("09:02", "ended", "ada")
    day.say("09:02:20", "wrap_ended", "ada").say("09:05", "answered", "nowhere")
    ada, eve = rows(day)
    assert tuple(ada) == COLUMNS
    assert (ada["leg_id"], ada["contact_id"], ada["outcome"], ada["agent"]) == (
        "ada", "c1", "answered", "a",
    )  # fmt: skip
    assert ada["answered_at"] == ada["left_at"] == "2026-03-02T09:00:07Z"
    assert (ada["ended_at"], ada["wrap_ended_at"]) == (
        "2026-03-02T09:02:00Z", "2026-03-02T09:02:20Z",
    )  # fmt: skip
    assert (ada["missed_offers"], ada["hold_ms"]) == ("1", "62000")
    assert (eve["outcome"], eve["caller"], eve["topic"], eve["area"]) == (
        "open", "token", "leak", "ward-01",
    )  # fmt: skip
    assert eve["left_at"] == eve["reason"] == ""


def test_nobody_leaves_before_he_came() -> None:
    day = Day().say("09:00", "queued", "ada").say("08:59", "answered", "ada")
    (ada,) = rows(day.say("08:59:30", "ended", "ada"))
    assert ada["answered_at"] == ada["ended_at"] == ada["arrived_at"] == "2026-03-02T09:00:00Z"


def test_a_ghost_has_its_reason() -> None:
    day = Day().say("09:00", "queued", "ada").say("11:01:05", "tick")
    (ada,) = rows(day)
    assert (ada["outcome"], ada["reason"], ada["left_at"]) == (
        "ghost", "waiting_cap", "2026-03-02T11:00:00Z",
    )  # fmt: skip


def test_the_distance_names_what_is_not_alike(tmp_path: Path) -> None:
    truth, known = tmp_path / "truth.csv", tmp_path / "expected.csv"
    head = "leg_id,outcome,arrived_at,left_at\n"
    truth.write_text(head + "a,answered,1,2\nb,answered,1,2\nc,answered,1,2\nd,answered,1,2\n")
    known.write_text(head + "a,answered,1,2\nb,ghost,1,2\nc,answered,1,3\ne,ghost,1,2\n")
    assert distance(truth, known) == (
        "of 4 legs 1 are known as they were; 1 that never were; 1 unknown; 1 with another outcome;"
        " 1 with other times"
    )
