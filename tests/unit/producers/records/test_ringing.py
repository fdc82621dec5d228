"""Whether a wait ends when a telephone rings or when somebody answers is asked, never guessed."""

import pytest

from producers.records.guess import guess
from producers.records.mapping_text import mapping_text
from producers.records.ringing import ring_remark


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        (("Queue", "Wait Time", "Ring Time"), "Ring Time"),
        (("Warteschlange", "Wartezeit", "Klingelzeit (s)"), ""),  # another name
        (("Warteschlange", "Wartezeit", "Klingelzeit"), "Klingelzeit"),
        (("Queue", "Wait Time", "String"), ""),
    ],
)
def test_the_column_is_named(names: tuple[str, ...], asked: str) -> None:
    remark = ring_remark(names)
    assert (f'is the time in "{asked}" in it?' in remark) is bool(asked)
    assert bool(remark) is bool(asked)


@pytest.mark.parametrize(("wait", "is_asked"), [("Wait Time", True), ("Remark", False)])
def test_a_guess_asks_where_it_takes_a_wait(wait: str, is_asked: bool) -> None:
    """Half of the answered calls of such an export were seconds faster than they were, without a word."""
    names = ("Queue", "Start Time", "Ring Time", wait, "Result")
    rows = [("Nord", f"2025-03-02 09:0{n}:05", "5", "20", "answered") for n in range(3)]
    found = guess(names, rows, ",")
    text = mapping_text(found, "x.csv", "utf-8", "UTC")
    assert ('# wait_ms: is the time in "Ring Time" in it?' in text) is is_asked
