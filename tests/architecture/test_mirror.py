"""A unit test lies where its module lies, so that whoever changes one finds the other."""

from pathlib import Path

from tests.support.sources import ROOT

UNIT = ROOT / "tests" / "unit"
# Stories of several modules together, each with a map of its own to what it tests.
STORIES = ("streams/core/edge_cases",)


def _twin(path: Path) -> Path:
    """The unit test of a module."""
    return UNIT / path.parent / f"test_{path.name}"


def test_every_unit_test_has_its_module() -> None:
    tests = sorted(path.relative_to(UNIT) for path in UNIT.rglob("test_*.py"))
    assert tests
    lost = [
        path.as_posix()
        for path in tests
        if path.parent.as_posix() not in STORIES
        and not any(
            (ROOT / top / path.parent / path.name.removeprefix("test_")).exists()
            for top in ("", "tests")
        )
    ]
    assert lost == []


def test_every_module_of_the_core_has_its_test() -> None:
    core = sorted((ROOT / "streams" / "core").rglob("*.py"))
    modules = [path.relative_to(ROOT) for path in core if path.name != "__init__.py"]
    assert modules
    assert [path.as_posix() for path in modules if not _twin(path).exists()] == []
