"""A changed queues.toml is published once; a mistake in it is said once and changes nothing."""

import os
from pathlib import Path

from schemas.queues_toml import QueuesFile
from streams.admin.broker import AdminError
from streams.admin.watch import QueuesFileWatch

GOOD = '[defaults]\nanswer_within = "20s"\ngoal = 0.8\n[queues.billing]\n'


class _Publisher:
    def __init__(self) -> None:
        self.files: list[QueuesFile] = []
        self.away = False

    def __call__(self, file: QueuesFile) -> str | None:
        if self.away:
            raise AdminError("Kafka does not answer")
        self.files.append(file)
        return "published"


def _write(path: Path, text: str, tick: int) -> None:
    path.write_text(text)
    os.utime(path, ns=(tick, tick))  # two writes within one tick of the file system


def test_only_a_change_is_published_and_only_once(tmp_path: Path) -> None:
    path, publisher = tmp_path / "queues.toml", _Publisher()
    _write(path, GOOD, 1)
    watch = QueuesFileWatch(path, publisher)
    assert watch.look() is None
    _write(path, GOOD.replace("0.8", "0.9"), 2)
    assert [watch.look(), watch.look()] == ["published", None]
    assert publisher.files[0].queues[0].goal == 0.9


def test_a_mistake_is_said_with_its_path_and_the_former_targets_stay(tmp_path: Path) -> None:
    path, publisher = tmp_path / "queues.toml", _Publisher()
    _write(path, GOOD, 1)
    watch = QueuesFileWatch(path, publisher)
    _write(path, GOOD.replace("0.8", "80"), 2)
    said = watch.look()
    assert said is not None
    assert "defaults.goal: expected a share" in said
    assert said.endswith("the former targets stay")
    assert watch.look() is None
    assert publisher.files == []


def test_a_file_that_vanishes_while_it_is_replaced_is_no_change(tmp_path: Path) -> None:
    path, publisher = tmp_path / "queues.toml", _Publisher()
    _write(path, GOOD, 1)
    watch = QueuesFileWatch(path, publisher)
    path.unlink()
    assert watch.look() is None


def test_a_change_made_while_kafka_is_away_is_published_later(tmp_path: Path) -> None:
    path, publisher = tmp_path / "queues.toml", _Publisher()
    _write(path, GOOD, 1)
    watch = QueuesFileWatch(path, publisher)
    _write(path, GOOD.replace("0.8", "0.9"), 2)
    publisher.away = True
    assert watch.look() is None
    publisher.away = False
    assert watch.look() == "published"
