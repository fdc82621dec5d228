"""ARCHITECTURE.md is the map: every package once, in the words of its own docstring, and short."""

from tests.support.module_map import DOCUMENT, LARGEST_BYTES, line, packages, rendered


def test_the_table_of_packages_is_fresh() -> None:
    text = DOCUMENT.read_text()
    assert rendered(text) == text, "run `python -m tests.support.module_map`"


def test_every_package_says_what_it_knows() -> None:
    text = DOCUMENT.read_text()
    assert all(line(folder) in text for folder in packages())
    assert [folder for folder in packages() if line(folder).endswith("|  |")] == []


def test_it_can_be_read_in_one_sitting() -> None:
    assert len(DOCUMENT.read_bytes()) <= LARGEST_BYTES
