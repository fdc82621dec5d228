"""Arrows between packages point one way: the contracts stand in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from tests.support.sources import ROOT


def test_the_import_contracts_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-1000:]
    assert " kept, 0 broken" in result.stdout
