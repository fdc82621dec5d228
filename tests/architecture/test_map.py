"""ARCHITECTURE.md is the map: every module once, in the words of its own docstring."""

from tests.support.module_map import DOCUMENT, folders, rendered, shown


def test_every_folder_of_modules_has_a_table() -> None:
    assert shown(DOCUMENT.read_text()) == folders()


def test_the_tables_are_fresh() -> None:
    text = DOCUMENT.read_text()
    assert rendered(text) == text, "run `python -m tests.support.module_map`"
