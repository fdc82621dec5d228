"""Arrows between packages point one way: the contracts stand in pyproject.toml."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.module_map import PACKAGES
from tests.support.sources import ROOT


def test_the_import_contracts_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-1000:]
    assert " kept, 0 broken" in result.stdout


def test_no_package_escapes_the_layers() -> None:
    assert packages(ROOT) == layered(ROOT)


def test_a_new_folder_is_a_package_without_a_layer(tmp_path: Path) -> None:
    for folder in ("schemas", "streams/core", "streams/attic", "streams/core/inside", "tests"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "module.py").touch()
    assert packages(tmp_path) == {"schemas", "streams.core", "streams.attic"}


@pytest.mark.parametrize("name", ["streams.attic", "streams.core_of_the_matter"])
def test_a_name_of_the_layers_is_meant_whole(tmp_path: Path, name: str) -> None:
    text = (ROOT / "pyproject.toml").read_text().replace('"streams.core | ', f'"{name} | ')
    (tmp_path / "pyproject.toml").write_text(text)
    assert layered(tmp_path) == (layered(ROOT) - {"streams.core"}) | {name}


def packages(root: Path) -> set[str]:
    """What must have a layer: every root package, and of `streams` each folder and module in it."""
    found = {name for name in PACKAGES if name != "streams" and any((root / name).rglob("*.py"))}
    inside = [path for path in (root / "streams").iterdir() if path.name != "__init__.py"]
    return found | {
        f"streams.{path.stem}" for path in inside if path.suffix == ".py" or any(path.rglob("*.py"))
    }


def layered(root: Path) -> set[str]:
    """The packages that the contract of the layers names."""
    linter = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert set(linter["root_packages"]) == set(PACKAGES)
    (layers,) = (each["layers"] for each in linter["contracts"] if each["type"] == "layers")
    return {name for layer in layers for name in re.split(r"\s*\|\s*", layer)}
