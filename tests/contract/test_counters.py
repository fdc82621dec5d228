"""The table of counters: the document shows it, and whoever reads counters reads all of them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support import new_counter
from tests.support.counter_table import DOCUMENT, rendered
from tests.support.sources import ROOT


def test_the_list_in_the_definitions_is_fresh() -> None:
    text = DOCUMENT.read_text()
    assert "<!-- counters -->" in text
    assert rendered(text) == text, "run `python -m tests.support.counter_table`"


def test_a_counter_that_is_added_as_one_field_reaches_every_reader(tmp_path: Path) -> None:
    """In a copy of the program: what derives from the table does so when it is imported."""
    unwanted = shutil.ignore_patterns("__pycache__", "static", "json")
    for package in ("schemas", "streams", "producers", "dashboards", "tests/support"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=unwanted)
    table = tmp_path / "schemas/counters.py"
    before, after = table.read_text().split("\n\nCOUNTER: ", 1)
    table.write_text(f"{before}{new_counter.FIELDS}\n\nCOUNTER: {after}")
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.new_counter"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [reader.__name__ for reader in new_counter.READERS]
