import pytest

from producers.asterisk.refused_line import masked_line, unknown_verb
from schemas.privacy import caller_token, key_from_secret

KEY = key_from_secret(b"a secret of the tests")
TOKEN = caller_token(KEY, "5550001")


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("1675555002|1675555001.7|q|a|X|5550001", f"1675555002|1675555001.7|q|a|X|{TOKEN}"),
        ("1675555002|node-1675555001.7|q|a|X", "1675555002|node-1675555001.7|q|a|X"),
        ("1675555002|5550001|q|a|X|y", f"1675555002|{TOKEN}|q|a|X|x"),
        ("1675555002|Dr. Bold|q|a|X", "1675555002|xx. xxxx|q|a|X"),
        ("1675555002|7.1|q|NONE|ABANDON|1|1|60", "1675555002|7.1|q|NONE|ABANDON|1|1|60"),
        ("1675555002|7.1|q|NONE|SURVEY|4711|Anna", "1675555002|7.1|q|NONE|SURVEY|0000|xxxx"),
        (
            "1675555002|7.1|q|NONE|ENTERQUEUE||4711|1|Anna Bold",
            f"1675555002|7.1|q|NONE|ENTERQUEUE||{caller_token(KEY, '4711')}|1|xxxx xxxx",
        ),
        ("soon|7.1|q|NONE|ABANDON|1", "xxxx|7.1|q|NONE|ABANDON|1"),  # a row of a table
        ("2025-10-26 02:30:00.5|7.1|q|NONE|X|", "2025-10-26 02:30:00.5|7.1|q|NONE|X|"),
        # A field is missing or too many: what the others are is not known.
        ("1675555002|7.1|q|Anna Bold|12 Street", "1675555002|0.0|x|xxxx xxxx|00 xxxxxx"),
        ("1675555002|7.1|Anna Bold", "1675555002|0.0|xxxx xxxx"),
        ("from 5550001", f"xxxx {TOKEN}"),
    ],
)
def test_times_ids_and_verbs_stay_and_of_the_rest_the_shape(line: str, masked: str) -> None:
    assert masked_line(KEY, line) == masked


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("1675555002|5550001|q|a|X|to 5550001", f"1675555002|{TOKEN}|q|a|X|to {TOKEN}"),
        ("1675555002|7.1|Anna Bold", "1675555002|7.1|Anna Bold"),
        ("from 5550001", f"from {TOKEN}"),
    ],
)
def test_text_is_kept_when_asked_for_and_numbers_never(line: str, masked: str) -> None:
    assert masked_line(KEY, line, keep_text=True) == masked


def test_a_number_that_stands_where_a_time_should_is_hidden() -> None:
    assert masked_line(KEY, "0315550001|x").partition("|")[0] == caller_token(KEY, "0315550001")
    assert masked_line(KEY, "1675555001|x") == "1675555001|x"


def test_an_unknown_verb_is_named_unless_it_may_be_somebody() -> None:
    assert unknown_verb("SURVEY") == (
        "a verb that we do not know: SURVEY (--ignore SURVEY leaves such lines out)"
    )
    assert "ANNA" not in unknown_verb("ANNA BOLD")
    assert "5550001" not in unknown_verb("5550001")
