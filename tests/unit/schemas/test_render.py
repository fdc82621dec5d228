"""`python -m schemas.render`: writes what changed, takes away what no topic has."""

from pathlib import Path

import pytest

from schemas import render


def test_it_writes_every_topic_once_and_removes_strangers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(render, "FOLDER", tmp_path / "json")
    assert render.main() == 0
    written = capsys.readouterr().out.splitlines()
    assert set(written) == {f"{name}: written" for name in render.rendered()}
    (tmp_path / "json" / "gone.schema.json").write_text("{}")
    render.main()
    assert capsys.readouterr().out == "gone.schema.json: removed\n"
