"""Reports are found where they lie, and a list of them imports none."""

import subprocess
import sys
from pathlib import Path

import pytest

from streams.history import registry, reports
from streams.history.report import Report


def test_every_file_is_a_report() -> None:
    (folder,) = reports.__path__
    files = sorted(path.stem for path in Path(folder).glob("[a-z]*.py"))
    assert registry.names() == [name.replace("_", "-") for name in files]
    assert {"summary", "intervals", "legs"} <= set(registry.names())
    assert all(isinstance(registry.report(name), Report) for name in registry.names())
    with pytest.raises(KeyError):
        registry.report("nobody")


def test_the_line_of_help_is_the_first_paragraph_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "late_calls.py").write_text('"""Calls that\ncame late.\n\nMore.\n"""\n')
    (tmp_path / "bare.py").write_text("REPORT = None\n")
    (tmp_path / "_part.py").write_text("")
    monkeypatch.setattr(reports, "__path__", [str(tmp_path)])
    assert registry.names() == ["bare", "late-calls"]
    assert registry.help_line("late-calls") == "Calls that came late."
    assert registry.help_line("bare") == ""


def test_the_names_cost_no_import_of_what_reports_need() -> None:
    code = (
        "import sys; from streams.cli import history; from streams.history import registry\n"
        "[registry.help_line(name) for name in registry.names()]\n"
        "print({'msgspec', 'chdb', 'clickhouse_driver', 'streams.history.report'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
