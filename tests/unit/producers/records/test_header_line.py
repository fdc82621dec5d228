"""Which line of a file is its header."""

import pytest

from producers.records.header import HeaderError
from producers.records.header_line import HeaderLine, find_header
from producers.records.mapping import parse_mapping

NAMES = "leg_id,queue,arrived_at,outcome"
BY_NUMBER = "[columns]\nleg_id = 1\nqueue = 2\narrived_at = [3, 4]\noutcome = 5\n"


def _found(*lines: str, mapping: str = "") -> HeaderLine:
    return find_header(enumerate(lines, 1), parse_mapping(mapping))


@pytest.mark.parametrize(
    ("above", "line", "titles"),
    [
        ((), 1, 0),
        (("Report of calls", "From: 1 To: 2", "", ",,,"), 5, 2),
        (("sep=,",), 2, 1),
        (('An "open quote', "queue,of,the,day"), 3, 2),
    ],
)
def test_titles_above_the_header_are_passed_over(
    above: tuple[str, ...], line: int, titles: int
) -> None:
    found = _found(*above, NAMES, "1,q,2010-08-01T07:00:00Z,answered")
    assert (found.line, found.above) == (line, titles)
    assert found.header.names == ("leg_id", "queue", "arrived_at", "outcome")


def test_calls_above_the_header_are_no_titles() -> None:
    """Pages that were joined, of which the first lost its header: its calls would go without a word."""
    call = "1,q,2010-08-01T07:00:00Z,answered"
    found = _found("Report", call, "From,,2010-08-01T00:00:00Z,", "2,q,x,answered", NAMES, call)
    assert (found.line, found.above, found.calls_above) == (5, 3, frozenset({2}))
    assert _found(NAMES, call).calls_above == frozenset()


def test_a_file_without_the_header_names_the_line_that_comes_nearest() -> None:
    with pytest.raises(HeaderError) as caught:
        _found("Report", "", "queue,arrived_at,result", "1,2,3")
    assert str(caught.value).startswith(
        "no header in the first 4 lines; the nearest is line 3: the header lacks outcome; it has: queue"
    )
    with pytest.raises(
        HeaderError, match=r"^the header lacks queue, arrived_at, outcome; it has: a, b "
    ):
        _found("a,b", "1,2")
    with pytest.raises(
        HeaderError, match=r"^no header in .* line 2: the header names .queue. twice"
    ):
        _found("Report", "queue,queue,arrived_at,outcome")


def test_a_mapping_of_numbers_means_that_there_is_no_header() -> None:
    found = _found("Total", *["1,q,01.08.2010,07:00,answered,x"] * 3, mapping=BY_NUMBER)
    assert (found.line, len(found.header.names)) == (0, 6)
    assert found.header.places == {
        "leg_id": (0,), "queue": (1,), "arrived_at": (2, 3), "outcome": (4,),
    }  # fmt: skip
    skipping = _found("1,q,d,t,o,x", mapping=BY_NUMBER + '[skip]\n6 = "test"\n')
    assert skipping.header.is_skipped(("1", "q", "d", "t", "o", "test"))
    with pytest.raises(
        HeaderError, match="a row has 3 cells, and the mapping names column 4, column 5"
    ):
        _found("1,q,2010", mapping=BY_NUMBER)
    with pytest.raises(HeaderError, match="the header lacks outcome; it has: 1, q, 2010 "):
        _found("1,q,2010", mapping="[columns]\nqueue = 2\narrived_at = 3")


def test_numbers_and_names_together_need_a_header() -> None:
    found = _found(
        "id,queue,queue,arrived_at,outcome", mapping='[columns]\nleg_id = "id"\nqueue = 3'
    )
    assert found.header.places["queue"] == (2,)
    assert found.header.places["outcome"] == (4,)


def test_names_of_the_mapping_make_no_second_line() -> None:
    mapping = parse_mapping('[columns]\nleg_id = "a\\nb"')
    with pytest.raises(HeaderError) as refused:
        find_header(enumerate(["queue,arrived_at,outcome"], 1), mapping)
    assert str(refused.value).startswith(r"the header lacks a\nb; it has")
