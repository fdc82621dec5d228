"""The example of "Adding an alert rule" in docs/developer.md is a rule, and its test passes."""

import os
import re
import subprocess
import sys
from pathlib import Path

from schemas.alerts import alert_name
from tests.support.documents import blocks, read, section
from tests.support.sources import ROOT

SECTION = section(read(ROOT / "docs" / "developer.md"), "Adding an alert rule")
RUN = """
import sys
from streams.core import rules
rules.__path__.append("rules")
import pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "--rootdir=.", "test_long_line.py"]))
"""


def test_the_example_works_as_it_stands(tmp_path: Path) -> None:
    rule, test = blocks(SECTION, "python")
    names = re.findall(r"streams/core/rules/NAME.py`.*?`(\w+)\.py`", SECTION, re.DOTALL)
    assert names == ["long_line"]
    assert f"docs/runbooks/{alert_name(names[0])}.md" in SECTION
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "long_line.py").write_text(rule)
    (tmp_path / "test_long_line.py").write_text(test)
    done = subprocess.run(
        [sys.executable, "-c", RUN], capture_output=True, text=True, check=False,
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
