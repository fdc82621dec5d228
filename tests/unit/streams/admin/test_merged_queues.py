"""Queues of a second platform are added behind what stands in the file, of which not a byte changes."""

from pathlib import Path

import pytest

from schemas.queues_toml import parse_queues
from schemas.targets import Targets
from schemas.toml_reading import ConfigurationError
from streams.admin.broker import AdminError
from streams.admin.merged_queues import merge_into, merged
from streams.core.rule_catalogue import RULE_TABLES

FILE = """\
# Ours since 2019. Do not sort!
[defaults]
time_zone = "Europe/Berlin"
answer_within = "45s"   # as promised to the council
goal = 0.95
opening = "Mon-Fri 08:00-18:00"

[queues."burst pipes"]  # always first
answer_within = "10s"
[queues.billing]
name = "Bills"
"""


def queues_of(text: str) -> dict[str, Targets]:
    return {each.queue: each for each in parse_queues(text, RULE_TABLES).queues}


def test_what_stands_there_stays_and_what_is_new_has_placeholders_of_its_own() -> None:
    found = merged(FILE, {"Störung": "12 calls", "billing": "", "a.b": ""}, "Europe/Berlin")
    assert (found.added, found.present) == (("Störung", "a.b"), ("billing",))
    queues = queues_of(FILE + found.text)
    assert {name: queues[name] for name in queues_of(FILE)} == queues_of(FILE)
    new = queues["Störung"]
    # Not what others were promised: their file says 45 s, 95 % and office hours.
    assert (new.answer_within_ms, new.goal, new.opening.weekly) == (20_000, 0.8, None)
    assert new.time_zone == "Europe/Berlin"
    assert "# 12 calls" in found.text
    assert "placeholders" in found.text


def test_queues_of_another_zone_say_so() -> None:
    found = merged(FILE, {"porto": ""}, "Europe/Lisbon")
    assert queues_of(FILE + found.text)["porto"].time_zone == "Europe/Lisbon"
    assert queues_of(FILE + found.text)["billing"].time_zone == "Europe/Berlin"


def test_nothing_new_adds_nothing() -> None:
    found = merged(FILE, {"billing": ""}, "UTC")
    assert (found.text, found.added, found.present) == ("", (), ("billing",))


def test_a_former_id_stands_there_already() -> None:
    found = merged(FILE + 'formerly = ["invoices"]\n', {"invoices": ""}, "Europe/Berlin")
    assert (found.added, found.present) == ((), ("invoices",))


@pytest.mark.parametrize("ending", ["", "\n", "  # the last word", "\r\n"])
def test_every_byte_stays_whatever_the_file_ends_with(tmp_path: Path, ending: str) -> None:
    former = FILE.rstrip("\n").replace("\n", "\r\n" if ending == "\r\n" else "\n") + ending
    (path := tmp_path / "q.toml").write_bytes(former.encode())
    merge_into(path, {"sales": "3 calls"}, "Europe/Berlin")
    written = path.read_bytes()
    assert written.startswith(former.encode())
    assert set(queues_of(written.decode())) == {"burst pipes", "billing", "sales"}
    lone = written.replace(b"\r\n", b"").count(b"\n")
    assert (lone == 0) == (ending == "\r\n")  # the lines end as those before
    again = merge_into(path, {"sales": ""}, "Europe/Berlin")
    assert (again.added, path.read_bytes()) == ((), written)


def test_a_file_that_cannot_be_added_to_is_one_line_and_stays(tmp_path: Path) -> None:
    inline = '[defaults]\nanswer_within = "9s"\ngoal = 0.5\n'
    inline = 'queues = { billing = { name = "Bills" } }\n' + inline
    with pytest.raises(ConfigurationError, match=r"write each queue as \[queues.ID\]"):
        merged(inline, {"sales": ""}, "UTC")
    (path := tmp_path / "q.toml").write_text(inline)
    with pytest.raises(AdminError, match=r"q.toml: queues: .*; nothing was added$"):
        merge_into(path, {"sales": ""}, "UTC")
    assert path.read_text() == inline


def test_wrong_files_and_zones_are_one_line(tmp_path: Path) -> None:
    path = tmp_path / "q.toml"
    with pytest.raises(AdminError, match="begin it with `queuewatch queues init`"):
        merge_into(path, {"sales": ""}, "UTC")
    path.write_text(FILE)
    with pytest.raises(AdminError, match=r"queues\.sales.time_zone: unknown time zone"):
        merge_into(path, {"sales": ""}, "Mars/Olympus")
    path.write_bytes(b"\xff")
    with pytest.raises(AdminError, match="not UTF-8 text"):
        merge_into(path, {"sales": ""}, "UTC")
    with pytest.raises(AdminError, match="directory"):
        merge_into(tmp_path, {"sales": ""}, "UTC")
