"""The reports of queues.toml as they stand now."""

from pathlib import Path

import pytest

from streams.admin.queues_file import QueuesFileError
from streams.scheduled.plans_file import PlansFile

FILE = """
[[reports]]
name = "daily"
what = "day"
when = "06:30"
formats = ["csv"]
to = { folder = "/srv/reports" }
"""


def test_a_change_is_taken_and_a_mistake_leaves_the_former_ones(tmp_path: Path) -> None:
    path = tmp_path / "queues.toml"
    said: list[str] = []
    path.write_text("")
    file = PlansFile(path, said.append)
    assert [each.name for each in file.plans] == []
    path.write_text(FILE)
    file.look()
    assert [each.name for each in file.plans] == ["daily"]
    path.write_text(FILE + "what")
    file.look()
    assert [each.name for each in file.plans] == ["daily"]
    assert "not TOML" in file.problem
    assert said[0] == "reports read anew: 1"
    assert said[1].endswith("; the former reports stay")
    assert len(said) == 2


def test_a_start_with_a_mistake_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "queues.toml"
    path.write_text(FILE.replace("06:30", "never"))
    with pytest.raises(QueuesFileError, match="reports"):
        PlansFile(path, print)
