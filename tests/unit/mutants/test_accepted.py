"""The list of mutants that may live: read as it is written, and without entries for code that is gone."""

import pytest

from tests.mutants.__main__ import all_mutants
from tests.mutants.accepted import LIST, keys, read

ENTRY = """# Windows

streams/core/windows.py Windows.at
- if far > NEAR:
+ if far >= NEAR:
- return a
+ return b
Both ways give the same sums;
one of them is quicker.
"""


def test_an_entry_is_a_place_its_mutants_and_their_reason() -> None:
    (entry,) = read(ENTRY)
    assert entry.reason == "Both ways give the same sums; one of them is quicker."
    place = ("streams/core/windows.py", "Windows.at")
    assert keys([entry]) == {
        (*place, "if far > NEAR:", "if far >= NEAR:"),
        (*place, "return a", "return b"),
    }


@pytest.mark.parametrize("lines", ["a.py f\n- a\n+ b\n", "a.py f\nbecause\n", "a.py f\n- a\nwhy"])
def test_an_entry_without_a_reason_or_a_mutant_is_refused(lines: str) -> None:
    with pytest.raises(ValueError, match=r"a\.py f: expected"):
        read(lines)


def test_every_entry_is_of_a_mutant_that_there_is() -> None:
    known = {mutant.key for mutant in all_mutants()}
    assert keys(read(LIST.read_text())) - known == set()
