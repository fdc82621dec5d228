"""What is left out is not loaded by the block, and is there for whoever wants it later."""

import importlib
import sys
from pathlib import Path

import pytest

from streams.plumbing.not_loaded import without


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`their_library` names `Client` of `their_parts.clients`, which says when it is loaded."""
    parts = tmp_path / "their_parts"
    parts.mkdir()
    (parts / "__init__.py").write_text("")
    (parts / "clients.py").write_text("class Client: ...\n")
    (tmp_path / "their_library.py").write_text(
        "from their_parts.clients import Client\ndef ask(by: Client) -> Client: ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("their_library", "their_parts", "their_parts.clients"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.usefixtures("library")
def test_what_is_named_is_left_out_and_can_be_loaded_later() -> None:
    with without("their_parts", "their_parts.clients"):
        importlib.import_module("their_library")
    assert "their_library" in sys.modules
    assert "their_parts" not in sys.modules
    assert importlib.import_module("their_parts.clients").Client is not object


@pytest.mark.usefixtures("library")
def test_what_is_loaded_already_is_used() -> None:
    there = importlib.import_module("their_parts.clients")
    with without("their_parts", "their_parts.clients"):
        made = importlib.import_module("their_library")
    assert made.Client is there.Client
    assert sys.modules["their_parts.clients"] is there


@pytest.mark.usefixtures("library")
def test_a_block_that_fails_leaves_nothing_behind() -> None:
    with pytest.raises(ImportError), without("their_parts"):
        importlib.import_module("their_library.nothing")
    assert "their_parts" not in sys.modules
