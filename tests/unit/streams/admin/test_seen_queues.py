"""A first queues.toml."""

from pathlib import Path

import pytest

from producers.survey import Survey
from schemas.millis import HOUR
from schemas.queues_toml import parse_queues
from streams.admin.broker import AdminError
from streams.admin.seen_queues import next_steps, queues_of_file, render, write_first_file
from streams.core.rule_catalogue import RULE_TABLES
from tests.support.builders import MONDAY


def test_what_is_written_is_valid_whatever_the_ids_are() -> None:
    queues = ["plain", "burst pipes", "a.b", 'say "hi"', "Störung", "back\\slash"]
    text = render(dict.fromkeys(queues, "1 call, none answered"), "Africa/Johannesburg")
    parsed = parse_queues(text, RULE_TABLES)
    assert {targets.queue for targets in parsed.queues} == set(queues)
    assert parsed.default_zone == "Africa/Johannesburg"
    assert "[queues.plain]  # 1 call, none answered\n" in text


def test_promises_are_called_placeholders() -> None:
    text = render({"plain": ""}, "UTC")
    assert "answer_within and goal are placeholders" in text
    assert "[queues.plain]\n" in text


def _shell(*words: object) -> str:
    return " ".join(map(str, words))


def test_the_next_steps_lead_from_a_file_to_the_wall(tmp_path: Path) -> None:
    survey = Survey(first=MONDAY + 23 * HOUR, last=MONDAY + 23 * HOUR + 1, refused={"x": (2, 7)})
    steps = list(
        next_steps(tmp_path, survey, ["send", "records", "c.csv"], "Europe/Berlin", _shell)
    )
    assert steps[0] == "2 of the file are refused; why: send records c.csv --dry-run"
    assert "  history summary --from 2026-03-03 --to 2026-03-04" in steps  # on Berlin's clock
    assert steps[-1] == "  send records c.csv --replay"
    assert list(next_steps(tmp_path, None, ["send"], "UTC", _shell)) == [
        f"next:\n  queues publish {tmp_path}"
    ]


def test_a_file_without_calls_says_the_most_frequent_reason() -> None:
    source = Path("c.csv")
    with pytest.raises(AdminError, match=r"^c\.csv: no call in it$"):
        queues_of_file(source, Survey())
    refused = Survey(refused={"rare": (1, 2), "often": (1_200, 9)})
    with pytest.raises(
        AdminError, match=r"no readable call in it; 1,200 x often \(first: line 9\)"
    ):
        queues_of_file(source, refused)


def test_a_zone_or_a_folder_that_is_none_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(AdminError, match="time_zone"):
        write_first_file(tmp_path / "q.toml", {"plain": ""}, "Atlantis")
    assert not (tmp_path / "q.toml").exists()
    with pytest.raises(AdminError, match="No such file"):
        write_first_file(tmp_path / "none" / "q.toml", {"plain": ""}, "UTC")
