"""The owners are those of the file as it stands now; a mistake in it takes nobody away."""

from pathlib import Path

import pytest

from streams.admin.owners_file import OwnersFile
from streams.admin.queues_file import QueuesFileError

HOOK = 'webhook = "http://127.0.0.1:9095/"\n'


def test_it_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path, said = tmp_path / "queues.toml", list[str]()
    path.write_text(f"[owners.a]\n{HOOK}")
    owners = OwnersFile(path, said.append)
    assert list(owners()) == ["a"]
    assert said == []
    path.write_text(f"[owners.a]\n{HOOK}[owners.b]\n{HOOK}")
    assert list(owners()) == ["a", "b"]
    assert said == ["owners read anew: 2"]
    path.write_text("[owners.a]")
    assert list(owners()) == ["a", "b"]
    assert said[1].startswith(f"{path}: owners.a.webhook: no receiver")
    assert said[1].endswith("; the former owners stay")
    path.unlink()  # an editor that replaces it
    assert list(owners()) == ["a", "b"]
    assert len(said) == 2


def test_a_mistake_at_the_start_ends_it(tmp_path: Path) -> None:
    with pytest.raises(QueuesFileError, match="No such file"):
        OwnersFile(tmp_path / "queues.toml", print)
