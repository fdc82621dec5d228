import pytest

from producers.asterisk.lines import Line, LineIds, parse_line

AT = 1_675_555_753_000


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1675555753|1.0|Support|NONE|ENTERQUEUE||200|1", Line(AT, "1.0", "Support", "NONE", "ENTERQUEUE", ("", "200", "1"))),
        ("1675555753|1.0|Support|NONE|ABANDON|1|1|20|\r", Line(AT, "1.0", "Support", "NONE", "ABANDON", ("1", "1", "20"))),
        ("1675555753|NONE|NONE|NONE|QUEUESTART|", Line(AT, "NONE", "NONE", "NONE", "QUEUESTART")),
        ("1675555753.5|1.0|q|a|connect|8", Line(AT + 500, "1.0", "q", "a", "CONNECT", ("8",))),
    ],
)  # fmt: skip
def test_a_line(text: str, line: Line) -> None:
    assert parse_line(text) == line


@pytest.mark.parametrize(
    "text",
    ["", "hello", "1675555753|1.0|q|a", "1675555753|1.0|q|a|", "soon|1.0|q|a|CONNECT", "12345678901|1|q|a|CONNECT"],
)  # fmt: skip
def test_what_is_no_line(text: str) -> None:
    assert parse_line(text) is None


def test_fields_that_a_version_did_not_write_are_absent() -> None:
    line = Line(AT, "1.0", "q", "a", "CONNECT", ("8", "x"))
    assert (line.seconds(0), line.whole(1), line.seconds(2), line.text(2)) == (
        8_000,
        None,
        None,
        "",
    )
    assert Line(AT, "1.0", "q", "a", "CONNECT", ("9" * 10,)).whole(0) is None


def test_a_number_of_seconds_that_no_call_lasts_is_none() -> None:
    """It would be sent, and set aside by whoever reads it."""
    line = parse_line("1675555001|7.1|sales|NONE|ABANDON|1|1|141761435")
    assert line is not None
    assert (line.seconds(2), line.whole(2)) == (None, 141_761_435)


def test_identical_lines_differ_by_their_ordinal_and_a_second_reading_gives_the_same() -> None:
    pause = "1675555753|NONE|NONE|SIP/1|PAUSEALL"
    texts = [pause, pause, "1675555754|NONE|NONE|SIP/1|PAUSEALL", pause]
    first, second = LineIds("pbx"), LineIds("pbx")
    ids = [first.line_id(text) for text in texts]
    assert ids == [second.line_id(text) for text in texts]
    assert len({*ids[:3]}) == 3
    assert LineIds("other").line_id(pause) != ids[0]
