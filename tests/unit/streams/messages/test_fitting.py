"""Text from outside, made safe and short enough."""

import pytest

from streams.messages.fitting import clean, cut, gsm7, isolated, sms_length


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\nb\r\n\tc", "a b c"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("right \u202eto left", "right to left"),
        ("half \ud800 a sign", "half a sign"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("  \n ", ""),
    ],
)
def test_what_is_not_shown_is_taken_out(text: str, seen: str) -> None:
    assert clean(text) == seen


def test_a_text_is_cut_at_a_whole_letter() -> None:
    assert cut("burst pipes", 11, "…") == "burst pipes"
    assert cut("burst pipes", 7, "…") == "burst…"
    assert cut("cafe\u0301s", 5, "…") == "caf…"
    assert cut("\u0301" * 9, 5, "…") == "\u0301" * 4 + "…"
    assert cut("burst", 0, "…") == ""


def test_an_isolate_that_is_cut_is_closed() -> None:
    assert cut(isolated("burst pipes"), 8, "…") == "\u2068burst\u2069…"


def test_only_words_of_the_other_direction_are_isolated() -> None:
    assert isolated("انفجار") == "انفجار"
    assert isolated("Leaks") == "\u2068Leaks\u2069"


def test_an_sms_counts_some_signs_twice() -> None:
    assert sms_length("a[b]") == 6


@pytest.mark.parametrize(
    ("text", "sent"),
    [("ã–…", "a-..."), ("Ünder à", "Ünder à"), ("вода – ã", "вода – ã"), ("a[€]", "a[€]")],
)
def test_the_alphabet_of_sms(text: str, sent: str) -> None:
    assert gsm7(text) == sent
