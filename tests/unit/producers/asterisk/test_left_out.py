import pytest

from producers.asterisk.left_out import LeftOut, is_shown, verb_of


@pytest.mark.parametrize("verb", ["SURVEY", "ADDMEMBER2", "DIVERT_CA_RATIO", "X" * 40])
def test_a_verb_is_shown(verb: str) -> None:
    assert is_shown(verb)


@pytest.mark.parametrize(
    "word", ["", "ANNA BOLD", "5550001", "4711", "A5550001", "X" * 41, "MÜLLER", "A-B", "A\nB"]
)
def test_what_may_be_a_name_or_a_number_is_not(word: str) -> None:
    assert not is_shown(word)


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("1|7.1|q|NONE|Info|a|b", "INFO"),
        ("1|7.1|q|NONE| INFO ", "INFO"),
        ("1|7.1|q|NONE", ""),
        ("", ""),
    ],
)
def test_the_verb_of_a_line_is_its_fifth_field(line: str, verb: str) -> None:
    assert verb_of(line) == verb


def test_only_lines_of_the_given_verbs_are_left_out_and_counted() -> None:
    left_out = LeftOut(("INFO", "SURVEY"))
    lines = ("1|7.1|q|NONE|INFO|a", "1|7.1|q|NONE|INFOS|a", "1|7.1|INFO|NONE|ABANDON", "INFO")
    assert [left_out.takes(line) for line in lines] == [True, False, False, False]
    assert left_out.notes() == ("1 line with INFO ignored", "0 lines with SURVEY ignored")
    left_out.forget()
    assert left_out.notes()[0] == "0 lines with INFO ignored"


def test_without_a_verb_nothing_is_left_out_and_nothing_said() -> None:
    left_out = LeftOut()
    assert not left_out.takes("")
    assert left_out.notes() == ()
