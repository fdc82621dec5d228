"""docs/security.md names tests that exist, every topic, and a test or a reason for each chapter."""

import re

from schemas.topics import TOPICS
from tests.support.sources import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()


def part(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in part(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    files = (ROOT / "tests").rglob("test_*.py")
    there = {name for file in files for name in re.findall(r"def (test_\w+)", file.read_text())}
    assert named
    assert named - there == set()


def test_every_chapter_has_its_row_with_a_test() -> None:
    found = rows("OWASP ASVS")
    assert {int(chapter) for row in found for chapter in re.findall(r"^V(\d+)", row[0])} == set(
        range(1, 15)
    )
    assert [row[0] for row in found if "`test_" not in row[2]] == []


def test_every_topic_stands_on_the_page_of_what_a_stranger_can_do() -> None:
    told = rows("What a stranger can do who may write to a topic")
    named = {name for row in told for name in re.findall(r"`(\w+)`", row[0])}
    assert named == {topic.name for topic in TOPICS}
