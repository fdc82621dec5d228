"""The list of decisions: each number once, in order, so that a text can name one."""

import re

from tests.support.services import ROOT

_HEAD = re.compile(r"^(\d+)\. \*\*", re.MULTILINE)


def test_numbers_go_up_one_by_one() -> None:
    numbers = [int(each) for each in _HEAD.findall((ROOT / "docs" / "decisions.md").read_text())]
    assert numbers == list(range(1, len(numbers) + 1))
