"""What `make setup` keeps of Java's work is whole, or is not there."""

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from streams.local.kafka import LocalKafkaError
from tests.support.sources import ROOT

MAIN = runpy.run_path(str(ROOT / "deploy/setup/kafka_classes.py"))["main"]


def _made(folder: Path, monkeypatch: pytest.MonkeyPatch, code: int, written: str | None) -> str:
    """With a Java that ends so and has written that much."""

    def spawn(_: object, option: str) -> object:
        if written is not None:
            Path(option.partition("=")[2]).write_text(written)
        nothing = lambda *_: None  # noqa: E731
        return SimpleNamespace(
            wait_until_ready=nothing, stop=nothing, process=SimpleNamespace(returncode=code)
        )

    names: dict[str, Any] = MAIN.__globals__
    monkeypatch.setitem(names, "spawn", spawn)
    monkeypatch.setitem(names, "create_topics", lambda *_: None)
    why: str = MAIN(folder)
    return why


def test_what_java_has_written_at_its_end_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _made(tmp_path, monkeypatch, 143, "all") == ""
    assert [each.name for each in tmp_path.iterdir()] == ["classes.jsa"]


def test_half_a_file_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one no Kafka would start any more: Java crashes on it."""
    assert "killed" in _made(tmp_path, monkeypatch, -9, "half")
    assert list(tmp_path.iterdir()) == []


def test_a_java_that_writes_none_and_one_that_does_not_start_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "wrote none" in _made(tmp_path, monkeypatch, 143, None)

    def spawn(*_: object) -> None:
        raise LocalKafkaError("java not found")

    monkeypatch.setitem(MAIN.__globals__, "spawn", spawn)
    assert MAIN(tmp_path) == "java not found"
