"""What docs/guarantees.md promises is tried by tests that exist, and no fault that is tried stays unsaid."""

import re

from tests.support.sources import ROOT

PAGE = (ROOT / "docs" / "guarantees.md").read_text()
NAMED = set(re.findall(r"`(test_\w+)`", PAGE))


def names_in(folder: str) -> set[str]:
    files = (ROOT / "tests" / folder).rglob("test_*.py")
    return {name for file in files for name in re.findall(r"def (test_\w+)", file.read_text())}


def test_every_test_that_the_page_names_exists() -> None:
    assert NAMED
    assert NAMED - names_in("") == set()


def test_every_fault_that_is_tried_stands_on_the_page() -> None:
    assert names_in("chaos") - NAMED == set()


def test_every_promise_names_a_test() -> None:
    promises = PAGE[: PAGE.index("| what | longest pause")]  # below it are figures
    rows = [
        line
        for line in promises.splitlines()
        if line.startswith("| ") and "what happens" not in line
    ]
    assert rows
    assert [row for row in rows if "`test_" not in row] == []
